"""The storage `duckdb`: one file beside the project, and the laptop's own warehouse."""
