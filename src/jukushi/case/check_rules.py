"""Checks of rules: every margin and condition parsed, with names, units and secrets kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from jukushi.case.checker import Checker, Where
from jukushi.case.expressions import Expression, ExpressionError, UnknownNameError, parse
from jukushi.case.units import Unit, parse_unit

__all__ = ["DOCTRINES", "ParsedRules", "Reader", "gates"]

DOCTRINES = "doctrines.yaml"


@dataclass
class ParsedRules:
    """Expressions of a case.

    Attributes
    ----------
    margins : dict
        By gate.
    conditions, quantities : dict
        By (power, table, row) and by (power, table, quantity).
    """

    margins: dict[str, Expression] = field(default_factory=dict)
    conditions: dict[tuple[str, str, str], Expression] = field(default_factory=dict)
    quantities: dict[tuple[str, str, str], Expression] = field(default_factory=dict)


class Reader:
    """Parses the expressions of one case and blames those that are wrong."""

    def __init__(self, check: Checker, start: date) -> None:
        self.check = check
        self.week_of: Callable[[date], float] = lambda day: (day - start).days / 7.0

    def names(self, role: str) -> dict[str, Unit]:
        """What the rules of a role may name: calendar words, parameters, own beliefs."""
        vocabulary = self.check.vocabulary
        names = _units(vocabulary.week)
        for item in self.check.raw("parameters.yaml", "parameters"):
            if item.get("group") in _SECRET_GROUPS[role]:
                continue
            try:
                names[str(item.get("id"))] = parse_unit(str(item.get("unit")))
            except ValueError:
                names[str(item.get("id"))] = ()
        return {**names, **_units(vocabulary.fields[role])}

    def parse(
        self, file: str, where: Where, text: str, names: Mapping[str, Unit]
    ) -> Expression | None:
        """Return the expression, or None if it was blamed."""
        check = self.check
        try:
            return parse(text, names, self.week_of)
        except ExpressionError as error:
            unknown = isinstance(error, UnknownNameError)
            if unknown and not check.raw("parameters.yaml", "parameters"):
                return None  # it may well be a parameter: that file is blamed already
            check.add(file, where, error.what, error.value, error.expected, error.nearest_name)
            return None


def gates(reader: Reader, parsed: ParsedRules) -> None:
    """Check the gates of the attack."""
    check = reader.check
    _name_clashes(check)
    names = reader.names("hunter")
    for index, gate in check.numbered(DOCTRINES, "gates"):
        where = ("gates", index, "margin")
        margin = reader.parse(DOCTRINES, where, gate.margin, names)
        if margin is None:
            continue
        if margin.is_condition:
            what = "a margin must be a number, not a condition"
            check.add(DOCTRINES, where, what, gate.margin)
        parsed.margins[gate.id] = margin


def _units(names: Mapping[str, str]) -> dict[str, Unit]:
    return {name: parse_unit(unit) for name, unit in names.items()}


#: Groups of parameters that say how the world is, or how the other power decides, which the
#: rules of a role may not read.
_SECRET_GROUPS = {
    "hunter": {"front", "garrison", "lessons", "intelligence", "prey_value", "prey_values"},
    "prey": {
        "intelligence", "lessons", "decision", "expected_value", "build_up", "factions",
    },
}  # fmt: skip


def _name_clashes(check: Checker) -> None:
    """A parameter or gate named like a state field or a calendar word would be ambiguous."""
    taken = {**check.vocabulary.all_fields, **check.vocabulary.week}
    for index, item in enumerate(check.raw("parameters.yaml", "parameters")):
        if str(item.get("id")) in taken:
            where = ("parameters", index, "id")
            check.add("parameters.yaml", where, "name is taken by the model", str(item.get("id")))
    parameters = check.ids("parameters.yaml", "parameters")
    for index, gate in check.numbered(DOCTRINES, "gates"):
        if gate.id in taken or gate.id in parameters:
            check.add(DOCTRINES, ("gates", index, "id"), "name is taken", gate.id)
