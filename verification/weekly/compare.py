"""The second implementation of the weekly layer against the engine, history by history.

A difference counts relative to the size of the number and of its field (root mean square over all
histories and weeks): |a - b| / (|a| + rms). Both run the same histories on the same dice, the
engine in single and this package in double precision; so they differ by rounding, unless a
number falls so near a threshold that rounding decides. Such histories are counted, not excused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import World
from jukushi.world.state import FIELDS, NEVER
from verification import plots
from verification.checks import Check, Finding
from verification.closed_forms.world import SEED, engine
from verification.weekly import distant_front, histories

#: What counts as rounding: some thousand operations in single precision.
ROUNDING = 1e-4
#: Histories in a hundred thousand that rounding may send another way.
FLIPS = 100e-5

NAMES = [field.name for field in FIELDS]

#: What questions ask about, compared at the end of each history.
OUTCOMES = (
    "north_decided", "north_week", "north_trigger", "at_war", "south_war", "south_war_week",
    "collapsed", "ally_defeated", "entered", "entry_week", "hunter_surrendered", "settled",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Two runs of the same histories, float64[weeks, fields, histories] of differences."""

    difference: np.ndarray
    engine: np.ndarray
    ours: np.ndarray

    @property
    def parted(self) -> np.ndarray:
        """Which histories part, bool[histories]."""
        return (self.difference > ROUNDING).any(axis=(0, 1))

    @property
    def other_ends(self) -> int:
        """Histories that end otherwise."""
        rows = [NAMES.index(name) for name in OUTCOMES]
        return int((self.difference[-1, rows] > ROUNDING).any(axis=0).sum())

    @property
    def kept(self) -> np.ndarray:
        """Largest difference by week and field over the histories that do not part."""
        left: np.ndarray = self.difference[:, :, ~self.parted].max(axis=2, initial=0.0)
        return left


def compare(count: int, weeks: Sequence[int], changes: Sequence[Change] = ()) -> Comparison:
    """Run both."""
    world = World("verification", tuple(changes))
    a = engine().observe(world, 0, count, NAMES, weeks, max(weeks)).astype(float)
    b = histories.observe(engine().case, SEED, np.arange(count), weeks, changes)
    size = np.sqrt((np.where(np.abs(a) >= NEVER, 0.0, a) ** 2).mean(axis=(0, 2)))
    scale = np.abs(a) + np.maximum(size, 1e-9)[None, :, None]
    return Comparison(np.abs(a - b) / scale, a, b)


def parting(found: Comparison) -> str:
    """The first week and fields in which a history parts."""
    if not found.parted.any():
        return ""
    bad = found.difference > ROUNDING
    week = int(bad.any(axis=(1, 2)).argmax())
    fields = [NAMES[place] for place in np.flatnonzero(bad[week].any(axis=1))]
    return f"the first parts in week {week} in {', '.join(fields[:4])}"


@dataclass(frozen=True)
class Summary:
    """What is kept of one world."""

    name: str
    count: int
    parted: int
    largest: float
    weekly: np.ndarray
    where: str
    other_ends: int


def summary(name: str, found: Comparison) -> Summary:
    """Reduce a comparison to what is reported."""
    return Summary(
        name=name,
        count=found.difference.shape[2],
        parted=int(found.parted.sum()),
        largest=float(found.kept.max()),
        weekly=found.difference.max(axis=(1, 2)),
        where=parting(found),
        other_ends=found.other_ends,
    )


def worlds() -> list[tuple[str, tuple[Change, ...]]]:
    """The base, expected value, and every reading of every factor."""
    case = engine().case
    known = [("base", ()), ("expected_value", (Change(parameter="decider", set=1.0),))]
    for factor in case.factors.values():
        known += [(f"{factor.id}.{r.id}", tuple(r.changes)) for r in factor.readings if r.changes]
    return known


def draw(base: Comparison, all_worlds: Sequence[Summary]) -> Figure:
    """Fields over weeks in six histories, and the largest difference by week and by world."""
    figure, axes = plots.panels(3)
    for place, name in enumerate(("front_km", "believed_divisions")):
        row = NAMES.index(name)
        axes[place].plot(base.ours[:, row, :6], color=plots.EXACT, lw=2.5, alpha=0.5)
        shown = base.engine[::6, row, :6]
        axes[place].plot(np.arange(len(base.engine))[::6], shown, "o", ms=2, color=plots.FOUND)
        plots.label(axes[place], "weeks", name, "line: second program, points: engine")
    for other in all_worlds:
        top = np.maximum(other.weekly, 1e-9)
        axes[2].semilogy(top, color=plots.FOUND, lw=0.8, alpha=0.6)
    axes[2].axhspan(1e-9, ROUNDING, color=plots.BAND)
    plots.label(axes[2], "weeks", "largest difference of any field",
                f"{len(all_worlds)} worlds; grey: rounding")  # fmt: skip
    return figure


def verdict(found: Sequence[Summary], weeks: int, figure: Figure) -> Finding:
    """Judge all worlds together."""
    count, parted = sum(one.count for one in found), sum(one.parted for one in found)
    largest = max(one.largest for one in found)
    passed = parted <= FLIPS * count and largest <= ROUNDING
    where = "; ".join(f"{one.name}: {one.where}" for one in found if one.parted)
    ends = sum(one.other_ends for one in found)
    agree = f"{len(found)} worlds agree; {ends} of {count} histories end otherwise. {where}".strip()
    return Finding(
        passed=passed,
        test="difference of every field in every week",
        statistic=f"{largest:.1e}; {parted} of {count} histories part",
        limit=f"{ROUNDING:g}; {1e5 * FLIPS:g} in 100,000 histories",
        level=None,
        size=count,
        detectable=f"{ROUNDING:g} of any of {len(NAMES)} fields in any of {weeks} weeks",
        sentence=agree if passed else f"The two programs part. {where}",
        figure=figure,
    )


def run(small: bool, broken: bool) -> Finding:
    first, last = engine().case.first_running_week, engine().case.n_weeks - 1
    # Not the last: its Thursday lies in a year for which the calendar has no window.
    weeks = list(range(first, first + 32 if small else last))
    size = 2 * DICE_PER_DRAW
    saved = distant_front.POCKETS_AT
    try:
        distant_front.POCKETS_AT = 1.5 if broken else saved
        (name, held), *others = worlds()[:2] if small else worlds()
        base = compare(size if small else 20 * DICE_PER_DRAW, weeks, held)
        found = [summary(name, base)]
        found += [summary(name, compare(size, weeks, held)) for name, held in others]
    finally:
        distant_front.POCKETS_AT = saved
    return verdict(found, len(weeks), draw(base, found))


CHECK = Check(
    "weekly", "Second implementation of the weekly layer",
    "pockets are taken at 150 km a week instead of 160", run,
)  # fmt: skip
