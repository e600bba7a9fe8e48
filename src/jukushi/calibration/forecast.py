"""Forecasts of the combat model: chance of each side, expected losses and advance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from jukushi.calibration.battles import Battles
from jukushi.calibration.scores import Forecast
from jukushi.calibration.shipped import Combat

__all__ = ["foretell_combat", "win_chance"]

Floats = npt.NDArray[np.float64]


def win_chance(score: Floats, half_width: float, spread: Floats | float = 1.0) -> Floats:
    """Return the chance that the attacker wins, given that somebody does.

    Parameters
    ----------
    score : float64[n]
        Expected result E[W].
    half_width : float
        Results within it of 0 are draws.
    spread : float64[n] or float
        Standard deviation of the result about its expectation.
    """
    attacker = log_ndtr((score - half_width) / spread)
    defender = log_ndtr((-score - half_width) / spread)
    return np.asarray(np.exp(attacker - np.logaddexp(attacker, defender)))


def foretell_combat(combat: Combat, battles: Battles) -> Forecast:
    """Return the combat model's forecast; uncertain quality widens the winner's chance."""
    m = combat.foretell(battles)
    slope = combat.values["result_slope"]
    spread = np.sqrt(1.0 + slope**2 * combat.quality_variance(battles))
    chance = win_chance(m.result, combat.values["draw_half_width"], spread)
    return Forecast(chance, m.attacker, m.defender, m.advance)
