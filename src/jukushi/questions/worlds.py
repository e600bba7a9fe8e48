"""Which worlds a "why" has to run: structures, readings, and all subsets of the factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jukushi.case.load import Case
from jukushi.case.schema import Change, Factor, Reading
from jukushi.engine.run import World
from jukushi.errors import UsageError, nearest

__all__ = ["STRUCTURES", "Design", "Structure", "factor_of", "reading_of"]

_MOST_FACTORS = 12


@dataclass(frozen=True)
class Structure:
    """A decision-maker of the hunter, with or without the collapse trigger."""

    decision_maker: str
    collapse: bool

    @property
    def name(self) -> str:
        """Short name, such as ``doctrine`` or ``expected_value, no collapse``."""
        return self.decision_maker + ("" if self.collapse else ", no collapse")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What distinguishes it from the case as written."""
        decider = 1.0 if self.decision_maker == "expected_value" else 0.0
        return (
            Change(parameter="decider", set=decider),
            Change(parameter="collapse_trigger", set=1.0 if self.collapse else 0.0),
        )


#: Every decision-maker with and without the collapse trigger.
STRUCTURES = tuple(
    Structure(decider, collapse)
    for decider in ("doctrine", "expected_value")
    for collapse in (True, False)
)


def factor_of(case: Case, name: str) -> Factor:
    """Return a factor of the case; raises UsageError with the nearest name."""
    if name in case.factors:
        return case.factors[name]
    close = nearest(name, case.factors)
    raise UsageError(
        f"the case {case.id!r} has no factor {name!r}",
        hint=f"did you mean {close!r}?" if close else "factors: " + ", ".join(case.factors),
    )


def reading_of(factor: Factor, name: str | None) -> Reading:
    """Return a reading of a factor (the default one for None)."""
    if name is None:
        return factor.readings[0]
    for reading in factor.readings:
        if reading.id == name:
            return reading
    known = [reading.id for reading in factor.readings]
    close = nearest(name, known)
    raise UsageError(
        f"the factor {factor.id!r} has no reading {name!r}",
        hint=f"did you mean {close!r}?" if close else "readings: " + ", ".join(known),
    )


@dataclass
class Design:
    """A list of worlds and where each combination stands in it.

    Attributes
    ----------
    case : Case
    structure : Structure
        The structure of the main answer; world 0 is its baseline.
    factors : list of str
        Factors of the main answer, in order; bit i of a subset is factor i absent.
    readings : mapping of factor to reading
        The reading used for each.
    done : tuple of Change
        What the question does in every world.
    extra : dict
        Further lattices of subsets, by structure and reading, whose shares are asked for.
    """

    case: Case
    structure: Structure
    factors: Sequence[str]
    readings: Mapping[str, str]
    done: tuple[Change, ...] = ()
    worlds: list[World] = field(default_factory=list)
    extra: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    places: dict[tuple[Structure, tuple[tuple[str, str], ...]], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= len(self.factors) <= _MOST_FACTORS:
            raise UsageError(f"exact shares need between 1 and {_MOST_FACTORS} factors")
        for name in self.factors:
            factor = factor_of(self.case, name)
            if self.structure.decision_maker not in factor.deciders:
                raise UsageError(
                    f"the factor {name!r} does not apply to {self.structure.decision_maker!r}",
                    hint="leave it out of --factors, or ask another --decision-maker",
                )
        self.lattice = self.subsets(self.structure, self.factors, self.readings)

    def place(self, structure: Structure, absent: Sequence[tuple[str, str]]) -> int:
        """Return the index of a world, adding it to the list if it is new."""
        key = (structure, tuple(sorted(absent)))
        if key not in self.places:
            changes = list(structure.changes)
            for name, reading in sorted(absent):
                changes += reading_of(factor_of(self.case, name), reading).changes
            label = structure.name + "".join(
                f" - {name}:{reading}" for name, reading in sorted(absent)
            )
            self.places[key] = len(self.worlds)
            self.worlds.append(World(label, (*changes, *self.done)))
        return self.places[key]

    def subsets(
        self, structure: Structure, factors: Sequence[str], readings: Mapping[str, str]
    ) -> list[int]:
        """Return the world of every subset of absent factors, by its bits."""
        chosen = [(name, readings[name]) for name in factors]
        return [
            self.place(structure, [pair for bit, pair in enumerate(chosen) if subset >> bit & 1])
            for subset in range(1 << len(chosen))
        ]

    def applicable(self, structure: Structure) -> list[str]:
        """Factors of the main answer that apply to a structure."""
        return [
            name
            for name in self.factors
            if structure.decision_maker in self.case.factors[name].deciders
        ]

    def alternatives(self) -> list[tuple[str, str]]:
        """Every reading of the factors other than the chosen one."""
        return [
            (name, reading.id)
            for name in self.factors
            for reading in self.case.factors[name].readings
            if reading.id != self.readings[name]
        ]

    def bases(self) -> list[int]:
        """Return for each world the place of its structure's baseline."""
        return [
            self.places[(structure, ())]
            for (structure, _), _ in sorted(self.places.items(), key=lambda item: item[1])
        ]

    def singles(self) -> None:
        """Add the worlds from which ranks over readings and structures are read."""
        for structure in STRUCTURES:
            self.place(structure, [])
            for name in self.applicable(structure):
                for reading in self.case.factors[name].readings:
                    self.place(structure, [(name, reading.id)])
