"""Simulation-based calibration: the fit of `jukushi fit` finds numbers that are known.

Two hundred records are drawn from the model: numbers from their priors, one history, error and
discrepancy added. Each is fitted with one bank. The rank of a true number within its posterior is
then uniform (Talts and others 2018), and so is the rank of the likelihood of the truth among those
of the posterior, which tests all numbers jointly. Records are independent, numbers of one record
are not: every number and the joint rank get a test of their own, at a level divided among them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jukushi.calibration.bank import with_bank
from jukushi.calibration.bearing import chosen
from jukushi.calibration.coverage import calibration
from jukushi.case.posterior import split_targets
from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.closed_forms.world import SEED, engine
from verification.tests_of_fit import kolmogorov


def run(small: bool, broken: bool) -> Finding:
    draws, records = (8_192, 60) if small else (32_768, 200)
    case = engine().case
    targets = split_targets(case, "date")
    whole = with_bank(case, targets, draws + records, SEED)
    bank, truths = whole.part(slice(records, None)), whole.part(slice(0, records))
    names, _ = chosen(bank, targets)
    if broken:
        # Fitted as if the record were four times as sharp as it is: intervals are too short.
        truths = replace(truths, seen=_blurred(truths.seen, targets))
    found = calibration(bank, truths, targets, names, SEED)
    ranks = {name: found.ranks[:, place] for place, name in enumerate(names)}
    fits = {
        name: kolmogorov(np.sort(row), lambda x: np.clip(x, 0.0, 1.0), len(ranks) + 1)
        for name, row in {**ranks, "joint": found.joint}.items()
    }
    worst = min(fits, key=lambda name: fits[name].p_value)
    inside = (found.ranks > 0.05) & (found.ranks < 0.95)
    figure, (one, two) = plots.panels()
    for place, name in enumerate(names):
        plots.distance(one, fits[name], name, f"C{place % 10}")
    plots.label(
        one, "rank of the truth", "found - uniform", f"{len(names)} numbers, {records} records"
    )
    plots.distance(two, fits["joint"])
    plots.label(two, "rank of its likelihood", "found - uniform", "all numbers jointly")
    said = f"90 % intervals hold the truth in {100 * inside.mean():.1f} %"
    return from_fit(
        fits[worst], f"{said}; the least even ranks are those of {worst}.",
        f"{said}; the ranks of {worst} are not even.", figure,
    )  # fmt: skip


def _blurred(seen: np.ndarray, targets: tuple) -> np.ndarray:
    """Add to the histories that make the records what a worse record would add."""
    dice = np.random.default_rng(SEED)
    spread = np.array([target.spread for target in targets])[:, None, None]
    return (seen + 3.0 * spread * dice.standard_normal((*seen.shape[:2], 1))).astype(np.float32)


CHECK = Check("synthetic", "Fits of synthetic records", "records are four times as blurred", run)
