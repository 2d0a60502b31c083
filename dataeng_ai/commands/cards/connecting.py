"""Cards of `connections`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn
from dataeng_ai.wiring.known import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.wiring import Known, Trial


def listed(found: Sequence[Known], trials: Mapping[str, Trial], notes: Sequence[str] = ()) -> str:
    """Draw what is known of each connection, and how opening it went."""
    rows = [
        {
            "name": one.name,
            "kind": one.kind or "?",
            "origin": one.origins[0] if one.origins else None,
            "also": one.origins[1:],
            "fields": [(key, ", ".join(value) if isinstance(value, list) else str(value)) for key, value in _fields(one).items()],
            "uses": [(role, ", ".join(specs)) for role in ("source", "target") if (specs := one.specs(role))],
            "remarks": one.remarks,
            "faults": [_fault(fault.code, fault.message, fault.help) for fault in one.faults],
            "trial": _trial(trials.get(one.name)),
        }
        for one in found
    ]
    return drawn("CONNECTIONS", rows=rows, notes=notes)


def written(name: str, file: str, trial: Trial | None, notes: Sequence[str] = ()) -> str:
    """Draw a connection that was set."""
    return drawn("CONNECTED", name=name, file=file, trial=_trial(trial), notes=notes)


def _fields(one: Known) -> Mapping[str, object]:
    return shown(one.value) if one.value else {}


def _fault(code: str, message: str, advice: str) -> str:
    return f"{code}: {message}; {advice}"


def _trial(trial: Trial | None) -> dict[str, object] | None:
    if trial is None:
        return None
    fault = trial.fault
    return {
        "facts": [{"what": fact.what, "words": fact.words, "good": fact.good, "fix": fact.fix} for fact in trial.facts],
        "fault": _fault(fault.code, fault.message, fault.help) if fault else "",
        "said": fault.notes if fault else (),
    }
