"""Writes of the corpus: imports, and the texts people write."""
