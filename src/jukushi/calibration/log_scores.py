"""Log scores of a forecast of the record, with and without each batch of parameter draws.

The batches tell how far a sum of log scores, or a difference of two, would move with other draws:
the jackknife, sqrt((B - 1) / B sum (d_b - mean)^2) over the sums d_b without batch b.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.calibration.predictive import Predictive, at_risk
from jukushi.draws import LANES

__all__ = ["BATCHES", "LogScores", "jackknife", "log_scores"]

Floats = npt.NDArray[np.float64]

BATCHES = 8
_LOG_ROOT = 0.5 * math.log(2.0 * math.pi)
_TINY = 1e-300


@dataclass(frozen=True)
class LogScores:
    """Log density of each scored number and log probability of each scored month.

    Attributes
    ----------
    log : float64[n]
        Densities are per error of the series.
    without : float64[BATCHES, n]
        The same without one batch of draws.
    clusters : tuple of str
        Series or event of each.
    scripted : bool[n]
    """

    log: Floats
    without: Floats
    clusters: tuple[str, ...]
    scripted: npt.NDArray[np.bool_]


def log_scores(foretold: Predictive) -> LogScores:
    """Return the log scores of a forecast; events that are not scored are left out."""
    batch = _batches(foretold.seen.shape[1])
    rows: list[Floats] = []
    clusters: list[str] = []
    scripted: list[bool] = []
    for number, target in enumerate(foretold.targets):
        spread = target.spread
        power = -0.5 * ((target.value - foretold.seen[number]) / spread) ** 2
        runs = ~foretold.ended[number]
        top = float(power[runs].max())
        parts = np.bincount(batch, np.where(runs, np.exp(power - top), 0.0), BATCHES)
        counts = np.bincount(batch, runs, BATCHES)
        unit = top - _LOG_ROOT - math.log(spread / target.series.error)
        rows.append(unit + np.log(np.maximum(_both(parts), _TINY) / np.maximum(_both(counts), 1.0)))
        clusters.append(target.series.id)
        scripted.append(target.series.scripted)
    for months, column in zip(foretold.months, foretold.columns, strict=True):
        for month in range(len(months.ends) if months.event.use == "score" else 0):
            risk, hit = at_risk(column, month)
            hits, risks = (_both(np.bincount(batch, row, BATCHES)) for row in (hit, risk))
            chance = (hits + 0.5) / (risks + 1.0)
            rows.append(np.log(chance if months.came == month else 1.0 - chance))
            clusters.append(months.event.id)
            scripted.append(months.event.scripted)
    table = np.stack(rows, axis=1)
    return LogScores(table[0], table[1:], tuple(clusters), np.array(scripted))


def _batches(histories: int) -> npt.NDArray[np.int64]:
    """Return the batch of each history; a parameter draw lies in one batch."""
    draws = histories // LANES
    return np.repeat(np.arange(draws) * BATCHES // draws, LANES)


def _both(counts: npt.ArrayLike) -> Floats:
    """Return the sum of all batches, and the sums without each, float64[1 + BATCHES]."""
    parts = np.asarray(counts, np.float64)
    total = parts.sum()
    return np.concatenate([[total], total - parts])


def jackknife(without: Floats) -> float:
    """Return the standard error that finitely many draws leave, from the sums without a batch."""
    count = len(without)
    return float(np.sqrt((count - 1.0) / count * ((without - without.mean()) ** 2).sum()))
