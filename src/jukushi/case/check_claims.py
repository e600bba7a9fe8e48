"""Checks of claims: fields, parameters, factors, outcomes and records that must exist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jukushi.case.check_rules import Reader
from jukushi.case.checker import Checker, Where, known_unit
from jukushi.case.expressions import Expression
from jukushi.case.units import Unit, parse_unit, show

__all__ = ["claims"]

_FILE = "claims.yaml"


def claims(check: Checker) -> None:
    """Check how the model speaks to every claim of the case."""
    header = check.models.get("case.yaml")
    for index, claim in check.numbered(_FILE, "claims"):
        kind, body = claim.model.kind, claim.model.body
        where: Where = ("claims", index, "model", kind)
        if kind in ("share", "value") and header is not None:
            _reads(check, where, body.reads, header.period)
        if kind in ("share", "value", "parameter") and header is not None:
            _expressions(Reader(check, header.period.start), where, kind, body)
        if kind in ("share", "effect") and body.outcome is not None:
            _outcome(check, where, kind, body.outcome)
        for place, other in enumerate(body.beside if kind == "share" else ()):
            if other.outcome is not None:
                _outcome(check, (*where, "beside", place), kind, other.outcome)
        if kind == "effect":
            _absences(check, where, body)
        if kind == "record":
            _record(check, where, body)


def _reads(check: Checker, where: Where, reads: list[Any], period: Any) -> None:
    """Fields exist and are looked at in weeks that run; names are free and given once."""
    parameters = check.ids("parameters.yaml", "parameters")
    seen: set[str] = set()
    for place, read in enumerate(reads):
        at = (*where, "reads", place)
        fields = check.vocabulary.all_fields
        check.known(_FILE, (*at, "field"), "unknown state field", read.field, fields)
        last = period.end + timedelta(days=6)
        if not period.runs_from <= read.on <= last:
            what = "the world does not run by itself on that day"
            check.add(_FILE, (*at, "on"), what, read.on, f"{period.runs_from} to {last}")
        if read.id in parameters:
            check.add(_FILE, (*at, "id"), "name is taken by a parameter", read.id)
        if read.id in seen:
            check.add(_FILE, at, "identifier is given twice", read.id)
        seen.add(read.id)


def _expressions(reader: Reader, where: Where, kind: str, body: Any) -> None:
    """Conditions are conditions, quantities have the unit that they are given in."""
    check = reader.check
    names = _names(check, getattr(body, "reads", []))
    for at, text in _conditions(where, body):
        parsed = reader.parse(_FILE, at, text, names)
        if parsed is not None and not parsed.is_condition:
            check.add(_FILE, at, "a condition is needed, not a number", text)
    if kind == "share":
        return
    quantity = reader.parse(_FILE, (*where, "of"), body.of, names)
    if not known_unit(check, _FILE, (*where, "unit"), body.unit) or quantity is None:
        return
    _unit(check, where, body.unit, quantity)
    for key in ("figure", "scholars"):
        bound = getattr(body, key, None)
        for end in bound.ends if bound is not None else ():
            if end is not None and isinstance(end, date) != (body.unit == "week"):
                expected = "an ISO date" if body.unit == "week" else "a number"
                check.add(_FILE, (*where, key), f"figure in {body.unit}", end, expected)
                break


def _conditions(where: Where, body: Any) -> list[tuple[Where, str]]:
    """Every condition of a claim with its place."""
    found = [((*where, key), getattr(body, key, None)) for key in ("holds", "among")]
    if hasattr(body, "holds"):
        found += [
            ((*where, "beside", place, "holds"), other.holds)
            for place, other in enumerate(body.beside)
        ]
    return [(at, text) for at, text in found if text is not None]


def _unit(check: Checker, where: Where, unit: str, quantity: Expression) -> None:
    if quantity.is_condition:
        check.add(_FILE, (*where, "of"), "a number is needed, not a condition", quantity.text)
    elif quantity.unit != parse_unit(unit):
        what = "the expression is not in that unit"
        check.add(_FILE, (*where, "unit"), what, unit, show(quantity.unit))


def _names(check: Checker, reads: list[Any]) -> dict[str, Unit]:
    """Names that the expressions of a claim may use, with units: parameters and what is read."""
    names: dict[str, Unit] = {}
    for item in check.raw("parameters.yaml", "parameters"):
        try:
            names[str(item.get("id"))] = parse_unit(str(item.get("unit")))
        except ValueError:
            names[str(item.get("id"))] = ()
    fields = check.vocabulary.all_fields
    return {**names, **{read.id: parse_unit(fields.get(read.field, "ratio")) for read in reads}}


def _outcome(check: Checker, where: Where, kind: str, name: str) -> None:
    names = check.ids("outcomes.yaml", "outcomes")
    at = (*where, "outcome")
    if not names or not check.known(_FILE, at, "unknown outcome", name, names):
        return
    outcomes = {item.id: item for item in check.items("outcomes.yaml", "outcomes")}
    if kind == "effect" and name in outcomes and outcomes[name].campaign is not None:
        check.add(_FILE, at, "an effect is on an outcome of the weeks, not of a campaign", name)


def _absences(check: Checker, where: Where, effect: Any) -> None:
    factors = check.ids("factors.yaml", "factors")
    readable = {item.id: item for item in check.items("factors.yaml", "factors")}
    for key in ("absent", "beside"):
        for place, item in enumerate(getattr(effect, key)):
            at = (*where, key, place)
            if not factors or not check.known(
                _FILE, (*at, "factor"), "unknown factor", item.factor, factors
            ):
                continue
            if item.reading is not None and item.factor in readable:
                known = [reading.id for reading in readable[item.factor].readings]
                check.known(_FILE, (*at, "reading"), "unknown reading", item.reading, known)


def _record(check: Checker, where: Where, record: Any) -> None:
    """The entry that a record points at exists and holds what is asked of it."""
    if record.battle is not None:
        return
    kind, file, section = next(row for row in _SECTIONS if getattr(record, row[0]) is not None)
    name = getattr(record, kind)
    known = check.ids(file, section)
    if not (known or check.models.get(file) is not None):
        return  # the whole file is unreadable, and blamed for that
    if not check.known(_FILE, (*where, kind), f"unknown {kind}", name, known):
        return
    found = next((item for item in check.items(file, section) if item.id == name), None)
    if found is None:
        return  # bad itself, and blamed for that
    if record.stage is not None:
        stages = {stage.id: stage for stage in found.stages}
        if not check.known(_FILE, (*where, "stage"), "unknown stage", record.stage, stages):
            return
        found = stages[record.stage]
    if record.axis is not None:
        axes = [axis.id for axis in found.axes]
        check.known(_FILE, (*where, "axis"), "unknown axis", record.axis, axes)
    if record.field is not None:
        _field(check, where, found, record)


_SECTIONS = (
    ("pact", "pacts.yaml", "pacts"),
    ("plan", "plans.yaml", "plans"),
    ("schedule", "schedules.yaml", "schedules"),
    ("campaign", "campaigns.yaml", "campaigns"),
)


def _field(check: Checker, where: Where, found: Any, record: Any) -> None:
    """The field exists, is given, and is of the kind that it is compared with."""
    at = (*where, "field")
    names = type(found).model_fields
    if not check.known(_FILE, at, "the entry has no such field", record.field, names):
        return
    value = getattr(found, record.field)
    if value is None:
        check.add(_FILE, at, "the entry does not give it", record.field)
    elif isinstance(value, str | list) != bool(record.names):
        expected = "names" if isinstance(value, str | list) else "figure"
        check.add(_FILE, at, "it cannot be compared so", record.field, expected)
