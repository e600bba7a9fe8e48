"""The end of a battle: a discrete Weibull hazard by size, posture, ground and certainty.

Theory: docs/calibration/battles.md

The chance that a battle lasts longer than t days is exp(-(t/theta)^shape); theta, in days, is
log-linear. No limit of losses is in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from jukushi.calibration.battles import CONDITIONS, Battles
from jukushi.calibration.combat_form import Design

__all__ = ["BREAKOFF_NAMES", "Breakoff", "breakoff_regressors", "fit_breakoff", "log_survival"]

Floats = npt.NDArray[np.float64]

BREAKOFF_NAMES = (
    "breakoff_constant",
    "breakoff_shape",
    "breakoff_size",
    "breakoff_prepared",
    "breakoff_fortified",
    "breakoff_delay",
    "breakoff_rugged",
    "breakoff_certainty",
)
#: Prior means and standard deviations (the shape's as a logarithm).
_PRIOR_MEAN = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
_PRIOR_SD = np.array([1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
_POSTURES = ("prepared", "fortified", "delay", "rugged")


@dataclass(frozen=True)
class Breakoff:
    """Coefficients in the order of `BREAKOFF_NAMES`, with their Laplace covariance."""

    values: Floats
    covariance: Floats
    gradient_norm: float


def breakoff_regressors(d: Design, result: Floats) -> Floats:
    """Return the columns that multiply constant, size, the four conditions and |E[W]|."""
    chosen = [d.conditions[:, CONDITIONS.index(z)] for z in _POSTURES]
    columns = [np.ones(len(d.size)), d.size, *chosen, np.abs(result)]
    return np.stack(columns, axis=1)


def log_survival(days: Floats, log_theta: Floats, shape: float) -> Floats:
    """Return ln of the chance that the battle lasts longer than `days`."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.exp(shape * (np.log(days) - log_theta)))


def fit_breakoff(battles: Battles, d: Design, result: Floats) -> Breakoff:
    """Fit the hazard on the days of the battles.

    Parameters
    ----------
    battles : Battles
    d : Design
        The same battles.
    result : float64[n]
        Expected result E[W] of the fitted combat model, taken as known.
    """
    x = breakoff_regressors(d, result)
    days = np.round(battles.days)

    def objective(free: Floats) -> float:
        beta, shape = np.delete(free, 1), math.exp(free[1])
        theta = x @ beta
        before, after = log_survival(days - 1.0, theta, shape), log_survival(days, theta, shape)
        likelihood = before + np.log(-np.expm1(np.minimum(after - before, -1e-12)))
        prior = 0.5 * float(np.sum(((free - _PRIOR_MEAN) / _PRIOR_SD) ** 2))
        return prior - float(likelihood.sum())

    found = minimize(objective, _PRIOR_MEAN, method="BFGS", options={"gtol": 1e-5})
    free = np.asarray(found.x)
    covariance = np.linalg.inv(_numerical_hessian(objective, free))
    change = np.ones(len(free))
    values = free.copy()
    values[1] = change[1] = math.exp(free[1])
    gradient = float(np.linalg.norm(found.jac))
    return Breakoff(values, covariance * change[:, None] * change[None, :], gradient)


def _numerical_hessian(objective: Any, at: Floats, step: float = 1e-4) -> Floats:
    """Return the Hessian by central differences."""
    size = len(at)
    shifts = np.eye(size) * step
    found = np.zeros((size, size))
    for i in range(size):
        for j in range(i, size):
            corners = [
                sign * other * objective(at + sign * shifts[i] + other * shifts[j])
                for sign in (1, -1)
                for other in (1, -1)
            ]
            found[i, j] = found[j, i] = sum(corners) / (4.0 * step**2)
    return found
