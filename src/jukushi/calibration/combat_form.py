"""The form of the combat model: advantage, intensity, result, losses and advance.

Theory: docs/calibration/battles.md

Every function takes the array module `xp`: plain numpy to foretell, autograd's numpy to fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.battles import Battles

__all__ = [
    "CORRELATIONS",
    "NO_INTENSITY",
    "NO_MOBILITY",
    "REFERENCE_MEN",
    "Design",
    "Means",
    "correlation_matrix",
    "design",
    "means",
]

Floats = npt.NDArray[np.float64]

#: Men of each side at which the size terms vanish.
REFERENCE_MEN = 20_000.0
#: Conditions that act on neither intensity or mobility, only on the exchange and the ground.
NO_INTENSITY = ("surprise", "air")
NO_MOBILITY = ("surprise", "air", "river")
#: Order of the correlations of the errors: result W, losses A and D, advance V.
CORRELATIONS = ("wa", "wd", "wv", "ad", "av", "dv")


@dataclass(frozen=True)
class Design:
    """Battles as the form's regressors.

    Attributes
    ----------
    conditions : float64[n, 13]
    ww1, post45, size, log_density, log_days : float64[n]
        `size` is ln(sqrt(N_A N_D) / 20000), `log_density` of defenders per m of front.
    men, tanks, guns : float64[2, n]
        Attacker and defender.
    quality : float64[n, n_armies]
        +1 where the army attacks, -1 where it defends.
    theatre : float64[n, n_theatres]
    campaign : float64[n, n_campaigns]
    """

    conditions: Floats
    ww1: Floats
    post45: Floats
    size: Floats
    log_density: Floats
    log_days: Floats
    men: Floats
    tanks: Floats
    guns: Floats
    quality: Floats
    theatre: Floats
    campaign: Floats


@dataclass(frozen=True)
class Means:
    """Expected values of the four results (autograd boxes while fitting)."""

    advantage: Any
    result: Any
    attacker: Any
    defender: Any
    advance: Any


def design(
    battles: Battles,
    armies: Sequence[str],
    theatres: Sequence[str],
    campaigns: Sequence[str] = (),
) -> Design:
    """Return the regressors; an army, theatre or campaign not listed contributes nothing."""
    men = np.stack([battles.men_attacker, battles.men_defender])
    return Design(
        conditions=battles.conditions,
        ww1=battles.ww1,
        post45=battles.post45,
        size=0.5 * np.log(men[0] * men[1]) - np.log(REFERENCE_MEN),
        log_density=np.log(battles.density),
        log_days=np.log(battles.days),
        men=men,
        tanks=np.stack([battles.tanks_attacker, battles.tanks_defender]),
        guns=np.stack([battles.guns_attacker, battles.guns_defender]),
        quality=_indicator(battles.armies_attacker, armies)
        - _indicator(battles.armies_defender, armies),
        theatre=_indicator(battles.theatres, theatres),
        campaign=_indicator(battles.campaigns, campaigns),
    )


def _indicator(names: Sequence[str], known: Sequence[str]) -> Floats:
    return np.array([[float(name == other) for other in known] for name in names]).reshape(
        len(names), len(known)
    )


def means(v: Mapping[str, Any], d: Design, xp: Any = np) -> Means:
    """Return the expected results of each battle.

    Parameters
    ----------
    v : mapping
        Scalars by their shipped names, the vectors ``exchange``, ``ground``, ``intensity``,
        ``mobility`` (13 each) and ``quality``, ``blood``, ``pace``, ``campaign`` (learned names).
    """
    power = d.men + v["tank_men"] * d.tanks + v["gun_men"] * d.guns
    advantage = (
        xp.log(power[0])
        - xp.log(power[1])
        + d.conditions @ v["exchange"]
        + d.quality @ v["quality"]
    )
    result = v["result_constant"] + v["result_slope"] * (advantage + d.conditions @ v["ground"])
    intensity = (
        d.conditions @ v["intensity"]
        + v["size_intensity"] * d.size
        + v["intensity_ww1"] * d.ww1
        + v["intensity_post45"] * d.post45
        + d.theatre @ v["blood"]
        + d.campaign @ v["campaign"]
    )
    attacker = (
        v["attacker_constant"]
        + intensity
        + v["attacker_days"] * d.log_days
        - v["attacker_slope"] * advantage
    )
    defender = (
        v["defender_constant"]
        + intensity
        + v["defender_days"] * d.log_days
        + v["defender_slope"] * advantage
    )
    return Means(advantage, result, attacker, defender, _advance(v, d, result))


def _advance(v: Mapping[str, Any], d: Design, result: Any) -> Any:
    """Return the expected ln(km a day + 0.1)."""
    return (
        v["advance_constant"]
        + v["advance_result"] * result
        + d.conditions @ v["mobility"]
        + v["mobility_ww1"] * d.ww1
        + v["mobility_post45"] * d.post45
        + v["size_advance"] * d.size
        + v["advance_density"] * d.log_density
        + d.theatre @ v["pace"]
        + v["advance_days"] * d.log_days
    )


def correlation_matrix(correlations: Sequence[Any], xp: Any = np) -> Any:
    """Return the 4x4 correlation matrix of (W, A, D, V) from its six entries."""
    wa, wd, wv, ad, av, dv = correlations
    one = 1.0
    rows = [[one, wa, wd, wv], [wa, one, ad, av], [wd, ad, one, dv], [wv, av, dv, one]]
    return xp.array(rows)
