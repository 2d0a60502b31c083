"""A declarative compiler for data pipelines. Start reading at `dataeng_ai.build`, the story top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring `%dataeng` and `%%dataeng` into a notebook: `%load_ext dataeng_ai`."""
    from dataeng_ai import magics  # noqa: PLC0415  nobody else needs the notebook's face

    magics.load_ipython_extension(shell)
