"""A case limited to what was knowable by a day, and what of it cannot be limited.

Every parameter whose evidence is later than the day falls back on the latest number that was
known by then (`earlier`), else its range is widened by the rule of `jukushi.case.knowledge`; what
is fixed stays. Nothing else of a case is limited: schedules follow the record, rules and forces
are stated once. `what_changes` says of each what was done, and of what was kept why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from jukushi.case.knowledge import known_as
from jukushi.case.schema import Evidence, Parameter

if TYPE_CHECKING:
    from jukushi.case.load import Case

__all__ = ["KEPT", "Changed", "Kept", "known_by", "latest_evidence", "what_changes", "what_stays"]

Done = Literal["replaced", "widened", "kept"]

#: Parts of a case that carry evidence and cannot be limited.
KEPT = (
    "schedule", "calendar", "pact", "plan", "rule", "decision_maker", "campaign", "surface",
    "lever", "table",
)  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """What a day does to one parameter whose evidence is later.

    Attributes
    ----------
    done : str
        ``replaced`` by an earlier number, ``widened``, or ``kept``: it is fixed, or fitted to
        what was known by then, or as wide already.
    before, after : Parameter
        As it is without the limit, and as it could have been given by the day.
    """

    done: Done
    before: Parameter
    after: Parameter


@dataclass(frozen=True)
class Kept:
    """What carries later evidence and cannot be limited.

    Attributes
    ----------
    kind : str
        One of `KEPT`.
    id : str
        Of the item, or of the table.
    count : int
        How many of its statements rest on later evidence.
    evidence_date : date
        The latest of them.
    """

    kind: str
    id: str
    count: int
    evidence_date: date


def known_by(case: Case, day: date | None) -> Case:
    """Return the case with the numbers that were knowable by a day, if any is named.

    The case itself is returned, under its own hash, if no number rests on later evidence.

    Raises
    ------
    UsageError
        If the case has a posterior that was fitted to later facts.
    """
    if day is not None and not any(item.evidence_date > day for item in _stated(case).values()):
        day = None
    return known_as(case, replace(case.knowledge, known_by=day))


def latest_evidence(case: Case) -> date:
    """Return the day by which all parameters of a case were knowable."""
    return max(item.evidence_date for item in _stated(case).values())


def what_changes(case: Case, day: date) -> list[Changed]:
    """Return what limiting a case to a day does to its parameters, in the order of its file."""
    case = known_by(case, None)
    known = known_by(case, day).parameters
    return [
        Changed(_done(item, known[name], day), item, known[name])
        for name, item in case.parameters.items()
        if item.evidence_date > day
    ]


def _done(item: Parameter, after: Parameter, day: date) -> Done:
    if after.evidence_date <= day:
        return "replaced"
    return "kept" if after.range == item.range and after.value == item.value else "widened"


def _stated(case: Case) -> Mapping[str, Parameter]:
    return case.plain or case.parameters


def what_stays(case: Case, day: date) -> list[Kept]:
    """Return what else of a case rests on evidence later than a day, by kind."""
    rows = []
    for kind, name, part in _parts(case):
        later = [found for found in _evidence(part) if found > day]
        if later:
            rows.append(Kept(kind, name, len(later), max(later)))
    return rows


def _parts(case: Case) -> Iterator[tuple[str, str, Any]]:
    """Yield kind, identifier and content of everything that is not a parameter."""
    named: Sequence[tuple[str, Mapping[str, Any]]] = (
        ("schedule", case.schedules),
        ("pact", case.pacts),
        ("plan", case.plans),
        ("campaign", {**case.operations, **case.campaigns}),
        ("lever", case.levers),
        ("table", case.tables),
    )
    for kind, items in named:
        for name, item in items.items():
            yield kind, name, item
    yield "calendar", "calendar", case.calendar
    yield "rule", "doctrines", case.doctrines
    yield "decision_maker", "decision_makers", case.decision_makers
    if case.surface is not None:
        yield "surface", "surface", case.surface


def _evidence(part: Any) -> Iterator[date]:
    """Yield the evidence date of every statement in a part of a case."""
    if isinstance(part, Evidence):
        yield part.evidence_date
    if isinstance(part, BaseModel):
        for _, value in part:
            yield from _evidence(value)
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _evidence(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _evidence(value)
