"""An edited copy of a case's calendar, held to the rules of the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from jukushi.case.load import Case
from jukushi.case.schema import CalendarFile
from jukushi.errors import UsageError
from jukushi.questions.interventions.parts import Part

__all__ = ["edit_calendar"]


def edit_calendar(case: Case, parts: Sequence[Part]) -> Case:
    """Return a copy of the case with the events of some parts moved, removed or added.

    Raises
    ------
    UsageError
        If a window would close before it opens, two conferences would fall into one week, or a
        battle would leave the scripted weeks.
    """
    edits = [part for part in parts if part.calendar is not None]
    if not edits:
        return case
    data: dict[str, Any] = case.calendar.model_dump()
    for part in edits:
        assert part.calendar is not None
        part.calendar(data)
    texts = ", ".join(part.text for part in edits)
    try:
        calendar = type(case.calendar).model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(
            f"{texts}: the calendar contradicts itself",
            cause=str(first["msg"]).removeprefix("Value error, "),
            hint="move both ends of the window",
        ) from None
    for listed in ("conferences", "recounts"):
        _one_a_week(case, calendar, listed, texts)
    _pairs(calendar, texts)
    _battles(case, calendar, texts)
    return replace(case, calendar=calendar)


def _one_a_week(case: Case, calendar: CalendarFile, listed: str, texts: str) -> None:
    """Refuse two meetings in one week: they would be one, and one would be lost unsaid."""
    weeks = [int(case.week_of(note.date)) for note in getattr(calendar, listed)]
    first = int(case.week_of(getattr(calendar, f"{listed}_from")))
    weeks += range(first, case.n_weeks, getattr(calendar, f"{listed}_every"))
    before = [int(case.week_of(note.date)) for note in getattr(case.calendar, listed)]
    usual = int(case.week_of(getattr(case.calendar, f"{listed}_from")))
    before += range(usual, case.n_weeks, getattr(case.calendar, f"{listed}_every"))
    double = {week for week, count in Counter(weeks).items() if count > 1}
    double -= {week for week, count in Counter(before).items() if count > 1}
    if double:
        raise UsageError(
            f"{texts}: two {listed} would fall into one week",
            cause="a week holds one, so that one of them would vanish",
            hint="move it to another week, or move it to never and say so",
        )


def _pairs(calendar: CalendarFile, texts: str) -> None:
    for opens, closes in (
        ("agent_from", "agent_until"),
        ("first_winter_from", "first_winter_until"),
    ):
        if getattr(calendar, opens) > getattr(calendar, closes):
            raise UsageError(f"{texts}: {opens} lies after {closes}", hint="move both")
    for spell in calendar.mud:
        if spell.begins > spell.ends:
            raise UsageError(
                f"{texts}: a spell of mud would end before it begins",
                cause=f"it begins on {spell.begins} and ends on {spell.ends} of each year",
                hint="move both ends",
            )


def _battles(case: Case, calendar: CalendarFile, texts: str) -> None:
    """Battles stay in the scripted weeks: a branch of a history takes them for its past."""
    period = case.header.period
    for name, note in calendar.battles.items():
        day: date = note.date
        if not period.start <= day < period.runs_from:
            raise UsageError(
                f"{texts}: the battle of {name} would leave the scripted weeks",
                cause=f"they run from {period.start} to {period.runs_from}",
                hint=f"a battle never fought: --set {name.split('_')[0]}_fought=0",
            )
