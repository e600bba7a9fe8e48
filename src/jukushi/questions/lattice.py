"""The worlds of a frontier: every opponent at every point of a grid, on the same dice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.engine.run import World
from jukushi.errors import UsageError
from jukushi.questions.grids import Axis
from jukushi.questions.levers import lever_changes, quantity_of
from jukushi.questions.opponents import Answer, Opponent, Solver
from jukushi.questions.solve import world_of

__all__ = ["Lattice", "Point"]

#: Quantities and the values they are given.
Point: TypeAlias = tuple[tuple[str, float], ...]

_MOST_WORLDS = 4000


class Lattice:
    """A list of worlds, and where each opponent at each point stands in it.

    Parameters
    ----------
    case : Case
    solver : callable, optional
        Finds the best answer to a world; needed by an opponent that is solved.

    Attributes
    ----------
    worlds : list of World
    solved : dict
        The best answer at each point, by opponent and point.
    """

    def __init__(self, case: Case, solver: Solver | None = None) -> None:
        self.case = case
        self.solver = solver
        self.worlds: list[World] = []
        self.solved: dict[tuple[str, Point], Answer] = {}
        self._places: dict[tuple[str, Point], int] = {}

    def place(self, opponent: Opponent, point: Point = ()) -> int:
        """Return the index of a world, adding it to the list if it is new."""
        key = (opponent.name, point)
        if key not in self._places:
            if len(self.worlds) >= _MOST_WORLDS:
                raise UsageError(
                    f"the grid needs more than {_MOST_WORLDS:,} worlds", hint="ask fewer points"
                )
            self._places[key] = len(self.worlds)
            self.worlds.append(self._world(opponent, point))
        return self._places[key]

    def grid(
        self,
        opponent: Opponent,
        axes: Sequence[Axis],
        told: Callable[[], None] = lambda: None,
    ) -> npt.NDArray[np.int64]:
        """Return the places of a grid, int64[n_y, n_x] (n_y is 1 with one axis).

        Parameters
        ----------
        opponent : Opponent
        axes : sequence of Axis
            One or two; the first is x.
        told : callable
            Called after each point: a solved opponent takes time.
        """
        x = axes[0]
        rows: list[Point] = [()]
        if len(axes) == 2:
            rows = [((axes[1].quantity.id, float(value)),) for value in axes[1].values]
        places = np.zeros((len(rows), len(x.values)), np.int64)
        for row, other in enumerate(rows):
            for column, value in enumerate(x.values):
                point = ((x.quantity.id, float(value)), *other)
                places[row, column] = self.place(opponent, point)
                told()
        return places

    def changes(self, opponent: Opponent, point: Point) -> tuple[Change, ...]:
        """Return what distinguishes a point from the case as written."""
        changes = list(opponent.structure.changes)
        for name, value in point:
            noticed = opponent.notices or not quantity_of(self.case, name).can_hide
            changes += lever_changes(self.case, name, value, noticed)
        return tuple(changes)

    def _world(self, opponent: Opponent, point: Point) -> World:
        shown = ", ".join(f"{name}={value!r}" for name, value in point) or "as it was"
        name = f"{opponent.name}: {shown}"
        changes = self.changes(opponent, point)
        if not opponent.solved:
            return replace(world_of(opponent.structure), name=name, changes=changes)
        if self.solver is None:
            raise UsageError("the best answer needs a solver")
        answer = self.solver(changes)
        self.solved[(opponent.name, point)] = answer
        follows = Change(parameter="decider", set=3.0)
        return World(name, (*changes, follows), policy=answer.policy)
