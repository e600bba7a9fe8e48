"""Dated events of a case, and what moves each: a parameter, or an edit of the calendar.

::

    freeze_week, pact_week ...         parameters in weeks
    conference:1941-09-03              a dated conference; it may be moved, or to never
    recount:1941-08-09                 an estimate of the garrison, likewise
    conferences_from, recounts_from    first of the regular ones
    battle:khasan                      a battle of the scripted weeks
    decide_from:1941, decide_until:1941, season_open:1941, season_close:1941
    agent_from, agent_until, first_winter_from, first_winter_until, first_summer_until
    mud_begins:10-10, mud_ends:10-10   a spell of mud, by the day on which it begins

A date stands for the week that holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.errors import UsageError, nearest
from jukushi.questions.interventions.grammar import Item, Span
from jukushi.questions.interventions.parts import CalendarEdit, Move, Part
from jukushi.world.calendar import monday
from jukushi.world.parameters import ParameterSpace

__all__ = ["Event", "event_part", "events_of", "move_week", "new_event_part"]

_BOUNDARIES = (
    "conferences_from", "recounts_from", "agent_from", "agent_until", "first_winter_from",
    "first_winter_until", "first_summer_until",
)  # fmt: skip
_LISTS = {"conference": "conferences", "recount": "recounts"}
_WINDOW = ("decide_from", "decide_until", "season_open", "season_close")


@dataclass(frozen=True)
class Event:
    """A dated event of the calendar.

    Attributes
    ----------
    day : date
    edit : callable
        Takes the new day (None: never) and returns an edit of the calendar.
    may_vanish : bool
    """

    day: date
    edit: Callable[[date | None], CalendarEdit]
    may_vanish: bool = False


def events_of(case: Case) -> dict[str, Event]:
    """Return the events of a calendar by name."""
    calendar = case.calendar
    found = {name: Event(getattr(calendar, name), _put(name)) for name in _BOUNDARIES}
    for word, listed in _LISTS.items():
        for note in getattr(calendar, listed):
            found[f"{word}:{note.date}"] = Event(note.date, _in_list(listed, note.date), True)
    for battle, note in calendar.battles.items():
        found[f"battle:{battle}"] = Event(note.date, _put("battles", battle, "date"))
    for place, window in enumerate(calendar.windows):
        for name in _WINDOW:
            edit = _put("windows", place, name)
            found[f"{name}:{window.year}"] = Event(getattr(window, name), edit)
    year = case.header.period.runs_from.year
    for place, spell in enumerate(calendar.mud):
        for end in ("begins", "ends"):
            day = date.fromisoformat(f"{year}-{getattr(spell, end)}")
            found[f"mud_{end}:{spell.begins}"] = Event(day, _yearly(place, end))
    return found


def _put(*path: str | int) -> Callable[[date | None], CalendarEdit]:
    """Return what sets one date of a calendar."""

    def to(day: date | None) -> CalendarEdit:
        def edit(calendar: dict[str, Any]) -> None:
            place: Any = calendar
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = day

        return edit

    return to


def _in_list(listed: str, before: date) -> Callable[[date | None], CalendarEdit]:
    """Return what moves, or removes, one entry of a list."""

    def to(day: date | None) -> CalendarEdit:
        def edit(calendar: dict[str, Any]) -> None:
            others = [note for note in calendar[listed] if note["date"] != before]
            moved = [note for note in calendar[listed] if note["date"] == before]
            kept = [{**note, "date": day} for note in moved] if day else []
            calendar[listed] = sorted([*others, *kept], key=lambda note: note["date"])

        return edit

    return to


def _yearly(place: int, end: str) -> Callable[[date | None], CalendarEdit]:
    def to(day: date | None) -> CalendarEdit:
        def edit(calendar: dict[str, Any]) -> None:
            calendar["mud"][place][end] = f"{day:%m-%d}"

        return edit

    return to


def event_part(case: Case, item: Item) -> Part:
    """Turn ``conference:1941-09-03=1941-08-20`` or ``freeze_week+30d`` into what it does.

    Raises
    ------
    UsageError
        If there is no such event, or it may not be moved there.
    """
    if item.name in case.parameters and case.parameters[item.name].unit == "week":
        return move_week(case, item)
    known = events_of(case)
    if item.name not in known:
        raise _unknown(case, item.name, known)
    event = known[item.name]
    day = _moved(case, item, event.day)
    if day is None and not event.may_vanish:
        raise UsageError(
            f"{item.text}: this event cannot be left out",
            cause="only a dated conference or recount can",
            hint="move it to a date",
        )
    edit = None if day == event.day else event.edit(day)
    begins = min(event.day, day or event.day)
    return Part(
        item.text, "event", item.name, calendar=edit, move=Move(event.day, day), begins=begins
    )


def move_week(case: Case, item: Item) -> Part:
    """Move a parameter that is a date."""
    centre = ParameterSpace(case).centre[item.name]
    before = monday(case, 0) + timedelta(days=round(7 * centre))
    if item.value == "never":
        raise UsageError(
            f"{item.text}: a parameter has a date",
            cause="it cannot be left out",
            hint=f"move it to the end of the case: {item.name}={case.header.period.end}",
        )
    day = _moved(case, item, before)
    assert day is not None
    change = (
        Change(parameter=item.name, add=item.value.days / 7.0)
        if isinstance(item.value, Span)
        else Change(parameter=item.name, set=day)
    )
    begins = min(before, day)
    return Part(item.text, "parameter", item.name, (change,), move=Move(before, day), begins=begins)


def _moved(case: Case, item: Item, before: date) -> date | None:
    """Return the day to which an item moves an event; None for never."""
    if item.value == "never":
        return None
    period = case.header.period
    day = item.value
    if isinstance(day, Span):
        try:
            day = before + timedelta(days=day.days)
        except OverflowError:
            day = date.max
    if not isinstance(day, date):
        raise UsageError(
            f"{item.text}: {item.name} is a date, not a number",
            cause=f"it is {before} in the case",
            hint=f"write {item.name}={before} or {item.name}+30d",
        )
    if not period.start <= day <= period.end:
        raise UsageError(
            f"{item.text}: {day} is outside the period",
            cause=f"the case runs from {period.start} to {period.end}",
            hint=f"{item.name} is {before} in the case",
        )
    return day


def new_event_part(case: Case, item: Item) -> Part:
    """Turn ``conference@1941-08-10`` into a further conference or recount; raises UsageError."""
    if item.name not in _LISTS:
        close = nearest(item.name, _LISTS)
        raise UsageError(
            f"{item.text}: no event {item.name!r} can be added",
            cause="only a conference or a recount can; a stock needs an amount",
            hint=f"did you mean {close}@{item.value}?"
            if close
            else "write conference@1941-08-10 or oil=20@1941-08-10",
        )
    day, listed = item.value, _LISTS[item.name]
    assert isinstance(day, date)
    _moved(case, Item("add", item.name, "set", day), day)

    def edit(calendar: dict[str, Any]) -> None:
        note = {
            "date": day,
            "title": {"en": "added by the question", "fr": "ajouté par la question"},
            "status": "assumption",
            "source": "assumption: added by the question",
            "confidence": "low",
            "evidence_date": day,
        }
        calendar[listed] = sorted([*calendar[listed], note], key=lambda entry: entry["date"])

    name = f"{item.name}:{day}"
    return Part(item.text, "event", name, calendar=edit, move=Move(None, day), begins=day)


def _unknown(case: Case, name: str, known: dict[str, Event]) -> UsageError:
    weeks = [item.id for item in case.parameters.values() if item.unit == "week"]
    close = nearest(name, [*known, *weeks])
    cause = "it is no dated event of the calendar and no parameter in weeks"
    word, _, key = name.partition(":")
    if name in case.parameters:
        cause = f"it is a parameter in {case.parameters[name].unit}: use --set"
    elif word in _LISTS:
        cause = "none is dated so; regular ones follow conferences_from and recounts_from"
        close = _nearest_day(word, key, known) or close
    return UsageError(
        f"the case {case.id!r} has no event {name!r} that could be moved",
        cause=cause,
        hint=f"did you mean {close!r}?" if close else "events: " + ", ".join([*weeks, *known]),
    )


def _nearest_day(word: str, key: str, known: dict[str, Event]) -> str:
    """Return the event of a kind that lies nearest to a day; empty if the key is no day."""
    try:
        day = date.fromisoformat(key)
    except ValueError:
        return ""
    same = [name for name in known if name.startswith(f"{word}:")]
    return min(same, key=lambda name: abs(known[name].day - day), default="")
