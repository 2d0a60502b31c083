"""Emit: a Pipeline becomes files. Pure: the same bytes for the same pipeline, whatever the machine, the clock or the data."""

from __future__ import annotations

from dataeng_ai.emit.artifacts import Artifacts, emit
from dataeng_ai.emit.manifest import manifest

__all__ = ["Artifacts", "emit", "manifest"]
