"""The priors of the combat model, and the free numbers behind its coefficients.

Theory: docs/calibration/battles.md
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.battles import CONDITIONS
from jukushi.calibration.combat_form import CORRELATIONS, NO_INTENSITY, NO_MOBILITY

__all__ = ["Layout", "Settings", "scalar_names"]

Floats = npt.NDArray[np.float64]

#: Free number: its prior mean and standard deviation. `log_` marks logarithms.
_SCALARS = {
    "result_constant": (0.0, 1.0),
    "log_result_slope": (math.log(0.6), 0.5),
    "log_draw_half_width": (math.log(0.15), 0.5),
    "attacker_constant": (-3.0, 1.0),
    "attacker_days": (0.6, 0.3),
    "attacker_slope": (0.3, 0.3),
    "defender_constant": (-3.0, 1.0),
    "defender_days": (0.6, 0.3),
    "defender_slope": (0.3, 0.3),
    "log_tank_men": (math.log(50.0), 1.0),
    "log_gun_men": (math.log(10.0), 1.0),
    "size_intensity": (0.0, 0.3),
    "size_advance": (0.0, 0.3),
    "advance_constant": (0.0, 1.0),
    "advance_result": (1.0, 0.5),
    "advance_density": (0.0, 0.3),
    "advance_days": (0.0, 0.3),
    "intensity_ww1": (0.0, 0.4),
    "intensity_post45": (0.0, 0.4),
    "mobility_ww1": (0.0, 0.4),
    "mobility_post45": (0.0, 0.4),
    "log_sd_attacker": (math.log(0.8), 0.5),
    "log_sd_defender": (math.log(0.8), 0.5),
    "log_sd_advance": (0.0, 0.5),
}

#: Prior means of the exchange terms, after the multipliers of Dupuy's QJM.
_EXCHANGE = {
    "prepared": -0.14,
    "fortified": -0.21,
    "surprise": 0.3,
    "air": 0.2,
    "rugged": -0.15,
}


@dataclass(frozen=True)
class Settings:
    """Prior standard deviations of the terms that come in families."""

    exchange: float = 0.25
    ground: float = 0.6
    intensity: float = 0.4
    mobility: float = 0.4
    quality: float = 0.45
    blood: float = 0.5
    pace: float = 0.8
    campaign: float = 0.3
    correlation: float = 0.7


def scalar_names() -> tuple[str, ...]:
    """Return the names of the scalars as they are shipped, without their logarithms."""
    return tuple(name.removeprefix("log_") for name in _SCALARS)


@dataclass(frozen=True)
class Layout:
    """Where each coefficient stands in the vector of free numbers, and its prior.

    Parameters
    ----------
    armies, theatres, campaigns : sequence of str
        Those that are learned.
    settings : Settings
        Prior standard deviations.
    """

    armies: Sequence[str]
    theatres: Sequence[str]
    campaigns: Sequence[str]
    settings: Settings = field(default_factory=Settings)

    def blocks(self) -> list[tuple[str, list[str], list[float], float]]:
        """Return name, members, prior means and prior sd of each vector, in order."""
        s = self.settings
        intensity = [z for z in CONDITIONS if z not in NO_INTENSITY]
        mobility = [z for z in CONDITIONS if z not in NO_MOBILITY]
        zeros = [0.0] * len(CONDITIONS)
        return [
            ("exchange", list(CONDITIONS), [_EXCHANGE.get(z, 0.0) for z in CONDITIONS], s.exchange),
            ("ground", list(CONDITIONS), zeros[: len(CONDITIONS)], s.ground),
            ("intensity", intensity, zeros[: len(intensity)], s.intensity),
            ("mobility", mobility, zeros[: len(mobility)], s.mobility),
            ("corr", list(CORRELATIONS), zeros[:6], s.correlation),
            ("quality", list(self.armies), [0.0] * len(self.armies), s.quality),
            ("blood", list(self.theatres), [0.0] * len(self.theatres), s.blood),
            ("pace", list(self.theatres), [0.0] * len(self.theatres), s.pace),
            ("campaign", list(self.campaigns), [0.0] * len(self.campaigns), s.campaign),
        ]

    def prior(self) -> tuple[Floats, Floats]:
        """Return prior means and standard deviations of the free numbers."""
        mean = [m for m, _ in _SCALARS.values()]
        sd = [s for _, s in _SCALARS.values()]
        for _, members, centre, spread in self.blocks():
            mean += centre
            sd += [spread] * len(members)
        return np.array(mean), np.array(sd)

    def names(self) -> list[str]:
        """Return the names of the coefficients, in the order of the free numbers."""
        found = list(scalar_names())
        for block, members, _, _ in self.blocks():
            found += [f"{block}_{member}" for member in members]
        return found

    def unpack(self, free: Any, xp: Any = np) -> dict[str, Any]:
        """Return the coefficients by name from the free numbers (see `combat_form.means`)."""
        values: dict[str, Any] = {}
        for index, name in enumerate(_SCALARS):
            logarithm = name.startswith("log_")
            values[name.removeprefix("log_")] = xp.exp(free[index]) if logarithm else free[index]
        start = len(_SCALARS)
        for block, members, _, _ in self.blocks():
            values[block] = free[start : start + len(members)]
            start += len(members)
        values["intensity"] = _places(NO_INTENSITY) @ values["intensity"]
        values["mobility"] = _places(NO_MOBILITY) @ values["mobility"]
        values["corr"] = _correlations(values["corr"], xp)
        return values

    def shipped(self, free: Any, xp: Any = np) -> Any:
        """Return the coefficients as they are shipped, one per free number."""
        values = self.unpack(free, xp)
        parts = [xp.array([values[name] for name in scalar_names()])]
        start = len(_SCALARS)
        for block, members, _, _ in self.blocks():
            piece = free[start : start + len(members)]
            parts.append(xp.array(values["corr"]) if block == "corr" else piece)
            start += len(members)
        return xp.concatenate(parts)


def _places(without: Sequence[str]) -> Floats:
    """Return the matrix that puts the terms in the order of all conditions, 0 elsewhere."""
    kept = [z for z in CONDITIONS if z not in without]
    return np.array([[float(z == other) for other in kept] for z in CONDITIONS])


def _correlations(z: Any, xp: Any) -> list[Any]:
    """Return the correlations of a triangular factor whose rows are made of unit length.

    Any six numbers give a valid correlation matrix of (W, A, D, V).
    """
    wa, wd, wv, ad, av, dv = (z[index] for index in range(6))
    rows = [[1.0], [wa, 1.0], [wd, ad, 1.0], [wv, av, dv, 1.0]]
    unit = []
    for row in rows:
        length = xp.sqrt(sum(value * value for value in row))
        unit.append([value / length for value in row])
    pairs = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    return [sum(a * b for a, b in zip(unit[i], unit[j], strict=False)) for i, j in pairs]
