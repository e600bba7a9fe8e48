"""Predictive weights: the mixture of models that would have foretold the record best.

Log-score stacking (Yao, Vehtari, Simpson and Gelman 2018; recalled): weights w on the simplex that
maximise the sum over observations of log sum_k w_k p_k, with p_k the density that model k gives to
the observation. It is a concave problem, solved by sequential quadratic programming.

Observations of one series depend on one another. So the interval of a weight comes from resampled
series, and how good the mixture is comes from series that were left out when it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

__all__ = ["Stack", "alike", "difference", "left_out", "stack", "stacked"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 200
#: Weights below are the solver's zero.
_NEAR_ZERO = 1e-6


def stacked(
    log_scores: Floats, counts: Floats | None = None, start: Floats | None = None
) -> Floats:
    """Return the stacking weights.

    Parameters
    ----------
    log_scores : float64[n_models, n]
        Log density that each model gives to each observation.
    counts : float64[n], optional
        How often each observation counts; once, if not given.
    start : float64[n_models], optional
        Weights from which the search begins; equal ones, if not given.

    Returns
    -------
    float64[n_models]
        Not negative, sum one.
    """
    models = len(log_scores)
    if models == 1:
        return np.ones(1)
    times = np.ones(log_scores.shape[1]) if counts is None else counts
    total = times.sum()
    # Densities over that of the best model: nothing underflows, and no weight moves.
    density = np.exp(log_scores - log_scores.max(axis=0))

    def loss(w: Floats) -> tuple[float, Floats]:
        mixed = np.maximum(w @ density, 1e-300)
        return -float(times @ np.log(mixed)) / total, -(density @ (times / mixed)) / total

    equal = np.full(models, 1.0 / models)
    found = minimize(  # type: ignore[call-overload]
        loss,
        equal if start is None else 0.5 * (equal + start),
        jac=True,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * models,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": np.ones_like},
        options={"maxiter": 300, "ftol": 1e-8},
    )
    weights = np.where(found.x > _NEAR_ZERO, found.x, 0.0)
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class Stack:
    """Weights with their intervals.

    Attributes
    ----------
    weights : float64[n_models]
    low, high : float64[n_models]
        5 and 95 % over resamples of whole clusters.
    """

    weights: Floats
    low: Floats
    high: Floats


def stack(log_scores: Floats, clusters: Sequence[str], seed: int = 1941) -> Stack:
    """Return stacking weights with intervals of resampled clusters."""
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    rng = np.random.default_rng(seed)
    best = stacked(log_scores)
    drawn = []
    for _ in range(_RESAMPLES):
        chosen = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))
        drawn.append(stacked(log_scores, chosen[place].astype(np.float64), best))
    low, high = np.quantile(np.array(drawn), [0.05, 0.95], axis=0)
    return Stack(best, low, high)


def left_out(log_scores: Floats, clusters: Sequence[str]) -> Floats:
    """Return the log score of each observation by weights made without its cluster, float64[n]."""
    place = np.unique(np.asarray(clusters), return_inverse=True)[1]
    found = np.empty(log_scores.shape[1])
    for cluster in range(place.max() + 1):
        out = place == cluster
        weights = stacked(log_scores[:, ~out])
        top = log_scores[:, out].max(axis=0)
        found[out] = top + np.log(weights @ np.exp(log_scores[:, out] - top))
    return found


def difference(one: Floats, other: Floats, clusters: Sequence[str]) -> tuple[float, float]:
    """Return the sum of log scores of one model less the other, and its standard error.

    The error is that of a sum of cluster totals that are taken as independent.
    """
    place = np.unique(np.asarray(clusters), return_inverse=True)[1]
    totals = np.bincount(place, weights=one - other)
    count = len(totals)
    if count < 2:
        return float(totals.sum()), float("nan")
    error = float(np.sqrt(count / (count - 1.0) * ((totals - totals.mean()) ** 2).sum()))
    return float(totals.sum()), error


def alike(log_scores: Floats) -> npt.NDArray[np.int64]:
    """Return for each model the first one that foretells exactly the same, int64[n_models]."""
    first = np.arange(len(log_scores))
    for number in range(len(log_scores)):
        same = np.all(log_scores[: number + 1] == log_scores[number], axis=1)
        first[number] = int(np.argmax(same))
    return first
