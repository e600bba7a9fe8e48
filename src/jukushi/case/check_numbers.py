"""Checks of numbers: parameters, the records they point at, and schedules."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError

from jukushi.case.checker import Checker, Where, known_unit
from jukushi.case.graph import rail_capacity
from jukushi.case.quantities import resolve_record
from jukushi.case.units import parse_unit
from jukushi.errors import nearest

__all__ = ["parameters", "schedules"]


def parameters(check: Checker) -> None:
    file = "parameters.yaml"
    given = check.ids(file, "parameters")
    if not given:
        return
    needed = check.vocabulary.parameters
    for name, unit in needed.items():
        if name not in given:
            close = nearest(name, given - set(needed))
            check.add(
                file,
                ("parameters",),
                "a parameter that the model needs is missing",
                name,
                unit,
                close,
            )
    spare = len(given - set(needed))
    if spare > check.vocabulary.spare_parameters:
        limit = f"at most {check.vocabulary.spare_parameters} beyond those the model needs"
        check.add(file, ("parameters",), "too many parameters", spare, limit)
    for index, item in check.numbered(file, "parameters"):
        where = ("parameters", index)
        if not known_unit(check, file, (*where, "unit"), item.unit):
            continue
        unit_needed = needed.get(item.id)
        if unit_needed and parse_unit(unit_needed) != parse_unit(item.unit):
            check.add(file, (*where, "unit"), f"unit of {item.id}", item.unit, unit_needed)
        if (item.unit == "week") != isinstance(item.value, date) and item.value is not None:
            expected = "an ISO date" if item.unit == "week" else "a number"
            check.add(file, (*where, "value"), f"value of {item.id}", item.value, expected)
        if item.record is not None:
            _record(check, file, (*where, "record"), item.record)
        if item.derived is not None:
            _derived(check, file, (*where, "derived"), item)
        _informed(check, where, item)
        _earlier(check, where, item)


def _informed(check: Checker, where: Where, item: Any) -> None:
    """In a case with a record, every range says which part of it it was set by looking at."""
    file, record = "parameters.yaml", check.models.get("record.yaml")
    if record is None:
        return
    if item.informed_by is None and not item.range.fixed:
        what = "a number with a range does not say what informed it"
        check.add(file, where, what, item.id, "informed_by: fit, score or neither")
    elif item.informed_by == "fit" and item.evidence_date > record.split.until:
        check.add(
            file, (*where, "informed_by"), "informed by later facts than may be fitted", "fit",
            f"score: its evidence of {item.evidence_date} is after {record.split.until}",
        )  # fmt: skip


def _earlier(check: Checker, where: Where, item: Any) -> None:
    """Earlier numbers are older than the number, one a day, and make a parameter of their own."""
    file = "parameters.yaml"
    days = set()
    for index, row in enumerate(item.earlier):
        at = (*where, "earlier", index)
        if row.evidence_date > item.evidence_date:
            what = "an earlier number rests on later evidence"
            check.add(file, at, what, row.evidence_date, f"at most {item.evidence_date}")
        if row.evidence_date in days:
            check.add(file, at, "a second earlier number of one day", row.evidence_date)
        days.add(row.evidence_date)
        if row.value is not None and (item.unit == "week") != isinstance(row.value, date):
            expected = "an ISO date" if item.unit == "week" else "a number"
            check.add(file, at, f"earlier value of {item.id}", row.value, expected)
            continue
        changed = {"range": row.range.model_dump(exclude_none=True), "earlier": []}
        if row.value is not None:
            changed |= {"value": row.value, "record": None, "derived": None}
        try:
            type(item).model_validate({**item.model_dump(exclude_none=True), **changed})
        except ValidationError as error:
            check.add(file, at, "no number of this parameter", row.value, _first(error))


def _first(error: ValidationError) -> str:
    """What is wrong, in one line."""
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")


def _record(check: Checker, file: str, where: Where, record: Any) -> None:
    rows = [row for _, row in check.tables[record.table]]
    if not check.whole(record.table):
        return
    try:
        resolve_record(record, rows)
    except LookupError as error:
        check.add(file, where, str(error), f"{record.table} {record.date}")


def _derived(check: Checker, file: str, where: Where, parameter: Any) -> None:
    derived = parameter.derived
    if derived.rail is not None:
        places = check.places()
        if not places or not check.whole("links"):
            return
        if not all(check.known(file, where, "unknown place", n, places) for n in derived.rail):
            return
        links = [row for _, row in check.tables["links"]]
        origin, destination = derived.rail
        if origin == destination or not rail_capacity(links, origin, destination):
            what = "no railway of known capacity leads there"
            check.add(file, where, what, f"{origin} to {destination}")
        return
    section, attribute = ("pacts.yaml", "pacts") if derived.pact else ("plans.yaml", "plans")
    items = {item.id: item for item in check.items(section, attribute)}
    if not items:
        return
    name = derived.pact or derived.plan
    if not check.known(file, where, f"unknown {attribute[:-1]}", name, items):
        return
    target = items[name]
    if derived.stage is not None:
        stages = {stage.id: stage for stage in target.stages}
        if not check.known(file, where, "unknown stage", derived.stage, stages):
            return
        target = stages[derived.stage]
    value = getattr(target, derived.field) if derived.field in type(target).model_fields else None
    if not isinstance(value, date if parameter.unit == "week" else float):
        expected = "a date" if parameter.unit == "week" else "a number"
        check.add(file, where, f"{name} has no such field", derived.field, expected)


def schedules(check: Checker) -> None:
    file = "schedules.yaml"
    items = check.ids(file, "schedules")
    if not items:
        return
    for name, unit in check.vocabulary.schedules.items():
        if name not in items:
            close = nearest(name, items)
            check.add(
                file,
                ("schedules",),
                "a schedule that the model needs is missing",
                name,
                unit,
                close,
            )
    for index, item in check.numbered(file, "schedules"):
        where = ("schedules", index)
        known_unit(check, file, (*where, "unit"), item.unit)
        if item.column is not None and check.tables["front"]:
            columns = set(type(check.tables["front"][0][1]).model_fields)
            check.known(file, (*where, "column"), "unknown column", item.column, columns)
