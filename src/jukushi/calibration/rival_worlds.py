"""The worlds of rival hypotheses: each without what it names, and with more of it."""

from __future__ import annotations

from dataclasses import dataclass

from jukushi.case.hypotheses import Hypothesis, Version
from jukushi.case.load import Case
from jukushi.case.schema import Words
from jukushi.engine.settings import World
from jukushi.errors import UsageError
from jukushi.questions.odds import structure_of
from jukushi.questions.worlds import Design, factor_of, reading_of

__all__ = ["VERSIONS", "Rival", "lattice_of", "rivals_of"]

VERSIONS = ("absent", "stronger")


@dataclass(frozen=True)
class Rival:
    """One world that is run.

    Attributes
    ----------
    id : str
        ``as_written``, ``as_written/factions``, ``h1/absent``.
    base : str
        Id of the world it is held against: as written, decided by the same.
    hypothesis, version : str or None
        None for worlds as written.
    title, leaves : Words or None
    world : World
    """

    id: str
    base: str
    hypothesis: str | None
    version: str | None
    title: Words | None
    leaves: Words | None
    world: World


def rivals_of(case: Case, collapse: bool | None = None) -> list[Rival]:
    """Return all worlds, those as written first.

    Raises
    ------
    UsageError
        If the case names no hypotheses.
    """
    if not case.hypotheses:
        raise UsageError(
            f"the case {case.id!r} names no hypotheses",
            cause="there is no hypotheses.yaml in its folder",
            hint="docs/formats/case.md says what it holds",
        )
    usual = case.header.defaults.decision_maker
    makers = list(
        dict.fromkeys([usual, *(item.decision_maker or usual for item in case.hypotheses.values())])
    )
    found = [_as_written(case, maker, collapse) for maker in makers]
    for item in case.hypotheses.values():
        for key in VERSIONS:
            version = getattr(item, key)
            if version is not None:
                found.append(_rival(case, item, key, version, collapse))
    return found


def _name(case: Case, maker: str) -> str:
    return "as_written" if maker == case.header.defaults.decision_maker else f"as_written/{maker}"


def _as_written(case: Case, maker: str, collapse: bool | None) -> Rival:
    structure = structure_of(case, maker, collapse)
    name = _name(case, maker)
    return Rival(name, name, None, None, None, None, structure.world(name, structure.changes))


def _rival(
    case: Case, item: Hypothesis, key: str, version: Version, collapse: bool | None
) -> Rival:
    maker = item.decision_maker or case.header.defaults.decision_maker
    structure = structure_of(case, version.decision_maker or maker, collapse)
    title, leaves, changes = version.title, version.leaves, tuple(version.changes)
    if version.reading is not None and item.factor is not None:
        reading = reading_of(factor_of(case, item.factor), version.reading)
        title, leaves, changes = reading.title, reading.leaves, tuple(reading.changes)
    name = f"{item.id}/{key}"
    world = structure.world(name, (*structure.changes, *changes))
    return Rival(name, _name(case, maker), item.id, key, title, leaves, world)


def lattice_of(case: Case, collapse: bool | None = None) -> tuple[list[str], list[World]]:
    """Return the factors that hypotheses name, and the worlds of all subsets of them absent.

    Each is absent by the reading that its hypothesis names, the factor's own where it names none.
    Factors that do not apply to the usual decision-maker are left out.
    """
    structure = structure_of(case, None, collapse)
    readings: dict[str, str] = {}
    for item in case.hypotheses.values():
        if item.factor is None or item.factor in readings:
            continue
        factor = factor_of(case, item.factor)
        if structure.decision_maker in factor.deciders:
            named = item.absent.reading if item.absent else None
            readings[factor.id] = reading_of(factor, named).id
    if not readings:
        return [], []
    design = Design(case, structure, list(readings), readings)
    return list(readings), [design.worlds[place] for place in design.lattice]
