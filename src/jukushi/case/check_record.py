"""Checks of the record: names and cells that must exist, and uses that must obey the split."""

from __future__ import annotations

from typing import Any

from jukushi.case.checker import Checker, Where, known_unit
from jukushi.case.quantities import resolve_record
from jukushi.case.record import Split
from jukushi.case.units import parse_unit

__all__ = ["record"]

_FILE = "record.yaml"


def record(check: Checker) -> None:
    """Check the dated record of the case."""
    model = check.models.get(_FILE)
    split = model.split if model is not None else None
    names = check.ids(_FILE, "series")
    kinds = {item.kind for item in check.items(_FILE, "series")}
    for index, series in check.numbered(_FILE, "series"):
        _series(check, ("series", index), series)
    if split is not None:
        for number, kind in enumerate(split.by_kind):
            where: Where = ("split", "by_kind", number)
            check.known(_FILE, where, "unknown kind of series", kind, kinds)
    seen: set[tuple[str, Any]] = set()
    for index, item in check.numbered(_FILE, "observations"):
        where = ("observations", index)
        check.known(_FILE, (*where, "series"), "unknown series", item.series, names)
        if item.cell is not None:
            _cell(check, (*where, "cell"), item.cell)
        if item.use != "neither" and (item.series, item.date) in seen:
            check.add(_FILE, where, "a second observation of one series on one day", item.date)
        if item.use != "neither":
            seen.add((item.series, item.date))
        _use(check, where, item.use, item.date, split)
        _in_period(check, (*where, "date"), item.date)
    for index, event in check.numbered(_FILE, "events"):
        where = ("events", index)
        _field(check, (*where, "field"), event.field, "switch")
        _use(check, where, event.use, event.happened_on or event.by, split)
        _in_period(check, (*where, "by"), event.by)


def _series(check: Checker, where: Where, series: Any) -> None:
    if not known_unit(check, _FILE, (*where, "unit"), series.unit):
        return
    # An exponential has no unit; a logarithm is one of numbers in the unit of the field.
    unit = None if series.transform == "exp" else series.unit
    _field(check, (*where, "field"), series.field, unit)
    if series.times is not None:
        named = check.ids("parameters.yaml", "parameters")
        at = (*where, "times")
        if named:
            check.known(_FILE, at, "unknown parameter", series.times, named)


def _field(check: Checker, where: Where, name: str, unit: str | None) -> None:
    fields = check.vocabulary.all_fields
    if not check.known(_FILE, where, "unknown state field", name, fields):
        return
    if unit is not None and parse_unit(fields[name]) != parse_unit(unit):
        check.add(_FILE, where, f"unit of {name}", unit, fields[name])


def _cell(check: Checker, where: Where, cell: Any) -> None:
    if not check.whole(cell.table):
        return
    try:
        resolve_record(cell, [row for _, row in check.tables[cell.table]])
    except LookupError as error:
        check.add(_FILE, where, str(error), cell.date)


def _use(check: Checker, where: Where, use: str, day: Any, split: Split | None) -> None:
    """What is fitted lies before the day of the split, what is scored after it."""
    if split is None or use == "neither":
        return
    due = "fit" if day <= split.until else "score"
    if use != due:
        when = "up to" if due == "fit" else "after"
        check.add(
            _FILE, (*where, "use"), "use against the split", use,
            f"{due}, or neither: {day} is {when} {split.until}",
        )  # fmt: skip


def _in_period(check: Checker, where: Where, day: Any) -> None:
    header = check.models.get("case.yaml")
    if header is not None and not header.period.start <= day <= header.period.end:
        check.add(_FILE, where, "day outside the period of the case", day)
