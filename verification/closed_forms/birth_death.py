"""A linear birth-death process at a date: a modified geometric law, here from three ancestors.

Each lives apart from the others. One ancestor has left n alive at time t with chance
alpha for n = 0 and (1 - alpha)(1 - beta) beta^(n-1) otherwise, where
alpha = death g, beta = birth g, g = (e^{(birth-death) t} - 1) / (birth e^{(birth-death) t} - death)
(Kendall 1948). Three ancestors: the law convolved with itself.
"""

from __future__ import annotations

import numpy as np

from verification import kernels, plots
from verification.checks import Check, Finding, from_fit
from verification.tests_of_fit import chi_square

START, BIRTH, DEATH, TIME = 3, 0.6, 0.5, 4.0
MOST = 80


def exact() -> np.ndarray:
    """Chance of each number alive, the last cell holding the rest."""
    grown = np.exp((BIRTH - DEATH) * TIME)
    g = (grown - 1.0) / (BIRTH * grown - DEATH)
    alpha, beta = DEATH * g, BIRTH * g
    one = np.append(alpha, (1.0 - alpha) * (1.0 - beta) * beta ** np.arange(MOST - 1))
    law = one
    for _ in range(START - 1):
        law = np.convolve(law, one)[:MOST]
    return np.append(law, 1.0 - law.sum())


def run(small: bool, broken: bool) -> Finding:
    left = np.zeros(20_000 if small else 400_000, np.int64)
    birth = BIRTH * (1.05 if broken else 1.0)
    kernels.birth_death(
        left, np.uint64(1), START, np.float32(birth), np.float32(DEATH), np.float32(TIME)
    )
    counts = np.bincount(np.minimum(left, MOST), minlength=MOST + 1).astype(float)
    law = exact()
    fit = chi_square(counts, law)
    figure, (one, two) = plots.panels()
    shown = slice(0, 25)
    plots.curves(one, np.arange(MOST + 1)[shown], law[shown], (counts / counts.sum())[shown])
    plots.label(one, "alive at the date", "chance", "three ancestors, four units of time")
    plots.residuals(two, fit)
    return from_fit(
        fit, f"{len(left):,} paths follow Kendall's law.", "The paths do not follow Kendall's law.",
        figure,
    )  # fmt: skip


CHECK = Check("birth_death", "Birth-death process on the dice", "births come 5 % too often", run)
