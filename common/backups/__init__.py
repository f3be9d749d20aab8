"""A backup is a folder: the rows of one instant, the files they name, and a manifest that says what is whole."""
