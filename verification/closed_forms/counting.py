"""The hunter's count of the garrison against a Kalman filter.

In a world where no train leaves and nothing is raised, the garrison as countable is constant, and
docs/mechanisms/intelligence.md is a filter of one number: variance q = `count_drift`^2 a week, a
measurement of variance r = `count_noise`^2 at each recount. The filter here is in information
form, fed with the measurements that the dice gave. Two things must hold: belief and variance equal
the filter in each week; and the error of the belief, which starts at none, is normal with the
variance that the gains imply (it is not the filter's own, since nothing drifts in this world).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from jukushi.draws import DICE_PER_DRAW
from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.closed_forms.world import SEED, changes, engine, fixed, weeks_of
from verification.tests_of_fit import kolmogorov
from verification.weekly import dice
from verification.weekly.calendar import Calendar
from verification.weekly.histories import parameters

WEEKS = 120
QUIET = {
    "transfer_rate": 0.0, "forming_trickle": 0.0, "spring_departures": 0.0, "anchor_rate": 0.0,
}  # fmt: skip


def filtered(
    histories: np.ndarray, weeks: list[int], drift: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Belief, its variance, the variance of its true error (all [weeks, n]), and the truth."""
    case = engine().case
    calendar = Calendar(case.folder)
    p = parameters(case, SEED, histories, changes(QUIET))
    belief, error = p.counted_at_start, np.zeros(len(histories))
    q, r = (drift * p.count_drift) ** 2, p.count_noise**2
    variance = r
    kept = []
    for week in weeks:
        variance = variance + q
        if calendar.week(week).recount:
            thrown = dice.weekly(SEED, histories, week).count_divisions
            found = np.maximum(p.counted_at_start + p.count_noise * thrown, 1.0)
            information = 1.0 / variance + 1.0 / r
            belief = (belief / variance + found / r) / information
            error = (error / variance**2 + 1.0 / r) / information**2
            variance = 1.0 / information
        kept.append((belief, variance, error))
    beliefs, variances, errors = (np.array(column) for column in zip(*kept, strict=True))
    return beliefs, variances, errors, p.counted_at_start


def run(small: bool, broken: bool) -> Finding:
    count = (8 if small else 128) * DICE_PER_DRAW
    histories, weeks = np.arange(count), weeks_of(WEEKS)
    fields = ["believed_divisions", "believed_variance"]
    seen = engine().observe(fixed(QUIET), 0, count, fields, weeks, weeks[-1]).astype(float)
    beliefs, variances, errors, truth = filtered(histories, weeks, 1.5 if broken else 1.0)
    off = np.abs(seen[:, 0] / beliefs - 1.0).max(), np.abs(seen[:, 1] / variances - 1.0).max()
    z = (seen[-1, 0] - truth) / np.sqrt(errors[-1])
    fit = kolmogorov(z, norm.cdf)
    equal = max(off) < 1e-4
    figure, axes = plots.panels(3)
    for place, (exact, name) in enumerate(((beliefs, "divisions"), (variances, "variance"))):
        axes[place].plot(exact[:, :4], color=plots.EXACT, lw=2.5, alpha=0.6)
        shown = seen[::4, place, :4]
        axes[place].plot(np.arange(WEEKS)[::4], shown, "o", ms=2, color=plots.FOUND)
        plots.label(axes[place], "weeks", name, f"largest difference {off[place]:.1g}")
    plots.distance(axes[2], fit)
    return from_fit(
        fit,
        f"Belief and variance equal the filter's to {max(off):.1g} in {count:,} histories; "
        "errors are normal.",
        f"The hunter's count departs from the filter by {max(off):.1g}.", figure, also=equal,
    )  # fmt: skip


CHECK = Check("counting", "Kalman filter: the count", "the filter's drift is half too large", run)
