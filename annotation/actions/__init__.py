"""Writes of the annotation room: campaigns, claims, submissions."""
