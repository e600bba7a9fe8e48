"""The tests of fit that the checks share, with the difference that each would have found.

A check states its level before it looks. `detectable` says how large a departure would be found
with a chance of 90 %: a test that passes is worth no more than that number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.optimize import brentq

#: A check that is right fails once in a thousand seeds.
LEVEL = 0.001
POWER = 0.9

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """The outcome of one test.

    Attributes
    ----------
    test, statistic, p_value, level : str, float, float, float
    size : int
        Independent observations.
    detectable : str
        The departure that is found with a chance of 90 %, in words.
    shown : dict
        What the plot needs.
    """

    test: str
    statistic: float
    p_value: float
    size: int
    detectable: str
    level: float = LEVEL
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.p_value >= self.level


def chi_square(observed: Array, chance: Array, tests: int = 1) -> Fit:
    """Compare counts with chances; cells are joined from the left until each expects 20.

    `tests` is the number of tests of one check: the p-value is multiplied by it (Bonferroni).
    """
    total = observed.sum()
    cell = np.zeros(len(chance), np.int64)
    held, number = 0.0, 0
    for place, expected in enumerate(chance * total):
        cell[place], held = number, held + expected
        if held >= 20.0 and (chance[place + 1 :] * total).sum() >= 20.0:
            held, number = 0.0, number + 1
    seen = np.bincount(cell, observed, number + 1)
    due = np.bincount(cell, chance * total, number + 1)
    statistic = float(((seen - due) ** 2 / due).sum())
    freedom = len(due) - 1
    limit = stats.chi2.ppf(1.0 - LEVEL / tests, freedom)
    excess = brentq(lambda x: stats.ncx2.sf(limit, freedom, x) - POWER, 1e-3, 1e4)
    return Fit(
        f"chi2({freedom})", statistic, min(1.0, tests * float(stats.chi2.sf(statistic, freedom))),
        int(total), f"{100 * np.sqrt(excess / total):.2g} % of a cell (root mean square)",
        shown={"cell": cell, "seen": seen, "due": due},
    )  # fmt: skip


def kolmogorov(sample: Array, cdf: Any, tests: int = 1) -> Fit:
    """Compare a sample with a continuous distribution."""
    found = stats.ks_1samp(sample, cdf)
    n = len(sample)
    critical = float(stats.kstwo.ppf(1.0 - LEVEL / tests, n))
    # By the bound of Dvoretzky, Kiefer, Wolfowitz and Massart.
    sure = critical + np.sqrt(np.log(1.0 / (1.0 - POWER)) / 2.0 / n)
    return Fit(
        "Kolmogorov-Smirnov", float(found.statistic), min(1.0, tests * float(found.pvalue)), n,
        f"a distance of {sure:.3f} between the distribution functions",
        shown={"sample": np.sort(sample), "cdf": cdf, "critical": critical},
    )  # fmt: skip


def mean_is(value: float, error: float, expected: float, size: int, tests: int = 1) -> Fit:
    """Compare a mean with its expectation, given the standard error."""
    z = (value - expected) / error
    limit = stats.norm.ppf(1.0 - LEVEL / tests / 2.0) + stats.norm.ppf(POWER)
    return Fit(
        "z", float(z), min(1.0, tests * 2.0 * float(stats.norm.sf(abs(z)))), size,
        f"{limit * error:.2g} ({100 * limit * error / abs(expected):.2g} %) of the mean",
    )  # fmt: skip


def worst(fits: list[Fit]) -> Fit:
    """The least likely of several tests of one check."""
    return min(fits, key=lambda fit: fit.p_value)
