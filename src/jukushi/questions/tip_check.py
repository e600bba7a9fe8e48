"""Probabilities of what a search found, from histories that the search has not seen.

A search keeps what came out best on its own dice, so its probabilities flatter. Whatever is
printed is therefore run again on other parameter draws with other dice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW
from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson
from jukushi.questions.tip_draws import Sample

__all__ = ["Check", "chance_of"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
_MARGIN = 1.1
#: Worlds given as changes that are run together: their records lie in memory.
_WORLDS_AT_ONCE = 64


@dataclass
class _World:
    """A shift of the priors or a list of changes, its events by draw, and its chance."""

    shift: Floats | None
    changes: tuple[Change, ...]
    answer: bool
    chance: dict[str, Any] = field(default_factory=dict)
    counts: Counts = field(default_factory=lambda: np.zeros(0, np.int64))

    def append(self, counts: Counts) -> None:
        """Add the events of more draws and work out the chance anew."""
        self.counts = np.concatenate([self.counts, counts])
        self.chance.update(chance_of(self.counts))

    @property
    def half_width(self) -> float:
        """Half the width of the sampling interval."""
        low, high = self.chance["sampling"]
        return float(high - low) / 2.0


class Check:
    """A list of changed worlds and their probabilities on fresh histories.

    Parameters
    ----------
    sample : callable
        Takes a range of parameter draws, returns their `Sample`.
    draws : int
        Parameter draws of every probability.
    """

    def __init__(self, sample: Callable[[range], Sample], draws: int) -> None:
        self._sample = sample
        self._draws = draws
        self._worlds: list[_World] = []

    def shift(self, shift: Floats, answer: bool = False) -> dict[str, Any]:
        """Add a shift of the priors, float64[n_uncertain].

        Parameters
        ----------
        shift : float64[n_uncertain]
        answer : bool
            Whether a precision asked for is about it.

        Returns
        -------
        dict
            Empty; it holds the chance once `run` has been called.
        """
        return self._add(_World(shift, (), answer))

    def change(self, changes: Sequence[Change], answer: bool = False) -> dict[str, Any]:
        """Add a list of changes; the same as `shift` otherwise."""
        return self._add(_World(None, tuple(changes), answer))

    def _add(self, world: _World) -> dict[str, Any]:
        self._worlds.append(world)
        return world.chance

    def run(self) -> None:
        """Run every world that has not been run yet."""
        self._extend([world for world in self._worlds if not len(world.counts)], self._draws)

    def sharpen(self, precision: float, most_draws: int) -> float:
        """Run the answers on until half of each sampling interval is small enough.

        Returns
        -------
        float
            The widest half that is left; it exceeds `precision` if `most_draws` are too few.
        """
        answers = [world for world in self._worlds if world.answer]
        for world in answers:
            while world.half_width > precision and len(world.counts) < most_draws:
                ratio = (world.half_width / precision) ** 2
                needed = math.ceil(_MARGIN * len(world.counts) * ratio)
                self._extend([world], min(needed, most_draws))
        return max(world.half_width for world in answers)

    def _extend(self, worlds: Sequence[_World], draws: int) -> None:
        """Run worlds that were run equally far on to a number of parameter draws."""
        if not worlds:
            return
        sample = self._sample(range(len(worlds[0].counts), draws))
        shifted = [world for world in worlds if world.shift is not None]
        if shifted:
            shifts = [world.shift for world in shifted if world.shift is not None]
            for world, row in zip(shifted, sample.shifted(np.stack(shifts)), strict=True):
                world.append(row)
        changed = [world for world in worlds if world.shift is None]
        for start in range(0, len(changed), _WORLDS_AT_ONCE):
            some = changed[start : start + _WORLDS_AT_ONCE]
            for world, row in zip(some, sample.changed([w.changes for w in some]), strict=True):
                world.append(row)


def chance_of(counts: Counts) -> dict[str, Any]:
    """Return a probability with both its intervals.

    Parameters
    ----------
    counts : int64[n_draws]
        Events in each parameter draw of `DICE_PER_DRAW` histories.

    Returns
    -------
    dict
        ``estimate``, ``sampling``, ``ignorance`` and ``histories``.
    """
    means = ClusterMean(1)
    means.add((counts / DICE_PER_DRAW)[:, None], np.full(len(counts), float(DICE_PER_DRAW)))
    histogram = CountHistogram(DICE_PER_DRAW)
    histogram.add(counts, np.full(len(counts), DICE_PER_DRAW, np.int64))
    estimate = float(means.mean()[0])
    return {
        "estimate": estimate,
        "sampling": list(wilson(estimate, float(means.variance()[0]), means.weight)),
        "ignorance": list(ignorance_interval(histogram)),
        "histories": len(counts) * DICE_PER_DRAW,
    }
