"""Saltelli's design over the cube, run row by row, each row on dice of its own.

The points A and B come from SALib's scrambled sequence of Sobol; a longer design begins with the
shorter one. In the first rows every variable is varied. Those that changed no history there
are varied no more, so that the time goes to the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from jukushi.engine.run import Engine, World
from jukushi.questions.unit_cube import UnitCube

__all__ = ["Rows", "base_points"]

#: Rows that are handed to the threads at a time.
_BATCH = 32


def base_points(
    size: int, rows: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the points A and B of Saltelli's design, each float64[rows, size].

    SALib fills in every AB_i by a loop in Python, far slower than the model is. Asked for two
    groups of variables, it gives the same A and B (tested), and the rest is done here.
    """
    from SALib.sample import sobol

    groups = ["first"] + ["others"] * (size - 1)
    names = [f"x{place}" for place in range(size)]
    problem = {"num_vars": size, "names": names, "bounds": [[0, 1]] * size, "groups": groups}
    points = sobol.sample(problem, rows, calc_second_order=False, seed=seed)
    points = np.asarray(points, np.float64).reshape(rows, 4, size)
    return points[:, 0], points[:, -1]


class Rows:
    """Runs rows of a design.

    Parameters
    ----------
    engine : Engine
        With one thread; rows run beside each other.
    cube : UnitCube
    outcome : str
    dice : int
        Histories of each point; row r has the histories from r * dice.
    samples : int
        Rows of the design.
    threads : int
    world : World, optional
        By whose tables, orders and policy; its changes are those of the cube.
    """

    def __init__(
        self,
        engine: Engine,
        cube: UnitCube,
        outcome: str,
        dice: int,
        samples: int,
        threads: int,
        world: World | None = None,
    ) -> None:
        self.engine, self.cube, self.outcome, self.world = engine, cube, outcome, world
        if world is not None:
            engine.rules_of(world)  # worked out once, before the threads begin
        self.dice, self.threads = dice, threads
        self._a, self._b = (
            cube.drawn(points) for points in base_points(cube.size, samples, engine.seed)
        )

    def run(
        self, first: int, last: int, sets: Sequence[Sequence[int]]
    ) -> Iterator[npt.NDArray[np.int16]]:
        """Run rows `first` to `last` - 1, varying sets of variables.

        Parameters
        ----------
        first, last : int
        sets : sequence of sequence of int
            Places of the variables that each AB_i takes from B.

        Yields
        ------
        int16[len(sets) + 2, dice]
            Week of the event, -1 if none: at A, at each AB_i, at B; one row after the other.
        """
        columns = [
            np.array([column for place in places for column in self.cube.columns(place)])
            for places in sets
        ]
        with ThreadPoolExecutor(self.threads) as pool:
            for start in range(first, last, _BATCH):
                batch = range(start, min(start + _BATCH, last))
                yield from pool.map(lambda row: self._row(row, columns), batch)

    def _row(self, row: int, columns: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int16]:
        points = np.repeat(self._a[row : row + 1], len(columns) + 2, axis=0)
        for place, taken in enumerate(columns, start=1):
            points[place, taken] = self._b[row, taken]
        points[-1] = self._b[row]
        weeks: npt.NDArray[np.int16] = self.engine.run_points(
            self.cube.changed(points), self.outcome, dice=self.dice,
            first_history=row * self.dice, world=self.world,
        )  # fmt: skip
        return weeks
