"""Which worlds a "why" has to run: structures, readings, and all subsets of the factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from jukushi.case.doctrines import DOCTRINE, EXPECTED_VALUE
from jukushi.case.load import Case
from jukushi.case.schema import Change, Factor, Reading
from jukushi.doctrines.policy import Policy
from jukushi.engine.run import World
from jukushi.engine.settings import Order
from jukushi.errors import UsageError, nearest

__all__ = [
    "POLICY",
    "SCRIPT",
    "Design",
    "Structure",
    "applies",
    "factor_of",
    "reading_of",
    "structures_of",
]

_MOST_FACTORS = 12

#: Decision-makers that stand in a file: ``policy:FILE`` and ``script:FILE``.
POLICY, SCRIPT = "policy", "script"


@dataclass(frozen=True)
class Structure:
    """Who decides for the hunter and for the prey, with or without the collapse trigger.

    Attributes
    ----------
    decision_maker : str
        Of the hunter, as a question names it: ``doctrine``, ``expected_value``, another table
        of the case, ``preset:`` and the table of a game, ``policy:`` or ``script:`` and a file.
    collapse : bool
    prey : str
        The same of the prey; the hunter's own script if that decides for both.
    orders : tuple of Order
        Of whoever decides by a script.
    policy : Policy, optional
        Of a hunter that decides by one.
    """

    decision_maker: str
    collapse: bool
    prey: str = DOCTRINE
    orders: tuple[Order, ...] = ()
    policy: Policy | None = field(default=None, compare=False, repr=False)

    @property
    def makers(self) -> str:
        """Both decision-makers, as a question names them: ``factions/expected_value``."""
        for_both = self.prey_by_script and self.prey == self.decision_maker
        told = for_both or self.prey == DOCTRINE
        return self.decision_maker + ("" if told else f"/{self.prey}")

    @property
    def kind(self) -> str:
        """The hunter's decision-maker without its file or game: ``policy``, ``preset``."""
        return self.decision_maker.partition(":")[0]

    @property
    def prey_by_script(self) -> bool:
        """Whether the prey decides by a script."""
        return self.prey.startswith(f"{SCRIPT}:")

    @property
    def name(self) -> str:
        """Short name, such as ``doctrine`` or ``expected_value, no collapse``."""
        return self.makers + ("" if self.collapse else ", no collapse")

    @property
    def hunter_table(self) -> str:
        """Table by which the hunter decides; the doctrine where it does not decide by a table."""
        return DOCTRINE if self.kind in _KERNELS else _table_id(self.decision_maker)

    @property
    def prey_table(self) -> str:
        """Table by which the prey decides; the doctrine where it does not decide by a table."""
        return DOCTRINE if self.prey_by_script else _table_id(self.prey)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What distinguishes it from the case as written, beside its tables."""
        by_script = self.prey_by_script
        return (
            Change(parameter="decider", set=_KERNELS.get(self.kind, 0.0)),
            Change(parameter="collapse_trigger", set=1.0 if self.collapse else 0.0),
            *([Change(parameter="prey_decider", set=_KERNELS[SCRIPT])] if by_script else []),
        )

    def world(self, label: str, changes: Sequence[Change]) -> World:
        """Return a world in which these decide."""
        return World(
            label, tuple(changes), orders=self.orders, hunter_table=self.hunter_table,
            prey_table=self.prey_table, policy=self.policy,
        )  # fmt: skip


#: Values of the parameter `decider` for decision-makers that are no tables.
_KERNELS = {EXPECTED_VALUE: 1.0, SCRIPT: 2.0, POLICY: 3.0}

#: Those that every "why" compares; a question may ask for all that the case names.
_USUAL = (DOCTRINE, EXPECTED_VALUE, "factions")


def _table_id(name: str) -> str:
    """Identifier of the table behind the name of a decision-maker."""
    return name.removeprefix("preset:")


def structures_of(
    case: Case, all: bool = False, named: Structure | None = None
) -> tuple[Structure, ...]:
    """Return the structures under which a "why" is asked again, each with and without collapse.

    Parameters
    ----------
    case : Case
    all : bool
        Every decision-maker that the case names, of the hunter (against the documented prey)
        and of the prey (against the documented hunter); by default the usual ones of the
        hunter alone.
    """
    hunters = case.decider_names("hunter")
    pairs = [(name, DOCTRINE) for name in hunters if all or name in _USUAL]
    if all:
        pairs += [(DOCTRINE, name) for name in case.decider_names("prey") if name != DOCTRINE]
    found = [
        Structure(maker, collapse, prey) for maker, prey in pairs for collapse in (True, False)
    ]
    if named is not None and named not in found:
        found = [named, replace(named, collapse=not named.collapse), *found]
    return tuple(found)


def applies(case: Case, factor: Factor, structure: Structure) -> bool:
    """Tell whether a factor applies to the hunter's decision-maker.

    A policy reads what the expected-value decision-maker reads; to a script applies what
    applies to everyone.
    """
    if structure.kind == SCRIPT:
        return set(factor.deciders) >= set(case.decider_names("hunter"))
    maker = EXPECTED_VALUE if structure.kind == POLICY else structure.decision_maker
    return maker in factor.deciders


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
    structures : tuple of Structure
        Structures that are compared, the main answer's among them; by default the usual ones
        of the case.
    extra : dict
        Further lattices of subsets, by structure and reading, whose shares are asked for.
    """

    case: Case
    structure: Structure
    factors: Sequence[str]
    readings: Mapping[str, str]
    done: tuple[Change, ...] = ()
    structures: tuple[Structure, ...] = ()
    worlds: list[World] = field(default_factory=list)
    extra: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    places: dict[tuple[Structure, tuple[tuple[str, str], ...]], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        compared = self.structures or structures_of(self.case)
        own = () if self.structure in compared else (self.structure,)
        self.structures = (*own, *compared)
        if not 1 <= len(self.factors) <= _MOST_FACTORS:
            raise UsageError(f"exact shares need between 1 and {_MOST_FACTORS} factors")
        for name in self.factors:
            factor = factor_of(self.case, name)
            if not applies(self.case, factor, self.structure):
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
            self.worlds.append(structure.world(label, (*changes, *self.done)))
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
            name for name in self.factors if applies(self.case, self.case.factors[name], structure)
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
        for structure in self.structures:
            self.place(structure, [])
            for name in self.applicable(structure):
                for reading in self.case.factors[name].readings:
                    self.place(structure, [(name, reading.id)])
