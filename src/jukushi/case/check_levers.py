"""Checks of levers: parameters that must exist, units that must fit, dates that must be shifted."""

from __future__ import annotations

from typing import Any

from jukushi.case.checker import Checker, Where, known_unit
from jukushi.case.units import multiply, parse_unit, show

__all__ = ["levers"]

_FILE = "levers.yaml"


def levers(check: Checker) -> None:
    """Check every lever of the case."""
    parameters = {item.id: item for item in check.items("parameters.yaml", "parameters")}
    named = check.ids("parameters.yaml", "parameters")
    listed = check.numbered(_FILE, "levers")
    ids = check.ids(_FILE, "levers")
    for index, lever in listed:
        where: Where = ("levers", index)
        if named and _names(check, where, lever, named):
            _moves(check, where, lever, parameters)
            _not_another(check, where, lever, named)
        if lever.capacity is not None:
            fields, sent = check.vocabulary.all_fields, lever.capacity.sent
            at = (*where, "capacity", "sent")
            check.known(_FILE, at, "unknown state field", sent, fields)
        if lever.departures is not None:
            at = (*where, "departures")
            if check.known(_FILE, at, "unknown lever", lever.departures, ids):
                _can_be_carried(check, at, lever.departures, [item for _, item in listed])


def _names(check: Checker, where: Where, lever: Any, named: set[str]) -> bool:
    """Report every name that is no parameter; tell whether all are."""
    how = "scale" if lever.scale else "set" if lever.set else "shift"
    places: list[tuple[Where, str]] = [((how,), lever.parameter)]
    places += [(("per",), lever.per)] if lever.per is not None else []
    for key in ("scaled", "seen"):
        places += [((key, number), name) for number, name in enumerate(getattr(lever, key))]
    for key in ("also", "unseen"):
        changes = getattr(lever, key)
        places += [((key, number), item.parameter) for number, item in enumerate(changes)]
    if lever.capacity is not None:
        for key in ("per_week", "until", "of"):
            places.append((("capacity", key), getattr(lever.capacity, key)))
    found = [
        check.known(_FILE, (*where, *at), "unknown parameter", name, named) for at, name in places
    ]
    return all(found)


def _moves(check: Checker, where: Where, lever: Any, parameters: dict[str, Any]) -> None:
    """A date is shifted, other numbers are scaled or set, and the units fit."""
    item = parameters.get(lever.parameter)
    per = parameters.get(lever.per) if lever.per is not None else None
    if item is None or (lever.per is not None and per is None):
        return  # bad itself, and blamed for that
    is_date = item.unit == "week"
    if is_date != (lever.shift is not None):
        expected = "shift" if is_date else "scale or set"
        check.add(_FILE, where, f"a lever on {item.unit} of {item.id}", lever.id, expected)
    if lever.scale is not None and item.value == 0:
        check.add(_FILE, (*where, "scale"), "what is zero cannot be scaled", item.id, "set")
    if not known_unit(check, _FILE, (*where, "unit"), lever.unit):
        return
    try:
        wanted = parse_unit(item.unit)
        given = parse_unit(lever.unit)
        given = multiply(given, parse_unit(per.unit)) if per is not None else given
    except ValueError:
        return  # an unknown unit of a parameter is blamed there
    if wanted != given:
        what = f"unit of the lever does not fit {item.id}"
        check.add(_FILE, (*where, "unit"), what, lever.unit, show(wanted))


def _not_another(check: Checker, where: Where, lever: Any, named: set[str]) -> None:
    """A lever may bear the name of the parameter it moves, and of no other."""
    if lever.id in named and lever.id != lever.parameter:
        what = "a lever bears the name of a parameter that it does not move"
        check.add(_FILE, (*where, "id"), what, lever.id)


def _can_be_carried(check: Checker, at: Where, name: str, listed: list[Any]) -> None:
    target = next((item for item in listed if item.id == name), None)
    if target is not None and target.capacity is None:
        check.add(_FILE, at, "that lever says nothing of what can be carried", name, "a capacity")
