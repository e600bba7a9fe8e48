"""A pure death in the engine: collapse of the prey with a constant hazard is geometric.

The world is one in which the hazard of docs/mechanisms/distant_front.md cannot vary: the front
stands still inside the gates, the field army is so large that its factor is at its least, 0.3,
and loses nobody.
"""

from __future__ import annotations

import numpy as np

from jukushi.world.state import NEVER
from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.closed_forms.world import engine, fixed, weeks_of
from verification.tests_of_fit import chi_square

HAZARD = 0.03
WEEKS = 150
STILL = {
    "axis_pace_km": 0.0, "soviet_pace_km": 0.0, "soviet_men_start": 30.0,
    "soviet_men_ceiling": 30.0, "loss_standing": 0.0, "loss_first_summer": 0.0, "loss_later": 0.0,
    "loss_in_retreat": 0.0, "loss_in_encirclement": 0.0, "loss_in_attack": 0.0,
    "collapse_gates_km": 5000.0, "collapse_scale": 1.0,
}  # fmt: skip


def run(small: bool, broken: bool) -> Finding:
    count = 8_192 if small else 131_072
    hazard = HAZARD * (1.15 if broken else 1.0)
    weeks = weeks_of(WEEKS)
    world = fixed(STILL | {"collapse_at_gates": hazard / 0.3})
    fell = engine().observe(world, 0, count, ["collapse_week"], [weeks[-1]], weeks[-1])[0, 0]
    age = np.where(fell >= NEVER, WEEKS, fell - weeks[0]).astype(np.int64)
    counts = np.bincount(age, minlength=WEEKS + 1).astype(float)
    law = HAZARD * (1.0 - HAZARD) ** np.arange(WEEKS)
    law = np.append(law, 1.0 - law.sum())
    fit = chi_square(counts, law)
    figure, (one, two) = plots.panels()
    stands = 1.0 - np.cumsum(law)[:-1]
    found = 1.0 - np.cumsum(counts / count)[:-1]
    plots.curves(one, np.arange(WEEKS)[::5], stands[::5], found[::5])
    one.set_yscale("log")
    plots.label(one, "weeks", "share that still stands", f"hazard {HAZARD:g} a week")
    plots.residuals(two, fit)
    return from_fit(
        fit, f"{count:,} histories of the engine fall with the hazard set.",
        "The engine's collapses do not follow the hazard set.", figure,
    )  # fmt: skip


CHECK = Check("collapse", "Pure death: collapse in the engine", "the hazard is 15 % too high", run)
