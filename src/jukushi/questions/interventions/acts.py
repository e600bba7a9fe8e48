"""Interventions that a question may make: ``attack@1941-08-29`` opens the war on that day.

An intervention is done to every world of the question; it changes the world, never the dice,
and never what is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jukushi.case.load import Case
from jukushi.case.schema import Change, Outcome
from jukushi.errors import UsageError, nearest

__all__ = ["ACTS", "changes_of", "refuse_given"]

#: What may be done, and what it means.
ACTS = {"attack": "the hunter opens the attack on the prey on that day, whatever it believes"}


def changes_of(case: Case, acts: Sequence[str], outcome: Outcome | None) -> tuple[Change, ...]:
    """Read interventions.

    Parameters
    ----------
    case : Case
    acts : sequence of str
        Each ``act@date``.
    outcome : Outcome, optional
        What is asked about: the act must come before its last day.

    Raises
    ------
    UsageError
        If an act is unknown, is given twice, has no ISO date or falls outside the weeks that run.
    """
    changes: list[Change] = []
    for text in acts:
        act, sign, when = text.partition("@")
        if act not in ACTS:
            close = nearest(act, ACTS)
            raise UsageError(
                f"{text!r} is nothing that can be done",
                cause=f"known acts: {', '.join(ACTS)}",
                hint=f"did you mean {close}@DATE?" if close else "write attack@1941-08-29",
            )
        if changes:
            raise UsageError("the attack can be done once only", hint="give --do once")
        changes += _attack(case, text, when if sign else "", outcome)
    return tuple(changes)


def _attack(case: Case, text: str, when: str, outcome: Outcome | None) -> list[Change]:
    try:
        day = date.fromisoformat(when)
    except ValueError:
        raise UsageError(f"{text!r} has no date", hint="write attack@1941-08-29") from None
    period = case.header.period
    last = outcome.by if outcome else period.end
    if not period.runs_from <= day <= last:
        raise UsageError(
            f"{text!r} lies outside the weeks that run",
            cause=f"the question is about {period.runs_from} to {last}",
        )
    return [
        Change(parameter="forced_north", set=1.0),
        Change(parameter="forced_north_week", set=day),
    ]


def refuse_given(given: Sequence[str]) -> None:
    """Refuse to condition a "why" on an outcome.

    Raises
    ------
    UsageError
        If anything is given.
    """
    if given:
        raise UsageError(
            f"a why cannot be asked given {given[0]!r}",
            cause="each world would keep other histories: the difference would be between "
            "different survivors, not the effect of a factor",
            hint="do it instead, to the same histories: --do attack@1941-08-29",
        )
