"""A declarative compiler for data pipelines. Start reading at `dataeng_ai.build`, the story top to bottom."""

__version__ = "0.1.0"
