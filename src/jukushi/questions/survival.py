"""Which conclusions of a "why" survive every decision-maker and the collapse trigger.

A conclusion is drawn from the answer under the case's own structure and looked for under each
other one. Where it says that something is so, it must be so beyond the 90 % sampling interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jukushi.questions.intervals import Z90
from jukushi.questions.rankings import Rankings, ranks
from jukushi.questions.worlds import Structure

__all__ = ["Seen", "conclusions", "seen_under"]

#: Fewest factors of which the last third is worth a conclusion.
_THREE = 3


@dataclass(frozen=True)
class Seen:
    """What is seen under one structure.

    Attributes
    ----------
    structure : Structure
    chance : (float, float)
        90 % sampling interval of the probability of the event.
    without : mapping of factor to (float, float)
        The same without each factor alone.
    shares : mapping of factor to (float, float)
        Shapley share and its standard error of each factor that applies.
    """

    structure: Structure
    chance: tuple[float, float]
    without: Mapping[str, tuple[float, float]]
    shares: Mapping[str, tuple[float, float]]

    @property
    def ranks(self) -> dict[str, int]:
        """Rank of each factor by its share, 1 the largest."""
        return ranks({name: share for name, (share, _) in self.shares.items()})

    def sign(self, factor: str) -> int:
        """Sign of a share, 0 where the 90 % interval holds zero."""
        share, error = self.shares[factor]
        return 0 if abs(share) <= Z90 * error else 1 if share > 0.0 else -1

    def last(self, factor: str) -> bool:
        """Tell whether a factor is among the last third by its share, rounded up."""
        behind = sum(rank > self.ranks[factor] for rank in self.ranks.values())
        return behind < -(-len(self.shares) // _THREE)


#: Tells for which factors a conclusion fails; None where it holds.
Test = Callable[[Seen], Sequence[str] | None]


def seen_under(rankings: Rankings) -> list[Seen]:
    """Return what a tally with full shares under every structure has seen, the case's own first."""
    design, worlds = rankings.design, rankings.tally.worlds
    own = design.structure
    structures = sorted(rankings.compared, key=lambda structure: structure != own)
    rows = []
    for structure in structures:
        applicable = design.applicable(structure)
        found = rankings.shares((structure.name, ""), applicable) or {}
        without = {
            name: design.place(structure, [(name, design.readings[name])]) for name in applicable
        }
        rows.append(
            Seen(
                structure,
                worlds.sampling(design.place(structure, [])),
                {name: worlds.sampling(place) for name, place in without.items()},
                {name: (row["shapley"], row["shapley_se"]) for name, row in found.items()},
            )
        )
    return rows


def conclusions(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Draw conclusions from the first structure and say where each of them fails.

    Parameters
    ----------
    seen : sequence of Seen
        The case's own structure first.

    Returns
    -------
    list of dict
        ``conclusion``, ``factor`` (or None), ``survives`` and ``fails_in``: the structures in
        which it fails, each with the ``factors`` that make it fail.
    """
    rows = []
    for name, factor, test in _drawn(seen[0]):
        failures = []
        for other in seen:
            if factor is not None and factor not in other.shares:
                continue  # it does not apply there
            culprits = test(other)
            if culprits is not None:
                failures.append(
                    {
                        "decision_maker": other.structure.makers,
                        "collapse": other.structure.collapse,
                        "factors": list(culprits),
                    }
                )
        rows.append(
            {
                "conclusion": name,
                "factor": factor,
                "survives": not failures,
                "fails_in": failures,
            }
        )
    return rows


def _drawn(own: Seen) -> Iterator[tuple[str, str | None, Test]]:
    """Yield the name, factor and test of every conclusion that the own structure suggests."""
    yield from _about_the_chance(likely=sum(own.chance) > 1.0)
    if not own.shares:
        return
    order = sorted(own.shares, key=lambda name: (own.ranks[name], name))
    if len(order) > 1:
        yield "leads", order[0], _leads(order[0])
        yield "order", None, lambda other: None if _same_order(own, other) else []
    for name in order:
        sign = own.sign(name)
        if sign:
            yield ("holds_back" if sign > 0 else "draws_on"), name, _keeps_sign(name, sign)
    if len(order) >= _THREE:
        for name in order:
            if own.last(name):
                yield "among_last", name, _is_last(name)


def _about_the_chance(likely: bool) -> Iterator[tuple[str, str | None, Test]]:
    def clear(interval: tuple[float, float]) -> bool:
        return interval[0] > 0.5 if likely else interval[1] < 0.5

    def chance(other: Seen) -> Sequence[str] | None:
        return None if clear(other.chance) else []

    def without(other: Seen) -> Sequence[str] | None:
        moved = [name for name, interval in other.without.items() if not clear(interval)]
        return moved or (None if clear(other.chance) else [])

    yield ("likely" if likely else "unlikely"), None, chance
    yield ("no_factor_makes_unlikely" if likely else "no_factor_makes_likely"), None, without


def _leads(factor: str) -> Test:
    def test(other: Seen) -> Sequence[str] | None:
        if other.ranks[factor] == 1:
            return None
        return [name for name, rank in other.ranks.items() if rank == 1]

    return test


def _keeps_sign(factor: str, sign: int) -> Test:
    return lambda other: None if other.sign(factor) == sign else []


def _is_last(factor: str) -> Test:
    return lambda other: None if other.last(factor) else []


def _same_order(own: Seen, other: Seen) -> bool:
    """Tell whether the factors that apply to both stand in the same order."""
    common = [name for name in own.shares if name in other.shares]
    first = ranks({name: own.shares[name][0] for name in common})
    return first == ranks({name: other.shares[name][0] for name in common})
