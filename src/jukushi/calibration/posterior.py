"""The posterior of the numbers, given a part of the record, from one bank of simulations.

The record is one history of the model, seen with error. The likelihood of a draw is the mean, over
its histories, of the density of the record about each: an unbiased estimate, so that importance
weights with it have the exact posterior as their limit (pseudo-marginal; Andrieu and Roberts 2009;
recalled). Draws that history matching rules out have weight zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jukushi.calibration.bank import Bank
from jukushi.case.targets import Target

__all__ = ["draw_log_weights", "joint_rows", "normalised", "ranks", "weighted_quantile"]


def draw_log_weights(
    bank: Bank,
    targets: Sequence[Target],
    record: npt.NDArray[np.float64] | None = None,
    discrepancy: float = 1.0,
    without: int | None = None,
) -> npt.NDArray[np.float64]:
    """Return the log likelihood of each draw, constants of the normal densities included.

    Parameters
    ----------
    bank : Bank
    targets : sequence of Target
    record : float64[n_targets], optional
        Another record than the one that the targets hold: a synthetic one.
    discrepancy : float
        What the discrepancies of all series are multiplied by.
    without : int, optional
        An observation that is left out.

    Returns
    -------
    float64[n_draws]
    """
    total = np.zeros(bank.seen.shape[1:])
    for place, target in enumerate(targets):
        if place == without:
            continue
        spread = float(np.hypot(target.error, discrepancy * target.discrepancy))
        value = target.value if record is None else float(record[place])
        total -= 0.5 * ((value - bank.seen[place]) / spread) ** 2 + np.log(spread)
    top = total.max(axis=1)
    return np.asarray(top + np.log(np.exp(total - top[:, None]).mean(axis=1)))


def normalised(log_weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return weights that sum to one."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def joint_rows(weights: npt.NDArray[np.float64], rows: int, seed: int) -> npt.NDArray[np.int64]:
    """Draw rows of a bank in proportion to their weights (systematic resampling)."""
    dice = np.random.Generator(np.random.Philox(key=seed))
    at = (np.arange(rows) + dice.random()) / rows
    chosen = np.searchsorted(np.cumsum(weights), at)
    return np.asarray(dice.permutation(np.minimum(chosen, len(weights) - 1)), np.int64)


def weighted_quantile(
    values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], levels: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return quantiles of weighted values (linear between the middles of their steps)."""
    order = np.argsort(values)
    steps = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.asarray(np.interp(levels, steps, values[order]))


def ranks(
    bank: Bank,
    targets: Sequence[Target],
    weights: npt.NDArray[np.float64],
    seed: int,
) -> npt.NDArray[np.float64]:
    """Return the share of predicted observations below the record, float64[n_targets].

    Error and discrepancy are added to what the histories show.
    """
    dice = np.random.Generator(np.random.Philox(key=seed))
    found = np.empty(len(targets))
    for place, target in enumerate(targets):
        seen = bank.seen[place] + target.spread * dice.standard_normal(bank.seen[place].shape)
        found[place] = weights @ (seen < target.value).mean(axis=1)
    return found
