"""Claims that need other worlds, or an outcome of their own: effects, and outcomes on the map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jukushi.calibration.audit_stances import of_effect
from jukushi.case.claims import Absence, Effect
from jukushi.case.load import Case
from jukushi.engine.run import Engine, World
from jukushi.questions.differences import PairedDifference
from jukushi.questions.odds import LEAST_HISTORIES, Probability, draw_starts
from jukushi.questions.worlds import Structure, factor_of, reading_of

__all__ = ["EffectRuns", "OutcomeRuns"]

Key = tuple[tuple[str, str], ...]


def _key(case: Case, absent: Iterable[Absence]) -> Key:
    """Name a set of absences: factor and reading of each, in order."""
    return tuple(
        sorted(
            (item.factor, reading_of(factor_of(case, item.factor), item.reading).id)
            for item in absent
        )
    )


class EffectRuns:
    """Worlds without some factors beside the world as it was, on the same dice, for one outcome."""

    def __init__(
        self, engine: Engine, structure: Structure, outcome: str, effects: Iterable[Effect]
    ) -> None:
        self.engine, self.structure, self.outcome = engine, structure, outcome
        case = engine.case
        keys = {_key(case, effect.absent) for effect in effects}
        keys |= {_key(case, [item]) for effect in effects for item in effect.beside}
        self.keys = sorted(keys)
        self.chances = Probability(len(self.keys) + 1)
        self.differences = {key: PairedDifference() for key in self.keys}
        self.worlds = [structure.world(structure.name, structure.changes)]
        self.worlds += [self._world(key) for key in self.keys]

    def _world(self, key: Key) -> World:
        case, changes = self.engine.case, list(self.structure.changes)
        for factor, reading in key:
            changes += reading_of(factor_of(case, factor), reading).changes
        label = self.structure.name + "".join(f" - {name}:{reading}" for name, reading in key)
        return self.structure.world(label, changes)

    def run(self, first: int, count: int) -> None:
        """Run one part in every world."""
        hits = self.engine.run(self.worlds, first, count, self.outcome).events >= 0
        starts = draw_starts(first, count)
        self.chances.add(hits, starts)
        for key, row in zip(self.keys, hits[1:], strict=True):
            self.differences[key].add(hits[0], row, starts)

    def answer(self, effect: Effect) -> dict[str, Any]:
        """Return the effect of an absence, and those beside it."""
        case = self.engine.case
        key = _key(case, effect.absent)
        difference = self.differences[key].answer()
        return {
            "stance": of_effect(difference, effect.expects),
            "outcome": self.outcome,
            "expects": effect.expects,
            "absent": [self._named(*pair) for pair in key],
            "histories": self.chances.histories,
            "baseline": self.chances.answer(0),
            "changed": self.chances.answer(1 + self.keys.index(key)),
            "difference": difference,
            "beside": [self._alone(item) for item in effect.beside],
        }

    def _alone(self, item: Absence) -> dict[str, Any]:
        key = _key(self.engine.case, [item])
        return {**self._named(*key[0]), "difference": self.differences[key].answer()}

    def _named(self, factor: str, reading: str) -> dict[str, Any]:
        found = factor_of(self.engine.case, factor)
        return {
            "factor": factor,
            "reading": reading,
            "title": found.title.model_dump(),
            "reading_title": reading_of(found, reading).title.model_dump(),
        }


class OutcomeRuns:
    """The share of histories in which an outcome of the case comes.

    A war on the map is dear: an outcome of a campaign is asked of fewer histories.
    """

    def __init__(self, engine: Engine, world: World, outcome: str, histories: int) -> None:
        self.engine, self.world, self.outcome = engine, world, outcome
        campaign = engine.case.outcomes[outcome].campaign is not None
        self.histories = min(histories, LEAST_HISTORIES) if campaign else histories
        self.chance = Probability(1)

    def run(self, first: int, count: int) -> None:
        """Run what is wanted of one part."""
        count = min(count, self.histories - first)
        if count > 0:
            found = self.engine.run([self.world], first, count, self.outcome)
            self.chance.add(found.events >= 0, draw_starts(first, count))

    def answer(self) -> dict[str, Any]:
        """Return the share with both intervals, and of how many histories."""
        return {"share": self.chance.answer(0), "histories": self.chance.histories}
