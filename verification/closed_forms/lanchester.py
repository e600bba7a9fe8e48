"""Lanchester's laws as limits of the combat model.

A side's share lost a day is exp(y), y = constant -/+ slope x, with x the log ratio of strengths.
If losses are proportional to time (`attacker_days` = `defender_days` = 1), slopes of 1 give
dA/dt = -a D, dD/dt = -d A, the *square law*: A(t) = A0 cosh(wt) - D0 sqrt(a/d) sinh(wt), with
w = sqrt(a d). Slopes of 1/2 give dA/dt = -a sqrt(A D), dD/dt = -d sqrt(A D), the *linear law*:
d (A0 - A) = a (D0 - D).

The duel draws man by man who falls next, with the same rates. Under the linear law each loss is
the attacker's with the constant chance a/(a+d), so that survivors are negative binomial. Under
the square law that chance is aD/(aD + dA); the law of survivors is the recursion of Brown (1963).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import nbinom

from jukushi.world.parameters import PARAMETERS
from verification import kernels, plots
from verification.checks import Check, Finding, from_fit
from verification.tests_of_fit import chi_square, worst

RATE_A, RATE_D = 0.03, 0.02  # men lost a day for each enemy: the attacker's, the defender's
MEN = (1000.0, 1100.0)
DAYS = 30
DUEL = (30, 26)


def record(slope: float) -> Any:
    """Parameters of the combat model in the limit of one of the laws."""
    p = np.zeros(1, PARAMETERS)[0]
    p["attacker_constant"], p["defender_constant"] = np.log(RATE_A), np.log(RATE_D)
    p["attacker_slope"] = p["defender_slope"] = slope
    p["attacker_days"] = p["defender_days"] = 1.0
    return p


def square(days: np.ndarray) -> np.ndarray:
    """Strengths under the square law, float64[days, 2]."""
    w, k = np.sqrt(RATE_A * RATE_D), np.sqrt(RATE_A / RATE_D)
    a, d = MEN
    return np.stack(
        [a * np.cosh(w * days) - d * k * np.sinh(w * days),
         d * np.cosh(w * days) - a / k * np.sinh(w * days)], axis=1,
    )  # fmt: skip


def linear(days: np.ndarray) -> np.ndarray:
    """Strengths under the linear law: square roots of them obey the square law's equations."""
    w, k = 0.5 * np.sqrt(RATE_A * RATE_D), np.sqrt(RATE_A / RATE_D)
    a, d = np.sqrt(MEN)
    root = np.stack(
        [a * np.cosh(w * days) - d * k * np.sinh(w * days),
         d * np.cosh(w * days) - a / k * np.sinh(w * days)], axis=1,
    )  # fmt: skip
    return root**2


def fought(slope: float, steps: int) -> np.ndarray:
    """Strengths by the laws of the combat model, in small steps."""
    kept = np.zeros((DAYS, 2))
    kernels.attrition(kept, steps, MEN[0], MEN[1], record(slope))
    return kept


def run_law(small: bool, broken: bool) -> Finding:
    days = np.arange(1.0, DAYS + 1.0)
    steps = (8, 16) if small else (8, 16, 32, 64)
    figure, axes = plots.panels(3)
    errors = {}
    for place, (name, exact, slope) in enumerate(
        (("square", square(days), 1.0), ("linear", linear(days), 0.5))
    ):
        slope = slope * (0.98 if broken else 1.0)
        paths = {number: fought(slope, number) for number in steps}
        scale = np.array(MEN)
        errors[name] = [np.abs(paths[number] - exact).max() / scale.max() for number in steps]
        better = 2.0 * paths[steps[-1]] - paths[steps[-2]]
        errors[name].append(np.abs(better - exact).max() / scale.max())
        axes[place].plot(days, exact, lw=2.5, alpha=0.6, color=plots.EXACT)
        axes[place].plot(days[::2], paths[steps[-1]][::2], "o", ms=3, color=plots.FOUND)
        plots.label(axes[place], "days", "men left", f"{name} law: line exact, points model")
    worst_error = max(found[-1] for found in errors.values())
    for name, found in errors.items():
        axes[2].loglog(1.0 / np.array(steps), found[:-1], "o-", ms=3, label=name)
    axes[2].loglog(1.0 / np.array(steps), errors["square"][0] * steps[0] / np.array(steps), ":",
                   color="#888888", label="first order")  # fmt: skip
    plots.label(axes[2], "step, days", "largest error, share of men", "error falls with the step")
    plots.legend(axes[2])
    limit = 2e-3 if small else 2e-4
    return Finding(
        passed=worst_error < limit, test="error extrapolated to no step",
        statistic=f"{worst_error:.2g}", limit=f"< {limit:g} of the men", level=None,
        size=2 * DAYS, detectable=f"{limit:g} of the men",
        sentence="The combat model has both of Lanchester's laws as limits."
        if worst_error < limit else "The combat model does not tend to Lanchester's laws.",
        figure=figure,
    )  # fmt: skip


def brown(slope: float) -> np.ndarray:
    """Chance of each outcome, [0..a survivors of the attacker, then 1..d of the defender]."""
    a0, d0 = DUEL
    if slope == 0.5:
        share = RATE_A / (RATE_A + RATE_D)
        wins = nbinom.pmf(a0 - np.arange(1, a0 + 1), d0, 1.0 - share)
        loses = nbinom.pmf(d0 - np.arange(1, d0 + 1), a0, share)
        return np.concatenate([[0.0], wins, loses])
    chance = np.zeros((a0 + 1, d0 + 1))
    chance[a0, d0] = 1.0
    for a in range(a0, 0, -1):
        for d in range(d0, 0, -1):
            share = RATE_A * d / (RATE_A * d + RATE_D * a)
            chance[a - 1, d] += share * chance[a, d]
            chance[a, d - 1] += (1.0 - share) * chance[a, d]
    return np.concatenate([[0.0], chance[1:, 0], chance[0, 1:]])


def run_duel(small: bool, broken: bool) -> Finding:
    count = 10_000 if small else 200_000
    fits, (figure, axes) = [], plots.panels(3)
    for place, (name, slope) in enumerate((("square", 1.0), ("linear", 0.5))):
        left = np.zeros(count, np.int64)
        kernels.duel(left, np.uint64(1), *DUEL, record(slope * (0.9 if broken else 1.0)))
        cell = np.where(left >= 0, left, DUEL[0] - left)
        counts = np.bincount(cell, minlength=sum(DUEL) + 1).astype(float)
        law = brown(slope)
        fits.append(chi_square(counts, law, tests=2))
        survivors = np.concatenate([np.arange(DUEL[0] + 1), -np.arange(1, DUEL[1] + 1)])
        order = np.argsort(survivors)
        plots.curves(axes[place], survivors[order], law[order], counts[order] / count)
        plots.label(axes[place], "survivors (attacker's above 0)", "chance", f"{name} law")
    fit = worst(fits)
    plots.residuals(axes[2], fit)
    return from_fit(
        fit, f"{2 * count:,} duels end as Brown's recursion and the negative binomial say.",
        "Duels with the rates of the combat model do not end as they should.", figure,
    )  # fmt: skip


LAW = Check("lanchester", "Lanchester's laws as limits of combat", "slopes 2 % too small", run_law)
DUELS = Check("duel", "Stochastic Lanchester duel", "slopes 10 % too small", run_duel)
