"""One command tree: the terminal's `spec …` and the notebook's `%dataeng …` are both made of it.

A command is a plain typed function that returns a Result: it prints nothing, asks nothing and knows no click. The modules
beside this one hold them, grouped by what a person is doing; importing them costs click alone.
"""

from dataeng_ai.commands import compiling, completing, connecting, explaining, loading, looking, models, recommending, starting
from dataeng_ai.commands.tree import tree

__all__ = ["compiling", "completing", "connecting", "explaining", "loading", "looking", "models", "recommending", "starting", "tree"]
