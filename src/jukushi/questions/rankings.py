"""Ranks of the factors, over readings, decision-makers and the collapse trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jukushi.questions.tally import Tally
from jukushi.questions.worlds import Structure

__all__ = ["Rankings", "ranks"]


def ranks(effects: Mapping[str, float]) -> dict[str, int]:
    """Rank factors by signed effect, 1 the largest; equal effects share the better rank."""
    return {
        name: 1 + sum(other > effect for other in effects.values())
        for name, effect in effects.items()
    }


class Rankings:
    """What a tally says under other structures and readings.

    Parameters
    ----------
    tally : Tally
        With all its parts added.
    """

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.design = tally.design
        self.compared = tally.design.structures
        self._gain, self._error = tally.against_base.mean(), tally.against_base.error()

    def effects(
        self, structure: Structure, readings: Mapping[str, str]
    ) -> dict[str, tuple[float, float]]:
        """Return the but-for effect of each factor that applies, with its paired error."""
        places = {
            name: self.design.place(structure, [(name, readings[name])])
            for name in self.design.applicable(structure)
        }
        return {
            name: (float(self._gain[place]), float(self._error[place]))
            for name, place in places.items()
        }

    def range_by_effect(self) -> dict[str, list[int]]:
        """Range of each factor's rank by but-for effect over readings and structures."""
        found: list[Mapping[str, float]] = []
        for structure in self.compared:
            settings = [dict(self.design.readings)]
            settings += [
                {**self.design.readings, name: reading}
                for name, reading in self.design.alternatives()
                if name in self.design.applicable(structure)
            ]
            for readings in settings:
                effects = self.effects(structure, readings)
                found.append({name: effect for name, (effect, _) in effects.items()})
        return _ranges(self.design.factors, found)

    def range_by_share(self) -> dict[str, list[int]] | None:
        """Range of each factor's rank by Shapley share over all that was asked for beside the own.

        Readings vary one factor at a time under the own structure, structures with the own
        readings. None if neither was asked for.
        """
        if not self.tally.extra:
            return None
        means = self.tally.effects.mean()
        found = [{name: float(means[i]) for i, name in enumerate(self.design.factors)}]
        rows = [row["shapley"] for row in self.readings() + self.structures()]
        found += [{name: share["shapley"] for name, share in row.items()} for row in rows if row]
        return _ranges(self.design.factors, found)

    def structures(self) -> list[dict[str, Any]]:
        """Return one row for each structure: its chance, effects and ranks of the factors."""
        return [self._structure(structure) for structure in self.compared]

    def _structure(self, structure: Structure) -> dict[str, Any]:
        effects = self.effects(structure, self.design.readings)
        places = ranks({name: effect for name, (effect, _) in effects.items()})
        return {
            "decision_maker": structure.makers,
            "collapse": structure.collapse,
            "probability": self.tally.worlds.answer(self.design.place(structure, [])),
            "factors": [
                {"id": name, "but_for": effect, "but_for_se": error, "rank": places[name]}
                for name, (effect, error) in effects.items()
            ],
            "shapley": self.shares((structure.name, ""), self.design.applicable(structure)),
        }

    def readings(self) -> list[dict[str, Any]]:
        """Return the shares under every other reading that was asked for."""
        own = self.design.structure.name
        return [
            {
                "factor": name,
                "reading": reading,
                "shapley": self.shares((own, f"{name}:{reading}"), self.design.factors),
            }
            for name, reading in self.design.alternatives()
        ]

    def shares(self, key: tuple[str, str], factors: Sequence[str]) -> dict[str, Any] | None:
        """Shapley shares under another structure or reading; None if they were not asked for."""
        if key not in self.tally.extra:
            return None
        values, errors = self.tally.extra[key].mean(), self.tally.extra[key].error()
        return {
            name: {"shapley": float(values[i]), "shapley_se": float(errors[i])}
            for i, name in enumerate(factors)
        }


def _ranges(
    factors: Sequence[str], settings: Iterable[Mapping[str, float]]
) -> dict[str, list[int]]:
    """Best and worst rank of each factor over several rankings; 0 twice if never ranked."""
    found: dict[str, list[int]] = {name: [] for name in factors}
    for effects in settings:
        for name, rank in ranks(effects).items():
            found[name].append(rank)
    return {name: [min(seen), max(seen)] if seen else [0, 0] for name, seen in found.items()}
