"""The courses of one history in several worlds, week by week, and where they part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.engine.run import Engine
from jukushi.questions.worlds import Design
from jukushi.study.chronicle import History

__all__ = ["Courses"]

#: What either power decides: a factor that leaves these and the gates alone has not acted.
_DECISIONS = (
    "north_decided", "north_trigger", "south_decided", "pact_denounced", "posture", "entered",
)  # fmt: skip


class Courses:
    """One history in the worlds of a lattice of absent factors.

    Parameters
    ----------
    engine : Engine
    design : Design
    number : int
        Number of the history.
    last_week : int
        Last week that is looked at.
    """

    def __init__(self, engine: Engine, design: Design, number: int, last_week: int) -> None:
        self.engine = engine
        self.design = design
        self.number = number
        self.last_week = last_week
        self.actual = self._run(0)
        self._acts = _acts(self.actual)
        self._seen: dict[int, tuple[int | None, bool]] = {}

    def _run(self, absent: int) -> History:
        world = self.design.worlds[self.design.lattice[absent]]
        return History(self.engine, self.number, world, self.last_week)

    def parts_in(self, absent: int) -> int | None:
        """Return the first week after which the state differs from that of the world as it was.

        Parameters
        ----------
        absent : int
            Set of absent factors, by its bits.
        """
        return self._compared(absent)[0]

    def idle(self, absent: int) -> bool:
        """Tell whether the absence of a set changes no gate and no decision in any week."""
        return self._compared(absent)[1]

    def _compared(self, absent: int) -> tuple[int | None, bool]:
        if absent not in self._seen:
            other = self._run(absent)
            differs = (self.actual.states() != other.states()).any(axis=1)
            parted = int(np.argmax(differs)) if differs.any() else None
            self._seen[absent] = parted, bool((_acts(other) == self._acts).all())
        return self._seen[absent]


def _acts(history: History) -> npt.NDArray[np.float32]:
    """Return, week by week, which gates are open and what has been decided."""
    open_gates = (history.margins() >= 0.0).astype(np.float32)
    decisions = np.stack([history.series(name) for name in _DECISIONS], axis=1)
    return np.concatenate([open_gates, decisions], axis=1)[history.engine.first_running :]
