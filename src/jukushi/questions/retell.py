"""Running one history again, in the case's own world or without some factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.engine.run import Engine
from jukushi.errors import UsageError
from jukushi.questions.interventions import changes_of
from jukushi.questions.odds import structure_of
from jukushi.questions.worlds import factor_of, reading_of
from jukushi.study.chronicle import History

__all__ = ["check_number", "retell"]

_MOST = 1 << 48


def check_number(number: int) -> None:
    """Refuse a number that no history has; raises UsageError."""
    if not 0 <= number < _MOST:
        raise UsageError(f"there is no history {number}", hint="histories are numbered from 0")


def retell(
    case: Case,
    number: int,
    seed: int,
    without: Mapping[str, str | None],
    decision_maker: str | None = None,
    collapse: bool | None = None,
    do: Sequence[str] = (),
) -> History:
    """Run history `number` alone and keep its whole course.

    Parameters
    ----------
    case : Case
    number : int
    seed : int
    without : mapping of factor to reading
        Factors absent in its world; None stands for the default reading.
    decision_maker, collapse
        Structure; None is the case's own.
    do : sequence of str
        What is done in it, such as ``attack@1941-08-29``.

    Returns
    -------
    History

    Raises
    ------
    UsageError
        If the number, a factor or a reading does not exist.
    """
    check_number(number)
    structure = structure_of(case, decision_maker, collapse)
    changes: list[Change] = list(structure.changes)
    names = []
    for name, reading in sorted(without.items()):
        chosen = reading_of(factor_of(case, name), reading)
        changes += chosen.changes
        names.append(f"{name}:{chosen.id}")
    changes += changes_of(case, do, None)
    label = ", ".join([structure.name, *do]) + "".join(f" - {name}" for name in names)
    return History(Engine(case, seed, threads=1), number, structure.world(label, changes))
