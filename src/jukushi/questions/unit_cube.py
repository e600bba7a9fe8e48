"""The uncertain numbers of a case as a unit cube: a point in it is one world's parameters.

Each parameter with a range is one *variable*, uniform on (0, 1), which its inverse
distribution turns into a value. The coefficients of the combat model are fitted together and are
drawn together: they are one variable, whose uniform number picks one of 2**31 joint draws.
So every variable is independent of the others, as the indices of Sobol demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.quantities import distribution
from jukushi.case.schema import Change
from jukushi.world.combat import COMBAT_NAMES
from jukushi.world.parameters import NEEDED, ParameterSpace

__all__ = ["COMBAT", "UnitCube", "Variable", "uncertain"]

#: Name of the one variable that stands for all coefficients of the combat model.
COMBAT = "combat_coefficients"

#: Joint draws of the combat model that the variable may pick; half a step keeps off 0 and 1.
_COMBAT_DRAWS = 2**31
_EDGE = 2.0**-32


@dataclass(frozen=True)
class Variable:
    """One axis of the cube.

    Attributes
    ----------
    name, group : str
    title : dict, optional
        In both languages; the combat model has none.
    unit : str
    """

    name: str
    group: str
    title: dict[str, str] | None
    unit: str


def uncertain(case: Case, space: ParameterSpace) -> list[str]:
    """Names of the parameters of a case whose range is not fixed, in the record's order."""
    return [name for name in space.index if not case.parameters[name].range.fixed]


class UnitCube:
    """All uncertain numbers of a case in one world.

    Parameters
    ----------
    case : Case
    space : ParameterSpace
    seed : int
        Seed of the joint draws of the combat model.
    changes : sequence of Change
        What the world does to every point, such as its decision-maker.
    """

    def __init__(
        self, case: Case, space: ParameterSpace, seed: int, changes: Sequence[Change] = ()
    ) -> None:
        self.case, self.space, self.seed = case, space, seed
        self.changes = tuple(changes)
        self._names = uncertain(case, space)
        self.variables = [
            *(self._variable(name) for name in self._names),
            Variable(COMBAT, "combat", None, "joint"),
        ]

    def _variable(self, name: str) -> Variable:
        item = self.case.parameters[name]
        return Variable(name, item.group, item.title.model_dump(), item.unit)

    @property
    def size(self) -> int:
        """Number of variables."""
        return len(self.variables)

    def groups(self) -> dict[str, list[int]]:
        """Places of the variables of each group, in the order of the case."""
        found: dict[str, list[int]] = {}
        for place, variable in enumerate(self.variables):
            found.setdefault(variable.group, []).append(place)
        return found

    def value(self, place: int, uniform: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn uniform numbers of one parameter into values in its unit."""
        name = self._names[place]
        return distribution(self.case.parameters[name], self.space.centre[name], uniform)

    def columns(self, place: int) -> list[int]:
        """Places in the flat record that a variable fills."""
        if place < len(self._names):
            return [self.space.index[self._names[place]]]
        first = len(NEEDED)
        return list(range(first, first + len(COMBAT_NAMES)))

    def drawn(self, uniforms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn points of the cube into flat parameters, before the changes of the world.

        Parameters
        ----------
        uniforms : float64[n, size]

        Returns
        -------
        float64[n, width]
        """
        inside = np.clip(uniforms, _EDGE, 1.0 - _EDGE)
        values = np.repeat(self.space.centres(), len(inside), axis=0)
        for place in range(len(self._names)):
            values[:, self.columns(place)[0]] = self.value(place, inside[:, place])
        picks = (inside[:, -1] * _COMBAT_DRAWS).astype(np.int64)
        values[:, self.columns(self.size - 1)] = self.space.combat.draw(self.seed, picks)
        return values

    def changed(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Apply the changes of the world to flat parameters."""
        return self.space.changed(values, self.changes)
