"""What a "why" asks, and the worlds that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.errors import UsageError
from jukushi.questions.interventions import changes_of
from jukushi.questions.odds import outcome_of, structure_of
from jukushi.questions.worlds import (
    Design,
    Structure,
    applies,
    factor_of,
    reading_of,
    structures_of,
)

__all__ = ["Question", "chosen_factors", "design_of", "outcome_asked"]


@dataclass(frozen=True)
class Question:
    """What a "why" asks.

    Attributes
    ----------
    outcome, decision_maker, collapse
        None means the case's default.
    factors : sequence of str, optional
    readings : mapping of factor to reading
        Readings other than the default one.
    histories, seed, threads
    compare : bool
        Full shares under every structure as well.
    all_readings : bool
        Full shares under every reading of each factor as well.
    do : sequence of str
        What is done in every world, such as ``attack@1941-08-29``.
    precision : float, optional
        Stop when half the sampling interval of the probability is at most this; `histories`
        is then the most that are run.
    """

    outcome: str | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    factors: Sequence[str] | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    histories: int | None = None
    seed: int = 1
    threads: int | None = None
    compare: bool = False
    all_readings: bool = False
    do: Sequence[str] = ()
    precision: float | None = None


def outcome_asked(case: Case, name: str | None) -> Outcome:
    """Return the outcome asked about, the case's own where none is named."""
    return outcome_of(case, name or case.header.defaults.outcome)


def chosen_factors(
    case: Case,
    structure: Structure,
    factors: Sequence[str] | None,
    readings: Mapping[str, str],
) -> dict[str, str]:
    """Return the factors asked about, in order, with the reading of each.

    Parameters
    ----------
    factors : sequence of str, optional
        By default the case's own that apply to the structure.
    readings : mapping of factor to reading
        Where it is not the default one.

    Raises
    ------
    UsageError
        If a factor or reading does not exist, or a reading is given for a factor not asked about.
    """
    if factors is None:
        factors = [
            name
            for name in case.header.defaults.factors
            if applies(case, case.factors[name], structure)
        ]
    names = list(dict.fromkeys(factors))
    for name in readings:
        if name not in names:
            factor_of(case, name)
            raise UsageError(
                f"a reading is given for {name!r}, which is not among the factors asked about",
                hint=f"add --factors {','.join([*names, name])}",
            )
    return {name: reading_of(factor_of(case, name), readings.get(name)).id for name in names}


def design_of(case: Case, question: Question) -> Design:
    """Return the worlds of a question: its own lattice first, then those it is compared with."""
    structure = structure_of(case, question.decision_maker, question.collapse)
    readings = chosen_factors(case, structure, question.factors, question.readings)
    factors = list(readings)
    done = changes_of(case, question.do, outcome_asked(case, question.outcome))
    compared = structures_of(case, question.compare, structure if question.compare else None)
    design = Design(case, structure, factors, readings, done, compared)
    design.singles()
    if question.compare:
        for other in design.structures:
            places = design.subsets(other, design.applicable(other), readings)
            design.extra[(other.name, "")] = places
    if question.all_readings:
        for name, reading in design.alternatives():
            places = design.subsets(structure, factors, {**readings, name: reading})
            design.extra[(structure.name, f"{name}:{reading}")] = places
    return design
