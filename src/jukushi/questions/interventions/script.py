"""Dated acts of a power that decides by a script: ``- {date: 1941-07-21, power: japan, act: ...}``.

The file is a YAML list, read as data from a stranger: bounded, no tags, no aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jukushi.case.documents import Document, read_yaml
from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.engine.settings import Order
from jukushi.errors import UsageError, nearest
from jukushi.mechanisms.decisions import HUNTER_ACTIONS, PREY_ACTIONS, Action
from jukushi.questions.interventions.parts import Part

__all__ = ["ACTS_OF", "EXAMPLE", "read_script", "script_part"]

#: What a script may order. After a collapse `open_north` opens the same attack.
ACTS_OF: dict[str, dict[str, Action]] = {
    "hunter": {
        act.name.lower(): act for act in HUNTER_ACTIONS if act is not Action.OPEN_NORTH_COLLAPSE
    },
    "prey": {act.name.lower(): act for act in PREY_ACTIONS},
}
_DECIDERS = {"hunter": "decider", "prey": "prey_decider"}
_BY_SCRIPT = 2
_KEYS = ("date", "power", "act")


def script_part(case: Case, file: Path) -> Part:
    """Return a script as part of an intervention; a power that it names decides by nothing else.

    Raises
    ------
    UsageError
        As `read_script`.
    """
    return _part(case, read_script(case, file))


def read_script(case: Case, file: Path) -> list[tuple[date, Order]]:
    """Read a script: what is ordered on which day, in order of week and power.

    Raises
    ------
    UsageError
        With file and line, if an entry is none, or two of a power fall into one week.
    """
    document = read_yaml(file, str(file))
    if document.problems:
        problem = document.problems[0]
        raise UsageError(f"{problem}", cause="the script cannot be read", hint=_EXAMPLE)
    if not isinstance(document.data, list) or not document.data:
        raise UsageError(f"{file}: a script is a list of dated acts", hint=_EXAMPLE)
    orders: dict[tuple[int, str], Order] = {}
    days: dict[tuple[int, str], date] = {}
    for place, entry in enumerate(document.data):
        day, order = _order(case, document, place, entry)
        key = (order.week, order.role)
        if key in orders:
            raise _wrong(
                document, place, "two acts of one power in one week", "a week has one act of each"
            )
        orders[key], days[key] = order, day
    return [(days[key], orders[key]) for key in sorted(orders)]


def _part(case: Case, dated: list[tuple[date, Order]]) -> Part:
    roles = tuple(sorted({order.role for _, order in dated}))
    acts = "; ".join(
        f"{day} {case.power_of(order.role).id} {order.action.name.lower()}" for day, order in dated
    )
    return Part(
        f"--script {acts}",
        "script",
        "script",
        tuple(Change(parameter=_DECIDERS[role], set=_BY_SCRIPT) for role in roles),
        orders=tuple(order for _, order in dated),
        roles=roles,
        begins=case.header.period.runs_from,
    )


def _order(case: Case, document: Document, place: int, entry: Any) -> tuple[date, Order]:
    """Read one entry: its day and what it orders."""
    if not isinstance(entry, Mapping):
        raise _wrong(document, place, "an entry is no act", _EXAMPLE)
    for key in entry:
        if key not in _KEYS:
            raise _wrong(
                document, place, f"unknown key {key!r}", f"did you mean {nearest(key, _KEYS)!r}?"
            )
    for key in _KEYS:
        if key not in entry:
            raise _wrong(document, place, f"the {key} is missing", _EXAMPLE)
    day = entry["date"]
    period = case.header.period
    if not isinstance(day, date) or not period.runs_from <= day <= period.end:
        hint = f"an ISO date from {period.runs_from} to {period.end}"
        raise _wrong(document, place, f"{day} is no date on which anything can be ordered", hint)
    role = _role(case, document, place, str(entry["power"]))
    acts, act = ACTS_OF[role], str(entry["act"])
    if act not in acts:
        close = nearest(act, acts)
        hint = f"did you mean {close!r}?" if close else "acts: " + ", ".join(acts)
        raise _wrong(document, place, f"the {role} has no act {act!r}", hint)
    return day, Order(int(case.week_of(day)), role, acts[act])


def _role(case: Case, document: Document, place: int, power: str) -> str:
    roles = {case.power_of(role).id: role for role in ("hunter", "prey")}
    if power in roles:
        return roles[power]
    close = nearest(power, roles)
    hint = f"did you mean {close!r}?" if close else "powers that decide: " + ", ".join(roles)
    raise _wrong(document, place, f"no power {power!r} decides", hint)


#: One entry.
EXAMPLE = "- {{date: 1941-07-21, power: {power}, act: {act}}}"
_EXAMPLE = "write a list: " + EXAMPLE.format(power="japan", act="open_north")


def _wrong(document: Document, place: int, what: str, hint: str) -> UsageError:
    return UsageError(f"{document.path}:{document.line((place,))}: {what}", hint=hint)
