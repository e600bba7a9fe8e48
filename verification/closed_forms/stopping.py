"""Waiting for news about a hidden yes or no: the best time to stop, found by simulation.

The answer is 1 with chance P, and stopping brings P - 0.7 on average. News makes the log odds x of
P a Brownian motion with drift +1/2 or -1/2, as the answer is; what is brought is discounted at
eta = 0.5. In continuous time and without an end, one stops at P* = a 0.7 / (a - 1 + 0.7) with
a = (1 + sqrt(1 + 8 eta)) / 2, and the value is (P* - 0.7) (P/P*)^a ((1-P)/(1-P*))^(1-a). On twelve
dates half a unit apart value and thresholds follow by dynamic programming with quadrature. The
policy of `jukushi.questions.stopping` is fitted to simulated paths and followed on others.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtri

from jukushi.draws import DICE_PER_DRAW
from jukushi.questions.policy_value import evaluate, evaluate_times
from jukushi.questions.stopping import Histories, fit_policy
from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.tests_of_fit import mean_is
from verification.weekly.dice import uniforms

ETA, STEP, DATES, EVEN, START = 0.5, 0.5, 12, 0.7, 0.5
SITE = 0xFE04
LOSS = 0.01


def continuous() -> tuple[float, float]:
    """Threshold and value in continuous time without an end."""
    a = (1.0 + np.sqrt(1.0 + 8.0 * ETA)) / 2.0
    top = a * EVEN / (a - 1.0 + EVEN)
    ratio, rest = START / top, (1.0 - START) / (1.0 - top)
    return top, (top - EVEN) * ratio**a * rest ** (1.0 - a)


def exact() -> tuple[float, np.ndarray]:
    """Value from the start, and the threshold of each date."""
    x = np.linspace(-14.0, 14.0, 5_601)
    chance = expit(x)
    node, weight = np.polynomial.hermite_e.hermegauss(48)
    weight = weight / weight.sum()
    noise = np.sqrt(STEP) * node[:, None]
    value, tops = np.zeros_like(x), []
    for _ in range(DATES):
        up = weight @ np.interp(x + STEP / 2 + noise, x, value)
        down = weight @ np.interp(x - STEP / 2 + noise, x, value)
        wait = np.exp(-ETA * STEP) * (chance * up + (1.0 - chance) * down)
        stop = chance - EVEN
        tops.append(chance[np.argmax(stop > wait)])
        value = np.maximum(stop, wait)
    return float(np.interp(np.log(START / (1.0 - START)), x, value)), np.array(tops[::-1])


def paths(first: int, count: int, drift: float) -> Histories:
    """Simulated histories on the dice of the project; what is seen is x and its chance."""
    number = np.arange(first, first + count)
    yes = uniforms(1, number, 0, SITE)[0] < START
    x = np.zeros((DATES, count))
    for date in range(1, DATES):
        noise = ndtri(uniforms(1, number, date, SITE)[1])
        x[date] = x[date - 1] + np.where(yes, drift, -drift) * STEP + np.sqrt(STEP) * noise
    discount = np.exp(-ETA * STEP * np.arange(DATES))
    # What stopping brings is the answer itself, so that a wrong belief cannot pay for itself.
    payoff = discount[:, None] * (yes[None].astype(float) - EVEN)
    return Histories(
        features=np.stack([expit(x), x], axis=2),
        payoff=payoff[:, :, None],
        feasible=np.ones((DATES, count, 1), bool),
        final=np.zeros(count),
        draw=number // DICE_PER_DRAW,
    )


def run(small: bool, broken: bool) -> Finding:
    count = (160 if small else 1_600) * DICE_PER_DRAW
    drift = 0.25 if broken else 0.5
    value, tops = exact()
    fresh = paths(count, count, drift)
    above = fresh.features[:, :, 0] > tops[:, None]
    date = np.where(above.any(axis=0), above.argmax(axis=0), DATES)
    best = evaluate_times(fresh, date, np.zeros(count, np.int64)).value
    policy = fit_policy(paths(0, count, drift))
    fitted = evaluate(policy, fresh).value
    fit = mean_is(best.mean, best.error, value, count)
    loss = (best.mean - fitted.mean) / value
    figure, (one, two) = plots.panels()
    grid = np.linspace(0.3, 0.999, 400)
    features = np.stack([grid, np.log(grid / (1.0 - grid))], axis=1)
    chosen = [policy.choose(d, features, np.ones((len(grid), 1), bool)) for d in range(DATES)]
    found = [grid[np.argmax(row >= 0)] if (row >= 0).any() else np.nan for row in chosen]
    plots.curves(one, np.arange(DATES), tops, found)
    one.axhline(continuous()[0], ls=":", color="#444444")
    plots.label(one, "date", "belief at which to stop", "dotted: continuous time without an end")
    for place, (name, estimate) in enumerate((("exact rule", best), ("fitted", fitted))):
        reach = 3.29 * estimate.error
        two.errorbar([place], [estimate.mean], yerr=[reach], fmt="o", color=plots.FOUND)
        two.annotate(name, (place, estimate.mean), textcoords="offset points", xytext=(6, 6))
    two.axhline(value, color=plots.EXACT, lw=2.5, alpha=0.6)
    two.set_xlim(-0.5, 1.7)
    plots.label(two, "", "value", f"line: exact; z = {fit.statistic:.2g}")
    return from_fit(
        fit,
        f"The exact rule is worth {best.mean:.5f} (exact {value:.5f}); the fitted one loses "
        f"{100 * loss:.2g} %.",
        f"Value {best.mean:.5f} instead of {value:.5f}; the fitted rule loses {100 * loss:.2g} %.",
        figure, also=abs(loss) < LOSS,
    )  # fmt: skip


CHECK = Check("stopping", "Stopping problem", "news is half as good as believed", run)
