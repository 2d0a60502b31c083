"""Holes are filled by choosing among options that the profile has proved possible. Read `rounds.py` first, then any decision.

`fill` proposes and writes nothing; `save` writes what it proposed, `undo` takes it back. `decisions/` holds one file per decision.
"""

from __future__ import annotations

from dataeng_ai.fill.choose import Decided
from dataeng_ai.fill.decision import Option
from dataeng_ai.fill.drafting import New, new
from dataeng_ai.fill.keep import save, undo
from dataeng_ai.fill.lock import Entry, Lock, why
from dataeng_ai.fill.model import RULES, Adversary, Answer, Blank, Model, Question, Rules, Scripted
from dataeng_ai.fill.person import Person
from dataeng_ai.fill.ranking import Ranked, Recommendation, recommend
from dataeng_ai.fill.refresh import Proposal, stale
from dataeng_ai.fill.rounds import Filled, case_of, fill
from dataeng_ai.fill.splitting import children
from dataeng_ai.fill.tables import drafts, is_database, tables
from dataeng_ai.fill.taken import runner_up, take

__all__ = [
    "RULES",
    "Adversary",
    "Answer",
    "Blank",
    "Decided",
    "Entry",
    "Filled",
    "Lock",
    "Model",
    "New",
    "Option",
    "Person",
    "Proposal",
    "Question",
    "Ranked",
    "Recommendation",
    "Rules",
    "Scripted",
    "case_of",
    "children",
    "drafts",
    "fill",
    "is_database",
    "new",
    "recommend",
    "runner_up",
    "save",
    "stale",
    "tables",
    "take",
    "undo",
    "why",
]
