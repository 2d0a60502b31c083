"""Where data comes from: one file per kind of source, and what is needed to read it."""
