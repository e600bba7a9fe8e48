"""Units of measure in expressions: enough algebra to refuse ``divisions < weeks``.

A unit is a product of powers of base units, kept as a sorted tuple of (base, power).
``share``, ``ratio``, ``probability``, ``switch``, ``log_ratio``, ``logit``, ``utility`` and
``weight`` are pure numbers.
"""

from __future__ import annotations

from typing import TypeAlias

__all__ = ["DIMENSIONLESS", "KNOWN_UNITS", "Unit", "divide", "multiply", "parse_unit", "show"]

Unit: TypeAlias = tuple[tuple[str, int], ...]

DIMENSIONLESS: Unit = ()

_PURE = {"share", "ratio", "probability", "switch", "log_ratio", "logit", "utility", "weight"}
_PURE |= {"log_days", "1"}
_BASES = {"divisions": "divisions", "division": "divisions", "tanks": "tanks"}
_BASES |= {"aircraft": "aircraft", "thousand_men": "men", "million_men": "million_men"}
_BASES |= {"km": "km", "weeks": "weeks", "week": "weeks", "months": "months", "year": "years"}
_BASES |= {"Mt": "Mt", "Mbbl": "Mbbl", "days": "days", "day": "days", "tons": "tons"}
_BASES |= {"men": "men_exact", "guns": "guns"}
#: Every name that may stand in a unit.
KNOWN_UNITS = tuple(sorted(_PURE | set(_BASES)))


def parse_unit(text: str) -> Unit:
    """Read a unit such as ``km/week``; raises ValueError with the unknown name."""
    powers: dict[str, int] = {}
    for position, name in enumerate(text.split("/")):
        if name in _PURE:
            continue
        if name not in _BASES:
            raise ValueError(name)
        base = _BASES[name]
        powers[base] = powers.get(base, 0) + (1 if position == 0 else -1)
    return _normal(powers)


def _normal(powers: dict[str, int]) -> Unit:
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def multiply(a: Unit, b: Unit) -> Unit:
    """Unit of a product."""
    powers = dict(a)
    for base, power in b:
        powers[base] = powers.get(base, 0) + power
    return _normal(powers)


def divide(a: Unit, b: Unit) -> Unit:
    """Unit of a quotient."""
    return multiply(a, tuple((base, -power) for base, power in b))


def show(unit: Unit) -> str:
    """Write a unit in words."""
    if not unit:
        return "a pure number"
    return " ".join(base if power == 1 else f"{base}^{power}" for base, power in unit)
