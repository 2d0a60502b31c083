"""Frames, out and in: rows become Arrow tables, pandas and polars frames, and a frame becomes a file that a spec can read.

The packages are the person's own, so nothing here is imported before it is used. Read `tables.py` and `stored.py`.
"""

from __future__ import annotations

from dataeng_ai.frames.packages import needed
from dataeng_ai.frames.stored import Stored, store
from dataeng_ai.frames.tables import ask, cells, of_records, of_rows, of_texts, to_pandas, to_polars

__all__ = ["Stored", "ask", "cells", "needed", "of_records", "of_rows", "of_texts", "store", "to_pandas", "to_polars"]
