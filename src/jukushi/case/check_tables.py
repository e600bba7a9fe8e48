"""Checks of tables of rules: whose they are, what they may name, in which order."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jukushi.case.check_rules import DOCTRINES, ParsedRules, Reader
from jukushi.case.check_treaties import circle
from jukushi.case.checker import Checker, Where, known_unit
from jukushi.case.doctrines import BUILT_IN, DOCTRINE, EXPECTED_VALUE
from jukushi.case.expressions import Expression
from jukushi.case.units import Unit, parse_unit, show

__all__ = ["DECISION_MAKERS", "deciders_named", "deciders_of", "tables"]

DECISION_MAKERS = "decision_makers.yaml"


@dataclass(frozen=True)
class _Place:
    """Where a table stands, whose it is, and what its rules may name from the start."""

    file: str
    index: int
    table: Any
    role: str
    names: Mapping[str, Unit]

    @property
    def where(self) -> Where:
        return ("tables", self.index)


def tables(reader: Reader, parsed: ParsedRules) -> None:
    """Check every table of both files."""
    check = reader.check
    roles = {power.id: power.role for power in check.items("case.yaml", "powers")}
    known = {role: reader.names(role) for role in ("hunter", "prey")}
    known["hunter"] |= dict.fromkeys(check.ids(DOCTRINES, "gates"), ())
    seen: set[tuple[str, str]] = set()
    for file in (DOCTRINES, DECISION_MAKERS):
        for index, table in check.numbered(file, "tables"):
            role = roles.get(table.power, "")
            if role not in known:
                what = "only the hunter and the prey have tables"
                check.add(file, ("tables", index, "power"), what, table.power)
                continue
            place = _Place(file, index, table, role, known[role])
            _identity(check, place, seen)
            _rules(reader, place, parsed)
    powers = [table.power for table in check.items(DOCTRINES, "tables")]
    if len(set(powers)) != len(powers):
        check.add(DOCTRINES, ("tables",), "a power has two tables", powers)


def _identity(check: Checker, place: _Place, seen: set[tuple[str, str]]) -> None:
    """The doctrine stands in its own file; no table has the name of another decision-maker."""
    table, where = place.table, (*place.where, "id")
    if place.file == DOCTRINES:
        if table.id != DOCTRINE:
            what = "a table of this file is the documented doctrine"
            check.add(place.file, where, what, table.id, DOCTRINE)
        return
    if table.id == DOCTRINE or table.id in BUILT_IN[place.role]:
        check.add(place.file, where, "name is taken by the model", table.id)
    elif (table.power, table.id) in seen:
        check.add(place.file, where, "identifier is given twice", table.id)
    seen.add((table.power, table.id))


def _rules(reader: Reader, place: _Place, parsed: ParsedRules) -> None:
    """Check quantities in order, then rows."""
    check, table = reader.check, place.table
    names = dict(place.names)
    unsure: set[str] = set()  # quantities that are wrong: what is built on them is not blamed
    _circles(check, place)
    for number, quantity in enumerate(table.quantities):
        at = (*place.where, "quantities", number)
        if quantity.id in place.names or quantity.id in check.vocabulary.all_fields:
            check.add(place.file, (*at, "id"), "name is taken", quantity.id)
            continue
        found = None
        if not unsure.intersection(_mentioned(quantity.value)):
            found = _quantity(reader, place, number, quantity, names)
        if found is None:
            unsure.add(quantity.id)
            continue
        names[quantity.id] = found.unit
        parsed.quantities[table.power, table.id, quantity.id] = found
    actions = check.vocabulary.actions[place.role]
    for number, row in enumerate(table.rows):
        at = (*place.where, "rows", number)
        check.known(place.file, (*at, "action"), "unknown action", row.action, actions)
        if unsure.intersection(_mentioned(row.when)):
            continue
        found = reader.parse(place.file, (*at, "when"), row.when, names)
        if found is None:
            continue
        if not _is_condition(found):
            check.add(place.file, (*at, "when"), "a row needs a condition", row.when)
        parsed.conditions[table.power, table.id, row.id] = found


def _is_condition(found: Expression) -> bool:
    """A comparison, the name of a switch, or the ``1`` of the last row."""
    switch = found.unit == () and found.text.isidentifier()
    return found.is_condition or switch or found.text == "1"


def _quantity(
    reader: Reader, place: _Place, number: int, quantity: Any, names: Mapping[str, Unit]
) -> Expression | None:
    """Parse one quantity; one that stands further down may not be named yet."""
    check = reader.check
    at = (*place.where, "quantities", number)
    below = {item.id for item in place.table.quantities[number:]} - set(names)
    early = [name for name in _mentioned(quantity.value) if name in below]
    if early:
        if not _in_a_circle(place.table.quantities, quantity.id):
            what = "a quantity is named before it is worked out"
            check.add(place.file, (*at, "value"), what, early[0], "one that stands above")
        return None
    found = reader.parse(place.file, (*at, "value"), quantity.value, names)
    if found is None or quantity.unit is None:
        return found
    if known_unit(check, place.file, (*at, "unit"), quantity.unit):
        wanted = parse_unit(quantity.unit)
        if found.unit != wanted:
            what = f"unit of {quantity.id}"
            check.add(place.file, (*at, "unit"), what, quantity.unit, show(found.unit))
    return found


def _mentioned(text: str) -> list[str]:
    """Names in an expression, whatever else is wrong with it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # blamed when it is read
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _graph(quantities: Sequence[Any]) -> dict[str, list[str]]:
    named = {item.id for item in quantities}
    return {
        item.id: [name for name in _mentioned(item.value) if name in named] for item in quantities
    }


def _in_a_circle(quantities: Sequence[Any], name: str) -> bool:
    """Whether following what a quantity names leads into a circle."""
    graph = _graph(quantities)
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += graph.get(here, [])
    return bool(circle({key: graph[key] for key in reached}))


def _circles(check: Checker, place: _Place) -> None:
    quantities = place.table.quantities
    round_trip = circle(_graph(quantities))
    if round_trip:
        number = [item.id for item in quantities].index(round_trip[0])
        at = (*place.where, "quantities", number, "value")
        what = "quantities depend on one another in a circle"
        check.add(place.file, at, what, " -> ".join(round_trip))


def deciders_of(check: Checker) -> list[str]:
    """Return the decision-makers of the hunter; none if the files do not say who it is."""
    hunters = {power.id for power in check.items("case.yaml", "powers") if power.role == "hunter"}
    readable = check.models.get(DECISION_MAKERS) is not None
    if not hunters or not readable:
        return []
    own = [table for table in check.items(DECISION_MAKERS, "tables") if table.power in hunters]
    return [DOCTRINE, EXPECTED_VALUE, *(table.name for table in own)]


def deciders_named(check: Checker) -> None:
    """Decision-makers that the header and the factors name must exist."""
    valid = deciders_of(check)
    if not valid:
        return
    what = "unknown decision-maker"
    header = check.models.get("case.yaml")
    if header is not None:
        where: Where = ("defaults", "decision_maker")
        check.known("case.yaml", where, what, header.defaults.decision_maker, valid)
    for index, factor in check.numbered("factors.yaml", "factors"):
        for number, name in enumerate(factor.deciders):
            where = ("factors", index, "deciders", number)
            check.known("factors.yaml", where, what, name, valid)
