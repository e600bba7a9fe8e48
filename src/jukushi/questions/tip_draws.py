"""Shifted priors, and how often the event comes under them on the same dice.

A parameter is shifted by moving the quantile of each of its draws: the uniform number is taken
to the standard normal scale, moved by so many standard deviations, and taken back through the
parameter's own inverse distribution. The whole prior moves and keeps its support. Every
parameter draw has dice of its own, the same ones under every shift.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr, ndtri

from jukushi.case.quantities import distribution
from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine
from jukushi.questions.worlds import Structure
from jukushi.world.parameters import ParameterSpace

__all__ = ["Sample", "deviations", "shifted_value", "uncertain"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

#: Numbers of parameter records that lie in memory at a time, and least and most draws of them.
_NUMBERS_AT_ONCE = 4_000_000
_DRAWS_AT_ONCE = (16, 512)
#: Parameter draws whose records are kept from one call to the next.
_KEPT_DRAWS = 1024
#: The nearest that a shifted quantile comes to 0 or 1; beyond it an inverse would be infinite.
_EDGE = 2.0**-53


def uncertain(space: ParameterSpace) -> list[str]:
    """Return the parameters of a case that have a range."""
    return [name for name in space.index if not space.case.parameters[name].range.fixed]


def shifted_value(space: ParameterSpace, name: str, shift: float) -> float:
    """Return the median of a parameter whose prior is shifted by so many standard deviations."""
    item = space.case.parameters[name]
    return float(distribution(item, space.centre[name], ndtr(np.array([shift])))[0])


def deviations(space: ParameterSpace, name: str, value: float) -> float | None:
    """Return the shift at which the median of a parameter is a given value.

    Returns
    -------
    float or None
        In standard deviations; None for a number without a range, or outside of it.
    """
    item, centre = space.case.parameters[name], space.centre[name]
    spread, scale = item.range, centre if item.relative else 1.0
    if spread.normal is not None:
        return float((value - centre) / (spread.normal * scale))
    if spread.lognormal is not None:
        return float(np.log(value / centre) / spread.lognormal) if value / centre > 0.0 else None
    if spread.uniform is not None:
        low, high = spread.uniform
        return _normal_scale((value / scale - low) / (high - low))
    if spread.beta is not None:
        return _normal_scale(float(betainc(*spread.beta, value))) if 0.0 <= value <= 1.0 else None
    return None


def _normal_scale(quantile: float) -> float | None:
    return float(ndtri(quantile)) if 0.0 < quantile < 1.0 else None


class Sample:
    """Some parameter draws, each with dice of its own, under any shifts and changes.

    Parameters
    ----------
    engine : Engine
    structure : Structure
    outcome : str
        It must not need a campaign.
    draws : range
        Numbers of the parameter draws.
    dice : int
        Histories of each draw, `LANES` or `DICE_PER_DRAW`.
    tell : callable
        Told of every batch how many histories were run.
    """

    def __init__(
        self,
        engine: Engine,
        structure: Structure,
        outcome: str,
        draws: range,
        dice: int = DICE_PER_DRAW,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        # Draws are shared among threads here; each of them runs its few blocks by itself.
        self._engine = Engine(engine.case, engine.seed, 1)
        self._threads = engine.threads
        self._structure = structure
        self._outcome = outcome
        self._tell = tell
        self._kept: Floats | None = None
        self.space = engine.space
        self.names = uncertain(engine.space)
        self.draws = np.arange(draws.start, draws.stop, dtype=np.int64)
        self.dice = dice
        self._world = structure.world("points", structure.changes)
        self._engine.rules_of(self._world)  # worked out once, before the threads begin

    @property
    def seed(self) -> int:
        """Seed of the study."""
        return self._engine.seed

    @property
    def histories(self) -> int:
        """Histories behind every probability."""
        return len(self.draws) * self.dice

    def shifted(self, shifts: Floats) -> Counts:
        """Count events under shifts of the priors.

        Parameters
        ----------
        shifts : float64[n_points, n_uncertain]
            In standard deviations, in the order of `names`.

        Returns
        -------
        int64[n_points, n_draws]
        """
        return self._count(len(shifts), lambda base, draws: self._shifted(base, draws, shifts))

    def rates(self, shifts: Floats) -> Floats:
        """Return the share of events in each draw under shifts, float64[n_points, n_draws]."""
        return self.shifted(shifts) / self.dice

    def changed(self, changes: Sequence[Sequence[Change]]) -> Counts:
        """Count events under lists of changes, int64[n_lists, n_draws]."""
        seed = self._engine.seed

        def records(base: Floats, draws: Counts) -> Floats:
            return np.stack([self.space.changed(base, some, seed, draws) for some in changes])

        return self._count(len(changes), records)

    def base(self) -> Floats:
        """Return the parameters as they were drawn, in this structure, float64[n_draws, width]."""
        return self._base(0, len(self.draws))

    def _base(self, start: int, stop: int) -> Floats:
        if len(self.draws) > _KEPT_DRAWS:
            return self._drawn(self.draws[start:stop])
        if self._kept is None:
            self._kept = self._drawn(self.draws)
        return self._kept[start:stop]

    def _drawn(self, draws: Counts) -> Floats:
        drawn = self.space.draw(self.seed, draws)
        return self.space.changed(drawn, self._structure.changes)

    def _count(self, n_points: int, records: Callable[[Floats, Counts], Floats]) -> Counts:
        """Run some points, part of the draws after part; `records` makes a part's parameters."""
        counts = np.zeros((n_points, len(self.draws)), np.int64)
        at_once = _NUMBERS_AT_ONCE // (n_points * self.space.width)
        at_once = min(max(at_once, _DRAWS_AT_ONCE[0]), _DRAWS_AT_ONCE[1])
        with ThreadPoolExecutor(self._threads) as pool:
            for start in range(0, len(self.draws), at_once):
                draws = self.draws[start : start + at_once]
                points = records(self._base(start, start + at_once), draws)

                def run(place: int, points: Floats = points, draws: Counts = draws) -> Counts:
                    first = int(draws[place]) * DICE_PER_DRAW
                    here = np.ascontiguousarray(points[:, place])
                    weeks = self._engine.run_points(
                        here, self._outcome, self.dice, first, self._world
                    )
                    return np.asarray((weeks >= 0).sum(axis=1), np.int64)

                for place, found in enumerate(pool.map(run, range(len(draws)))):
                    counts[:, start + place] = found
                self._tell(n_points * len(draws) * self.dice)
        return counts

    def _shifted(self, base: Floats, draws: Counts, shifts: Floats) -> Floats:
        """Return the records of all points, float64[n_points, n_draws, width]."""
        records = np.repeat(base[None], len(shifts), axis=0)
        moved = np.flatnonzero((shifts != 0.0).any(axis=0))
        names = [self.names[place] for place in moved]
        normals = ndtri(self.space.uniforms(self._engine.seed, names, draws))
        for name, place, normal in zip(names, moved, normals, strict=True):
            sizes, of_point = np.unique(shifts[:, place], return_inverse=True)
            uniform = np.clip(ndtr(normal + sizes[:, None]), _EDGE, 1.0 - _EDGE)
            item, column = self.space.case.parameters[name], self.space.index[name]
            values = distribution(item, self.space.centre[name], uniform)
            values[sizes == 0.0] = base[:, column]  # to the last bit
            records[:, :, column] = values[of_point]
        return records
