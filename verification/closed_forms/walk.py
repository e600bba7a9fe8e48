"""A random walk with a barrier: passing fortune in the engine, with nothing forgotten.

With `front_memory` = 1 the field `front_momentum` is a Gaussian random walk. Its first passage of
a barrier in *discrete* time has two exact answers. Above zero: the chance of none in n weeks is
C(2n, n) / 4^n whatever the steps (Sparre Andersen 1953). Above b > 0: the density of the walk that
has not passed is carried forward by Gauss-Legendre quadrature. For the eye, the continuous walk:
by reflection P(passed by n) = 2 (1 - Phi(b / sqrt n)), the law of the inverse Gaussian without
drift, with the barrier moved out by 0.5826 (Siegmund 1979).
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln
from scipy.stats import norm

from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.closed_forms.world import engine, fixed, weeks_of
from verification.tests_of_fit import chi_square, worst

NOISE = 0.05
BARRIER = 6.0  # in steps
WEEKS = 200


def passed_by(barrier: float) -> np.ndarray:
    """Chance that the walk has passed, float64[WEEKS]."""
    node, weight = np.polynomial.legendre.leggauss(900)
    low = -75.0
    x = low + (node + 1.0) * (barrier - low) / 2.0
    weight = weight * (barrier - low) / 2.0
    move = norm.pdf(x[:, None] - x[None, :]) * weight[None, :]
    density = norm.pdf(x)
    stays = [float(weight @ density)]
    for _ in range(WEEKS - 1):
        density = move @ density
        stays.append(float(weight @ density))
    return 1.0 - np.array(stays)


def never_positive() -> np.ndarray:
    """Chance of no passage above zero in n weeks, n = 1 .. WEEKS."""
    n = np.arange(1, WEEKS + 1)
    return np.exp(gammaln(2 * n + 1) - 2 * gammaln(n + 1) - n * np.log(4.0))


def run(small: bool, broken: bool) -> Finding:
    count = 4_096 if small else 65_536
    world = fixed({"front_memory": 1.0, "front_noise": NOISE * (1.1 if broken else 1.0)})
    weeks = weeks_of(WEEKS)
    walk = engine().observe(world, 0, count, ["front_momentum"], weeks, weeks[-1])[:, 0] / NOISE
    fits, laws, founds = [], [], []
    for barrier, law in ((BARRIER, passed_by(BARRIER)), (0.0, 1.0 - never_positive())):
        above = walk > barrier
        first = np.where(above.any(axis=0), above.argmax(axis=0), WEEKS)
        counts = np.bincount(first, minlength=WEEKS + 1).astype(float)
        chance = np.append(np.diff(law, prepend=0.0), 1.0 - law[-1])
        fits.append(chi_square(counts, chance, tests=2))
        laws.append(law)
        founds.append(np.cumsum(counts[:-1]) / count)
    fit = worst(fits)
    figure, axes = plots.panels(3)
    n = np.arange(1, WEEKS + 1)
    for place, title in enumerate((f"barrier at {BARRIER:g} steps", "barrier at zero")):
        plots.curves(axes[place], n[::6], laws[place][::6], founds[place][::6])
        plots.label(axes[place], "weeks", "share that has passed", title)
    near = 2.0 * norm.sf((BARRIER + 0.5826) / np.sqrt(n))
    axes[0].plot(n, near, ":", color="#444444", label="reflection, Siegmund's shift")
    plots.legend(axes[0])
    plots.residuals(axes[2], fit)
    return from_fit(
        fit, f"First passages of {count:,} walks of the engine follow the exact law.",
        "First passages of the engine's walk do not follow the exact law.", figure,
    )  # fmt: skip


CHECK = Check("walk", "Random walk with a barrier", "steps 10 % too long (harmless at zero)", run)
