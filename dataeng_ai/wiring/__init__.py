"""Connections as a person sees them: which are known and where from, who uses them, whether they open, and how they are set."""

from dataeng_ai.wiring.forms import Proposal, Set, answered, apply, propose, taken
from dataeng_ai.wiring.known import Known, known, lacking, uses
from dataeng_ai.wiring.trial import Trial, tried

__all__ = ["Known", "Proposal", "Set", "Trial", "answered", "apply", "known", "lacking", "propose", "taken", "tried", "uses"]
