"""Candidate terms of the small model: what a reader would try first, made of the case's numbers.

*Combinations* say in one number what the model works out from several, with the parameters' own
names, as they stand before any history is run. Then come every uncertain parameter by itself, and
every factor that an intervention takes away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.questions.unit_cube import uncertain
from jukushi.world.parameters import ParameterSpace

__all__ = ["COMBINATIONS", "Combination", "Term", "factor_terms", "parameter_terms"]

Array = npt.NDArray[np.float64]
#: Gives the values of a parameter, float64[...].
Read = Callable[[str], Array]


@dataclass(frozen=True)
class Term:
    """A candidate.

    Attributes
    ----------
    id : str
    kind : str
        ``combination``, ``logarithm`` (of a parameter over its centre), ``difference`` (of a
        parameter from its centre) or ``factor`` (1 where it is absent).
    formula : str
        In names of parameters.
    values : float64[n_worlds, n_draws]
    """

    id: str
    kind: str
    formula: str
    values: Array


@dataclass(frozen=True)
class Combination:
    """A number made of several parameters.

    Attributes
    ----------
    id, formula : str
    needs : sequence of str
        Parameters that the case must have.
    value : callable
        Of the reader of parameters and the weeks that the question runs, at most those of the
        first year.
    """

    id: str
    formula: str
    needs: Sequence[str]
    value: Callable[[Read, float], Array]


def _ripeness(p: Read, _weeks: float) -> Array:
    """Garrison counted over the garrison that could be beaten, D* = K b / (rho v)."""
    counted = np.maximum(p("counted_at_start") - p("spring_departures"), 1.0)
    force = p("attack_force") + p("china_settled") * p("china_divisions")
    boldness = (1.0 + p("staff_weight") / 3.0) * np.exp(-p("pact_cost"))
    value = np.exp(p("lesson_quality_start")) * p("division_strength_ratio")
    asked = np.maximum(p("required_ratio") * value, 0.01)
    ratio: Array = np.log(counted * asked / np.maximum(force * boldness, 0.01))
    return ratio


def _reach(p: Read, weeks: float) -> Array:
    """Advance that the ally's supply allows in the weeks asked about, over the way to go."""
    supplied = p("axis_supply_start") + weeks * p("axis_supply_rate") * p("axis_supply_scale_1941")
    reach: Array = np.log(np.maximum(supplied, 1.0) / np.maximum(p("front_start_km"), 1.0))
    return reach


def _shipping(p: Read, _weeks: float) -> Array:
    """Tonnage left for the north, above its need."""
    left = p("fleet_1941") - p("shipping_navy") - p("shipping_civil") + p("civil_squeeze")
    return left - p("shipping_north")


def _two_wars(p: Read, weeks: float) -> Array:
    """The same once the South has been chosen."""
    return _shipping(p, weeks) - p("shipping_south")


def _confidence(p: Read, _weeks: float) -> Array:
    """Belief in the ally at the start, above the belief that is asked for, in log odds."""
    asked = np.clip(p("victory_required"), 1e-6, 1.0 - 1e-6)
    margin: Array = p("optimism") - np.log(asked / (1.0 - asked))
    return margin


_SHIPS = ("fleet_1941", "shipping_navy", "shipping_civil", "civil_squeeze", "shipping_north")

#: See docs/mechanisms: assessment, distant_front, build_up, intelligence.
COMBINATIONS = (
    Combination(
        "ripeness",
        "ln( (counted_at_start - spring_departures) required_ratio division_strength_ratio "
        "exp(lesson_quality_start) / ((attack_force + china_settled china_divisions) "
        "(1 + staff_weight/3) exp(-pact_cost)) )",
        (
            "counted_at_start", "spring_departures", "attack_force", "china_settled",
            "china_divisions", "staff_weight", "pact_cost", "lesson_quality_start",
            "division_strength_ratio", "required_ratio",
        ),
        _ripeness,
    ),
    Combination(
        "reach",
        "ln( (axis_supply_start + weeks axis_supply_rate axis_supply_scale_1941) / "
        "front_start_km )",
        ("axis_supply_start", "axis_supply_rate", "axis_supply_scale_1941", "front_start_km"),
        _reach,
    ),
    Combination(
        "shipping_margin",
        "fleet_1941 - shipping_navy - shipping_civil + civil_squeeze - shipping_north",
        _SHIPS,
        _shipping,
    ),
    Combination(
        "two_wars_margin",
        "fleet_1941 - shipping_navy - shipping_civil + civil_squeeze - shipping_north "
        "- shipping_south",
        (*_SHIPS, "shipping_south"),
        _two_wars,
    ),
    Combination(
        "confidence_margin",
        "optimism - logit(victory_required)",
        ("optimism", "victory_required"),
        _confidence,
    ),
)  # fmt: skip


def parameter_terms(case: Case, space: ParameterSpace, values: Array, weeks: float) -> list[Term]:
    """Return the combinations and the uncertain parameters as candidates.

    Parameters
    ----------
    case : Case
    space : ParameterSpace
    values : float64[n_worlds, n_draws, width]
        Flat parameters, changes applied.
    weeks : float
        Weeks that the question runs, at most those of the first year.
    """

    def read(name: str) -> Array:
        column: Array = values[..., space.index[name]]
        return column

    found = [
        Term(item.id, "combination", item.formula, item.value(read, weeks))
        for item in COMBINATIONS
        if all(name in space.index for name in item.needs)
    ]
    return found + [
        _single(name, space.centre[name], read(name)) for name in uncertain(case, space)
    ]


def _single(name: str, centre: float, values: Array) -> Term:
    """The logarithm of a parameter that is always positive, else its difference."""
    if centre > 0.0 and float(values.min()) > 0.0:
        over = "" if centre == 1.0 else f" / {centre:g}"
        return Term(name, "logarithm", f"ln({name}{over})", np.log(values / centre))
    sign = "-" if centre >= 0.0 else "+"
    return Term(name, "difference", f"({name} {sign} {abs(centre):g})", values - centre)


def factor_terms(factors: Sequence[str], shape: tuple[int, int]) -> list[Term]:
    """Return one candidate for each factor; world i + 1 is the one without factor i."""
    found = []
    for place, name in enumerate(factors, start=1):
        values = np.zeros(shape)
        values[place] = 1.0
        found.append(Term(f"without_{name}", "factor", f"[without {name}]", values))
    return found
