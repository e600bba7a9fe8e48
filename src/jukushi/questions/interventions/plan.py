"""What is asked, with every item resolved: what the checks look at, and the worlds are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from jukushi.case.load import Case
from jukushi.case.schema import Change, Outcome
from jukushi.questions.interventions.parts import Part
from jukushi.questions.worlds import Structure
from jukushi.world.parameters import ParameterSpace

__all__ = ["Plan"]


@dataclass(frozen=True)
class Plan:
    """What is asked, with every item resolved.

    Attributes
    ----------
    case : Case
    space : ParameterSpace
    outcome : Outcome
        What is asked about.
    structure : Structure
        The decision-maker of both worlds.
    maker_given : bool
        Whether the question named it.
    other : Structure, optional
        The decision-maker that is put into the changed world.
    parts : tuple of Part
    done : tuple of Change
        What is done in both worlds.
    since : date, optional
        The day from which the world is changed.
    """

    case: Case
    space: ParameterSpace
    outcome: Outcome
    structure: Structure
    maker_given: bool
    other: Structure | None
    parts: tuple[Part, ...]
    done: tuple[Change, ...] = ()
    since: date | None = None

    def value(self, parameter: str) -> float:
        """Return a parameter of the changed world at the centre of the case."""
        changes = [*self.structure.changes, *self.done]
        for part in self.parts:
            changes += part.changes
        changed = self.space.changed(self.space.centres(), changes, 0, np.zeros(1, np.int64))
        return float(changed[0, self.space.index[parameter]])

    def week(self, day: date) -> int:
        """Return the week that holds a day."""
        return int(self.case.week_of(day))
