"""The search behind a tip: every prior, every reading, all sets of factors, all priors together.

All of it runs on one sample of parameter draws, so that two changes are compared on the same
dice. What it finds is a candidate; its probability is worked out elsewhere (`tip_check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change, Reading
from jukushi.questions.tip_crossing import Crossing, Goal, Path, first_crossing, walk
from jukushi.questions.tip_draws import Sample
from jukushi.questions.tip_factors import all_or_nothing, carried, smallest_sets, strengths
from jukushi.questions.tip_few import Few, fewest
from jukushi.questions.tip_nearest import Nearest, nearest_point
from jukushi.questions.worlds import factor_of, reading_of

__all__ = ["PriorRow", "ReadingRow", "Search", "SetRows", "changes_without"]

Floats = npt.NDArray[np.float64]
#: Shifts of one prior that are looked at before any is halved, beside the largest one.
_GRID = (0.0, 1.0, 2.0)
#: Readings run together: their records lie in memory.
_WORLDS_AT_ONCE = 64


@dataclass(frozen=True)
class PriorRow:
    """One prior: which, in which sense (1 up, -1 down) and where it meets the target."""

    place: int
    sense: float
    crossing: Crossing


@dataclass(frozen=True)
class ReadingRow:
    """One reading: of which factor, whether it is all or nothing, where it meets the target."""

    factor: str
    reading: Reading
    switch: bool
    crossing: Crossing


@dataclass(frozen=True)
class SetRows:
    """Subsets of the factors: of least size that reach the target, or the best if none does.

    `smaller` is the best subset with one factor fewer, if that is not the world as it was.
    """

    factors: Sequence[str]
    subsets: Sequence[int]
    reached: bool
    smaller: int | None


class Search:
    """What brings the event to a goal, on the dice of one sample.

    Parameters
    ----------
    sample : Sample
    goal : Goal
    most : float
        Largest shift of one prior, in standard deviations.
    """

    def __init__(self, sample: Sample, goal: Goal, most: float) -> None:
        self.sample = sample
        self.goal = goal
        self.most = most
        self.n = len(sample.names)
        self.live = np.zeros(0, np.int64)
        self._seed = sample.seed

    def base(self) -> float:
        """Return the probability of the priors as they are, on these dice."""
        return float(self.sample.rates(np.zeros((1, self.n))).mean())

    def priors(self) -> list[PriorRow]:
        """Shift one prior after another; those that change no history are left out.

        Which ones do is kept in `live`.
        """
        most = self.most * np.eye(self.n)
        found = self.sample.rates(np.concatenate([np.zeros((1, self.n)), most, -most]))
        base, ends = found[0], found[1:].reshape(2, self.n, -1)
        self.live = np.flatnonzero((ends != base).any(axis=(0, 2)))
        inner = [length for length in _GRID if 0.0 < length < self.most]
        shifts = [sense * length * np.eye(self.n)[self.live]
                  for sense in (1.0, -1.0) for length in inner]  # fmt: skip
        grid = self.sample.rates(np.concatenate(shifts)) if inner and len(self.live) else found[:0]
        grid = grid.reshape(2, len(inner), len(self.live), -1)
        lengths = np.array([0.0, *inner, self.most])
        rows = []
        for row, place in enumerate(self.live):
            sides = [
                Path(lengths, np.stack([base, *grid[side, :, row], ends[side, place]]))
                for side in range(2)
            ]
            rows.append(self._prior(int(place), sides))
        return rows

    def _prior(self, place: int, sides: Sequence[Path]) -> PriorRow:
        """Take the sense in which a prior meets the target sooner, or comes nearer to it."""
        rows, gaps = [], []
        for sense, path in zip((1.0, -1.0), sides, strict=True):

            def points(lengths: Floats, sense: float = sense) -> Floats:
                shifts = np.zeros((len(lengths), self.n))
                shifts[:, place] = sense * lengths
                return self.sample.rates(shifts)

            key = (self._seed, 1, place, int(sense > 0.0))
            crossing = first_crossing(path, points, self.goal, key)
            rows.append(PriorRow(place, sense, crossing))
            gaps.append(float(self.goal.gap(path.rates.mean(axis=1)).max()))
        up, down = rows
        if up.crossing.at is not None and down.crossing.at is not None:
            return up if up.crossing.at <= down.crossing.at else down
        if up.crossing.at is None and down.crossing.at is None:
            return up if gaps[0] >= gaps[1] else down
        return up if down.crossing.at is None else down

    def readings(self, factors: Sequence[str]) -> list[ReadingRow]:
        """Carry every reading of some factors as far as it takes, or as it can be carried."""
        space, case = self.sample.space, self.sample.space.case
        base = self.sample.base()
        rows = []
        for name in factors:
            for number, reading in enumerate(factor_of(case, name).readings):
                changes = reading.changes

                def points(lengths: Floats, changes: Sequence[Change] = changes) -> Floats:
                    worlds = [carried(space, changes, float(length)) for length in lengths]
                    return self.sample.changed(worlds) / self.sample.dice

                path = walk(points, strengths(space, base, changes))
                switch = all_or_nothing(case, changes)
                key = (self._seed, 2, list(case.factors).index(name), number)
                crossing = (
                    self._switched(path) if switch else first_crossing(path, points, self.goal, key)
                )
                rows.append(ReadingRow(name, reading, switch, crossing))
        return rows

    def _switched(self, path: Path) -> Crossing:
        """Say whether a reading that is all or nothing reaches the target."""
        gaps = self.goal.gap(path.rates.mean(axis=1))
        if gaps[0] >= 0.0:
            return Crossing(0.0, (None, None), 0.0)
        at = 1.0 if gaps[1] >= 0.0 else None
        return Crossing(at, (None, None), float(np.argmax(gaps)))

    def sets(self, case: Case, factors: Sequence[str]) -> SetRows:
        """Run every subset of some factors, each in its default reading."""
        worlds = [changes_without(case, factors, subset) for subset in range(1 << len(factors))]
        means = np.concatenate(
            [
                self.sample.changed(worlds[start : start + _WORLDS_AT_ONCE]).mean(axis=1)
                for start in range(0, len(worlds), _WORLDS_AT_ONCE)
            ]
        )
        means /= self.sample.dice
        found = smallest_sets(means, self.goal)
        if not found:
            return SetRows(factors, [self.goal.nearest(means)], False, None)
        size = found[0].bit_count() - 1
        fewer = [subset for subset in range(len(means)) if subset.bit_count() == size]
        smaller = fewer[self.goal.nearest(means[fewer])] if size > 0 else None
        return SetRows(factors, found, True, smaller)

    def nearest(self) -> Nearest:
        """Shift all priors that matter together, as little as possible."""
        return nearest_point(
            self._of_live, len(self.live), self.sample.histories, self.goal, self.most,
            (self._seed, 3),
        )  # fmt: skip

    def few(self, nearest: Nearest, limit: float) -> Few:
        """Shift as few priors as possible, none by more than `limit`."""
        return fewest(self._of_live, nearest.shift, self.goal, limit, (self._seed, 4))

    def whole(self, shift: Floats) -> Floats:
        """Write a shift of the live priors as a shift of all, float64[n_uncertain]."""
        spread: Floats = self._spread(shift[None])[0]
        return spread

    def _of_live(self, shifts: Floats) -> Floats:
        return self.sample.rates(self._spread(shifts))

    def _spread(self, shifts: Floats) -> Floats:
        whole = np.zeros((len(shifts), self.n), np.float64)
        whole[:, self.live] = shifts
        return whole


def changes_without(case: Case, factors: Sequence[str], subset: int) -> tuple[Change, ...]:
    """Return the changes of a world without the factors whose bits are set."""
    return tuple(
        change
        for bit, name in enumerate(factors)
        if subset >> bit & 1
        for change in reading_of(factor_of(case, name), None).changes
    )
