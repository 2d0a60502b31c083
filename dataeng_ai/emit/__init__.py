"""Emit: a Pipeline becomes files. Pure: the same bytes for the same pipeline, whatever the machine, the clock or the data."""

from __future__ import annotations

from dataeng_ai.emit.artifacts import Artifacts, ddl, emit, spec_hash
from dataeng_ai.emit.beside import There, beside
from dataeng_ai.emit.dag import dag
from dataeng_ai.emit.docs import docs
from dataeng_ai.emit.drawing import drawing
from dataeng_ai.emit.manifest import manifest

__all__ = ["Artifacts", "There", "beside", "dag", "ddl", "docs", "drawing", "emit", "manifest", "spec_hash"]
