"""Writes of flagging: passes and their chunks."""
