"""Every bound on what is imported, in one place; docs/api.md names them too. Far above real benchmarks.

Lengths of text are in Unicode code points, all else in bytes unless the name says otherwise.
"""

from __future__ import annotations

MIB = 1024 * 1024

# One text of an item. Real ones stay under 100,000.
LONGEST_TEXT = 1_000_000
# The name of a column.
LONGEST_COLUMN = 200
# Columns of a table, names in one JSON object.
MOST_FIELDS = 1_000
# Lists and objects inside one another.
MOST_DEPTH = 20
# A whole number with more digits is no number that anybody meant.
MOST_DIGITS = 100

# Names, lists and objects in one JSON line: each takes a hundred times its room in memory.
MOST_VALUES = 100_000
# A longer JSON line is not parsed: its values could take thirty times its room in memory.
LONGEST_PARSED = 6 * MIB
# A longer record is not even held, so that the column at fault can no longer be named.
LONGEST_RECORD = 12 * MIB
# A line that goes on for longer ends the file: what follows it is no record either.
LONGEST_LINE = 64 * MIB

MOST_ROWS = 5_000_000
MOST_LINES = 20_000_000
# Lines of one quoted cell, and lines in a row with nothing on them.
MOST_LINES_OF_RECORD = 100_000
MOST_BLANK_LINES = 100_000

# What may come out of a compressed file: that much in any case, and then so many times what went in.
INFLATED_FREELY = 8 * MIB
MOST_INFLATION = 100

# Reading Parquet happens in a process of its own, which may use this much.
PARQUET_MEMORY = 384 * MIB
PARQUET_SECONDS_PER_BATCH = 3
LONGEST_FOOTER = 8 * MIB

# A file is given up when so many rows at its start are all refused, or so many of all its rows.
REFUSED_AT_START = 1_000
MOST_REFUSED = 100_000

# Rows of one COPY, and the bytes of text after which it ends before.
CHUNK_ROWS = 1_000
CHUNK_CHARACTERS = 4 * MIB

# Refused and changed rows that are kept for whoever sent the file; more of them are counted.
MOST_REPORTED = 10_000
LONGEST_REPORTED = 1_000

MOST_FILES = 20
MOST_UNFINISHED = 5
