"""The combat model's fitted coefficients: what was fitted, how well, and how they are drawn.

The numbers come from ``combat.json`` beside this file, written by `jukushi fit --battles`:
values, and the covariance of the Laplace approximation about them. Every parameter draw takes
one set of coefficients from that distribution, so that not knowing the combat model is part
of the ignorance interval.

Theory: docs/mechanisms/combat.md
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from jukushi.draws import parameter_uniforms

__all__ = ["COMBAT_NAMES", "CONDITIONS", "Combat", "shipped_combat"]

#: Conditions of a fight, each with an effect on exchange, ground, intensity and mobility.
CONDITIONS = (
    "surprise", "air", "prepared", "fortified", "delay", "rugged", "flat", "wood", "bare",
    "desert", "wet", "winter", "river",
)  # fmt: skip

#: Coefficients of the model, as fields of the parameter record.
COMBAT_NAMES: tuple[str, ...] = (
    "result_constant", "result_slope", "draw_half_width",
    "attacker_constant", "attacker_days", "attacker_slope",
    "defender_constant", "defender_days", "defender_slope",
    "tank_men", "gun_men", "size_intensity", "size_advance",
    "advance_constant", "advance_result", "advance_density", "advance_days",
    *(f"{effect}_{name}" for name in CONDITIONS
      for effect in ("exchange", "ground", "intensity", "mobility")),
    "sd_attacker", "sd_defender", "sd_advance",
    "corr_wa", "corr_wd", "corr_wv", "corr_ad", "corr_av", "corr_dv",
    "breakoff_constant", "breakoff_shape", "breakoff_size", "breakoff_prepared",
    "breakoff_fortified", "breakoff_delay", "breakoff_rugged", "breakoff_certainty",
    "campaign_blood",
)  # fmt: skip

#: Coefficients that cannot be negative or zero: a draw is held at a tenth of the fit.
_POSITIVE = frozenset(
    {
        "result_slope", "draw_half_width", "attacker_days", "attacker_slope", "defender_days",
        "defender_slope", "tank_men", "gun_men", "sd_attacker", "sd_defender", "sd_advance",
        "breakoff_shape",
    }
)  # fmt: skip
_CORRELATIONS = frozenset(name for name in COMBAT_NAMES if name.startswith("corr_"))


@dataclass(frozen=True)
class Combat:
    """A fit of the combat model.

    Attributes
    ----------
    values : float64[n]
        Coefficients in the order of `COMBAT_NAMES`.
    covariance : float64[n, n]
    armies, theatres : dict
        Fitted quality of armies, bloodiness and mobility of theatres.
    provenance : dict
    """

    values: npt.NDArray[np.float64]
    covariance: npt.NDArray[np.float64]
    armies: dict[str, Any]
    theatres: dict[str, Any]
    provenance: dict[str, Any]

    def value(self, name: str) -> float:
        """Return the fitted value of one coefficient."""
        return float(self.values[COMBAT_NAMES.index(name)])

    def draw(self, seed: int, draws: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Draw coefficients for the given parameter draws, float64[n, n_coefficients].

        Correlations keep their fitted values: a drawn set need not be a correlation matrix.
        """
        names = [f"combat_{name}" for name in COMBAT_NAMES]
        normals = ndtri(parameter_uniforms(seed, names, draws))
        drawn: npt.NDArray[np.float64] = self.values + normals.T @ self._root.T
        for place, name in enumerate(COMBAT_NAMES):
            if name in _POSITIVE:
                drawn[:, place] = np.maximum(drawn[:, place], 0.1 * self.values[place])
            elif name in _CORRELATIONS:
                drawn[:, place] = self.values[place]
        return drawn

    @cached_property
    def _root(self) -> npt.NDArray[np.float64]:
        """Return a square root of the covariance (eigenvalues below zero by rounding are 0)."""
        eigenvalues, vectors = np.linalg.eigh(self.covariance)
        root: npt.NDArray[np.float64] = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
        return root


@cache
def shipped_combat() -> Combat:
    """Return the fit that comes with the package."""
    data = json.loads((Path(__file__).parent / "combat.json").read_text(encoding="utf-8"))
    # How much bloodier one campaign is than its theatre was assumed in the fit, not fitted.
    spread = data["fixed"]["prior_sd_campaign"]["value"]
    places = [data["names"].index(name) for name in COMBAT_NAMES[:-1]]
    covariance = np.zeros((len(COMBAT_NAMES), len(COMBAT_NAMES)))
    covariance[:-1, :-1] = np.array(data["covariance"], np.float64)[np.ix_(places, places)]
    return Combat(
        values=np.append(np.array(data["values"], np.float64)[places], spread),
        covariance=covariance,
        armies=data["armies"],
        theatres=data["theatres"],
        provenance=data["provenance"],
    )
