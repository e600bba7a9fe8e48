"""Proper scores of forecasts of the record, and intervals from whole clusters.

A forecast of a number is a mixture: what each history shows, with the error of the record about it
(and the discrepancy of the model, if asked for). Of a dated event it is a hazard a month.

* CRPS, the continuous ranked probability score (Matheson and Winkler 1976; Gneiting and Raftery
  2007, recalled), in the unit of the series and in errors of it; small is good. That of a point is
  its absolute error.
* Log score, minus the log of the density at what was observed, counted per error of the series, so
  that the unit drops out. Of a month it is minus the log of the probability of what happened.
* Brier score of a month, the squared error of its probability.

The first and the third are those of the library `scoringrules`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp, ndtr, ndtri

__all__ = [
    "Normal",
    "Scored",
    "cluster_figures",
    "log_of_members",
    "score_members",
    "score_month",
    "score_normal",
]

Floats = npt.NDArray[np.float64]

#: Quantiles of the 50 and the 90 % range.
_ENDS = (0.05, 0.25, 0.5, 0.75, 0.95)
_RESAMPLES, _LEAST_CLUSTERS = 2000, 4
_LOG_ROOT = 0.5 * math.log(2.0 * math.pi)


@dataclass(frozen=True)
class Normal:
    """A normal forecast; a point if its spread is zero."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Scored:
    """Scores of one forecast of one number.

    Attributes
    ----------
    crps : float
        In the unit of the series.
    log : float or None
        None if it is infinite: a point that missed.
    rank : float
        Probability that the forecast gives to less than what was observed (probability
        integral transform).
    quantiles : tuple of float
        5, 25, 50, 75 and 95 %.
    """

    crps: float
    log: float | None
    rank: float
    quantiles: tuple[float, ...]


def score_members(members: Floats, sd: float, observed: float, scale: float, key: str) -> Scored:
    """Score a mixture of equal normals about members.

    CRPS and quantiles are those of one draw about each member, with evenly spread normal numbers
    in an order that depends on `key` alone; log score and rank are exact.

    Parameters
    ----------
    members : float64[n]
    sd : float
        Spread about each member.
    observed : float
    scale : float
        Error of the series: the unit of the log score.
    key : str
        Names the observation.
    """
    import scoringrules

    drawn = np.sort(members + sd * _noise(len(members), key))
    crps = scoringrules.crps_ensemble(observed, drawn, estimator="pwm", backend="numpy")
    rank = float(ndtr((observed - members) / sd).mean())
    quantiles = tuple(float(end) for end in np.quantile(drawn, _ENDS))
    return Scored(float(crps), -log_of_members(members, sd, observed, scale), rank, quantiles)


def log_of_members(members: Floats, sd: float, observed: float, scale: float) -> float:
    """Return the log density, per error of the series, of that mixture at what was observed."""
    z = (observed - members) / sd
    found = logsumexp(-0.5 * z**2) - math.log(len(z)) - _LOG_ROOT - math.log(sd / scale)
    return float(found)


def _noise(count: int, key: str) -> Floats:
    """Evenly spread standard normal numbers in an order of their own for each key."""
    seed = int.from_bytes(hashlib.blake2s(key.encode(), digest_size=8).digest(), "little")
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(count)
    noise: Floats = ndtri((order + 0.5) / count)
    return noise


def score_normal(forecast: Normal, observed: float, scale: float) -> Scored:
    """Score a normal forecast, or a point, in closed form."""
    import scoringrules

    mean, sd = forecast.mean, forecast.sd
    if sd == 0.0:
        rank = 0.5 if observed == mean else float(observed > mean)
        return Scored(abs(observed - mean), None, rank, (mean,) * len(_ENDS))
    crps = scoringrules.crps_normal(observed, mean, sd, backend="numpy")
    z = (observed - mean) / sd
    # Not that of the library, whose density underflows a few dozen spreads away.
    log = 0.5 * z**2 + _LOG_ROOT + math.log(sd / scale)
    rank = float(ndtr(z))
    return Scored(
        float(crps), float(log), rank, tuple(float(mean + sd * ndtri(end)) for end in _ENDS)
    )


def score_month(probability: float, came: bool) -> dict[str, Any]:
    """Return Brier and log score of the probability that an event comes in a month.

    The log score is None where it is infinite: what happened had been given no chance.
    """
    import scoringrules

    happened = probability if came else 1.0 - probability
    brier = scoringrules.brier_score(float(came), probability, backend="numpy")
    return {
        "probability": probability,
        "brier": float(brier),
        "log": -math.log(happened) if happened > 0.0 else None,
    }


def cluster_figures(
    columns: Sequence[Floats], clusters: Sequence[str], seed: int = 1941
) -> list[dict[str, Any]]:
    """Return the mean of each column with a 90 % interval of resampled clusters.

    Whole clusters are drawn with replacement, the same ones for all columns, and the mean of a
    resample is taken over its rows. Rows of one series depend on one another, so a series is a
    cluster.

    Parameters
    ----------
    columns : sequence of float64[n]
    clusters : sequence of str
        Cluster of each row.
    seed : int

    Returns
    -------
    list of dict
        `estimate`, `low`, `high`, `clusters`; the ends are None with fewer than four clusters.
    """
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    count = len(names)
    sizes = np.bincount(place, minlength=count).astype(np.float64)
    chosen = np.random.default_rng(seed).integers(0, count, (_RESAMPLES, count))
    totals = sizes[chosen].sum(axis=1)
    found = []
    for column in columns:
        sums = np.bincount(place, weights=column, minlength=count)
        low = high = None
        if count >= _LEAST_CLUSTERS:
            means = sums[chosen].sum(axis=1) / totals
            low, high = (float(end) for end in np.quantile(means, [0.05, 0.95]))
        estimate = float(sums.sum() / sizes.sum())
        found.append({"estimate": estimate, "low": low, "high": high, "clusters": count})
    return found
