"""Simulation-based calibration: does the fit find numbers that are known?

Synthetic records are drawn from the model itself: numbers from their priors, one history, error
and discrepancy added. Each is fitted with the bank. Over many, the rank of the true number within
its posterior is uniform if prior, likelihood and weights fit together, and 90 % intervals hold the
truth in 90 % of records (Talts and others 2018). Ranks of single numbers cannot see all faults:
the likelihood of the truth is ranked too, which tests them jointly (Modrak and others 2023;
recalled).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, kstest

from jukushi.calibration.bank import Bank
from jukushi.calibration.posterior import draw_log_weights, normalised
from jukushi.case.targets import Target

__all__ = ["Calibration", "calibration"]


@dataclass(frozen=True)
class Calibration:
    """Ranks over synthetic records.

    Attributes
    ----------
    names : tuple of str
    ranks : float64[n_records, n_names]
        Posterior share below the true quantile.
    joint : float64[n_records]
        Posterior share of draws that are less likely than the truth.
    effective : float64[n_records]
        Effective draws of each fit.
    """

    names: tuple[str, ...]
    ranks: npt.NDArray[np.float64]
    joint: npt.NDArray[np.float64]
    effective: npt.NDArray[np.float64]

    def covered(self) -> dict[str, object]:
        """Return the share of 90 % intervals that hold the truth, all numbers together.

        The interval takes records as clusters.
        """
        inside = (self.ranks > 0.05) & (self.ranks < 0.95)
        by_record = inside.mean(axis=1)
        error = by_record.std(ddof=1) / np.sqrt(len(by_record))
        mean = float(by_record.mean())
        by_name = {name: float(inside[:, place].mean()) for place, name in enumerate(self.names)}
        return {
            "estimate": mean,
            "sampling": [mean - 1.645 * float(error), min(mean + 1.645 * float(error), 1.0)],
            "by_parameter": by_name,
        }

    def joint_test(self) -> dict[str, float]:
        """Return the Kolmogorov-Smirnov test that the joint ranks are uniform."""
        result = kstest(self.joint, "uniform")
        inside = int(((self.joint > 0.05) & (self.joint < 0.95)).sum())
        within = binomtest(inside, len(self.joint), 0.9)
        return {
            "statistic": float(result.statistic),
            "p_value": float(result.pvalue),
            "within_90": inside / len(self.joint),
            "within_90_p_value": float(within.pvalue),
        }


def calibration(
    bank: Bank,
    truths: Bank,
    targets: Sequence[Target],
    names: Sequence[str],
    seed: int,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Calibration:
    """Fit synthetic records and rank the truth in each.

    Parameters
    ----------
    bank, truths : Bank
        Disjoint draws. The first history of each of `truths` is a record; it counts among those
        that measure the likelihood of its own numbers, since the likelihood of any draw is that
        of a record from one of its histories, whichever.
    names : sequence of str
        The parameters whose ranks are wanted.
    """
    places = [bank.names.index(name) for name in names]
    spread = np.array([target.spread for target in targets])
    dice = np.random.Generator(np.random.Philox(key=seed))
    found, joint, effective = [], [], []
    for number in range(len(truths)):
        truth = truths.part(slice(number, number + 1))
        noise = spread * dice.standard_normal(len(targets))
        record = truth.seen[:, 0, 0].astype(np.float64) + noise
        log_weights = draw_log_weights(bank, targets, record)
        weights = normalised(log_weights)
        own = draw_log_weights(truth, targets, record)[0]
        below = bank.quantiles[:, places] < truth.quantiles[0, places]
        found.append(weights @ below)
        joint.append(weights @ (log_weights < own))
        effective.append(1.0 / float((weights**2).sum()))
        progress(number + 1, len(truths))
    return Calibration(tuple(names), np.array(found), np.array(joint), np.array(effective))
