"""Checks of rules: every margin and condition parsed, with names, units and secrets kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from jukushi.case.checker import Checker, Where
from jukushi.case.expressions import Expression, ExpressionError, UnknownNameError, parse
from jukushi.case.units import Unit, parse_unit

__all__ = ["expressions"]


def expressions(
    check: Checker,
) -> tuple[dict[str, Expression], dict[tuple[str, str], Expression]]:
    margins: dict[str, Expression] = {}
    conditions: dict[tuple[str, str], Expression] = {}
    doctrines, header = check.models.get("doctrines.yaml"), check.models.get("case.yaml")
    if doctrines is None or header is None:
        return margins, conditions
    start: date = header.period.start
    roles = {power.id: power.role for power in header.powers}

    def week_of(day: date) -> float:
        return (day - start).days / 7.0

    _name_clashes(check, doctrines)
    hunter = {**_shared_names(check, "hunter"), **_units(check.vocabulary.fields["hunter"])}
    for index, gate in enumerate(doctrines.gates):
        where = ("gates", index, "margin")
        parsed = _parse(check, where, gate.margin, hunter, week_of)
        if parsed is not None and parsed.is_condition:
            check.add(
                "doctrines.yaml", where, "a margin must be a number, not a condition", gate.margin
            )
        if parsed is not None:
            margins[gate.id] = parsed
    gates = {gate.id: () for gate in doctrines.gates}
    for index, table in enumerate(doctrines.tables):
        role = roles.get(table.power, "")
        where = ("tables", index, "power")
        if role not in ("hunter", "prey"):
            check.add(
                "doctrines.yaml", where, "only the hunter and the prey have tables", table.power
            )
            continue
        names = {**_shared_names(check, role), **_units(check.vocabulary.fields[role])}
        if role == "hunter":
            names |= gates
        for number, row in enumerate(table.rows):
            at = ("tables", index, "rows", number)
            actions = check.vocabulary.actions[role]
            check.known("doctrines.yaml", (*at, "action"), "unknown action", row.action, actions)
            parsed = _parse(check, (*at, "when"), row.when, names, week_of)
            if parsed is not None and not parsed.is_condition and row.when.strip() != "1":
                truth = parsed.unit == () and len(parsed.names) == 1
                if not truth:
                    check.add("doctrines.yaml", (*at, "when"), "a row needs a condition", row.when)
            if parsed is not None:
                conditions[(table.power, row.id)] = parsed
    powers_with_tables = [table.power for table in doctrines.tables]
    if len(set(powers_with_tables)) != len(powers_with_tables):
        check.add("doctrines.yaml", ("tables",), "a power has two tables", powers_with_tables)
    return margins, conditions


def _units(names: Mapping[str, str]) -> dict[str, Unit]:
    return {name: parse_unit(unit) for name, unit in names.items()}


#: Groups of parameters that say how the world is, which the rules of a role may not read.
_SECRET_GROUPS = {
    "hunter": {"front", "garrison", "lessons", "intelligence"},
    "prey": {"intelligence", "lessons", "decision", "expected_value", "build_up"},
}


def _name_clashes(check: Checker, doctrines: Any) -> None:
    """A parameter or gate named like a state field or a calendar word would be ambiguous."""
    taken = {**check.vocabulary.all_fields, **check.vocabulary.week}
    for index, item in enumerate(check.raw("parameters.yaml", "parameters")):
        if str(item.get("id")) in taken:
            where = ("parameters", index, "id")
            check.add("parameters.yaml", where, "name is taken by the model", str(item.get("id")))
    parameters = check.ids("parameters.yaml", "parameters")
    for index, gate in enumerate(doctrines.gates):
        if gate.id in taken or gate.id in parameters:
            check.add("doctrines.yaml", ("gates", index, "id"), "name is taken", gate.id)


def _shared_names(check: Checker, role: str) -> dict[str, Unit]:
    """Calendar words, and the parameters that this role may know."""
    names = _units(check.vocabulary.week)
    for item in check.raw("parameters.yaml", "parameters"):
        if item.get("group") in _SECRET_GROUPS[role]:
            continue
        try:
            names[str(item.get("id"))] = parse_unit(str(item.get("unit")))
        except ValueError:
            names[str(item.get("id"))] = ()
    return names


def _parse(
    check: Checker,
    where: Where,
    text: str,
    names: Mapping[str, Unit],
    week_of: Callable[[date], float],
) -> Expression | None:
    try:
        return parse(text, names, week_of)
    except ExpressionError as error:
        unknown = isinstance(error, UnknownNameError)
        if unknown and not check.raw("parameters.yaml", "parameters"):
            return None  # it may well be a parameter: that file is blamed already
        check.add(
            "doctrines.yaml", where, error.what, error.value, error.expected, error.nearest_name
        )
        return None
