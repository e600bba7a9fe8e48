"""Who decides on the event, and how well it answers what is done to the other side.

The opponent is the hunter. ``passive``: it does not notice that the lever was turned. A
decision-maker by name: it answers by its own rule on what it sees. ``best``: its policy is found
anew at every point, by simulation, on what it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import Policy
from jukushi.errors import UsageError, nearest
from jukushi.questions.decision_makers import is_own_kind, structure_of
from jukushi.questions.levers import Quantity
from jukushi.questions.worlds import Structure

__all__ = ["BEST", "PASSIVE", "Answer", "Opponent", "Solver", "opponents_of", "rules_of"]

PASSIVE, BEST, ALL = "passive", "best", "all"
#: How the name of a published game's rule begins.
_GAME = "preset:"


@dataclass(frozen=True)
class Answer:
    """A best answer to one world.

    Attributes
    ----------
    policy : Policy
    gain, error : float
        What the answer brings the opponent more than its fixed rule, on other histories, and the
        standard error of that.
    """

    policy: Policy
    gain: float
    error: float


#: Finds the best answer to a world that is given by its changes.
Solver = Callable[[tuple[Change, ...]], Answer]


@dataclass(frozen=True)
class Opponent:
    """One way in which the opponent decides.

    Attributes
    ----------
    name : str
    structure : Structure
        Whose rule it follows; of the best answer the rule that it is compared with.
    notices : bool
    solved : bool
        Whether its policy is found anew at every point.
    """

    name: str
    structure: Structure
    notices: bool = True
    solved: bool = False


def rules_of(case: Case) -> tuple[str, ...]:
    """Return the decision-makers that ``all`` asks: those of the case that are no game's rule.

    A game's rule reads the garrison and little else, so that its frontier stands in the rule
    itself; it is asked by name.
    """
    return tuple(name for name in case.decider_names("hunter") if not name.startswith(_GAME))


def opponents_of(
    case: Case, asked: str | None, quantities: Sequence[Quantity], collapse: bool | None
) -> tuple[Opponent, ...]:
    """Read which opponents are asked about.

    Parameters
    ----------
    case : Case
    asked : str, optional
        Names with commas between, or ``all``; None is the case's own decision-maker.
    quantities : sequence of Quantity
        What is varied: a passive opponent needs one that can go unnoticed.
    collapse : bool, optional

    Raises
    ------
    UsageError
        If a name is unknown, or nothing varied can go unnoticed.
    """
    usual = structure_of(case, None, collapse)
    hidden = any(quantity.can_hide for quantity in quantities)
    names = [name.strip() for name in (asked or usual.decision_maker).split(",") if name.strip()]
    if names == [ALL]:
        names = [*([PASSIVE] if hidden else []), *rules_of(case), BEST]
    if PASSIVE in names and not hidden:
        raise UsageError(
            "a passive opponent has nothing to miss here",
            cause="the case names nothing that it sees of "
            + " and ".join(quantity.id for quantity in quantities),
            hint="leave passive away",
        )
    return tuple(_opponent(case, name, usual, collapse) for name in dict.fromkeys(names))


def _opponent(case: Case, name: str, usual: Structure, collapse: bool | None) -> Opponent:
    if name == PASSIVE:
        return Opponent(name, usual, notices=False)
    if name == BEST:
        return Opponent(name, usual, solved=True)
    try:
        return Opponent(name, structure_of(case, name, collapse))
    except UsageError as error:
        if is_own_kind(name):
            raise  # what is wrong is the file, not the name
        close = nearest(name, (PASSIVE, BEST, ALL))
        raise UsageError(
            f"there is no opponent {name!r}",
            cause=error.message,
            hint=f"did you mean {close!r}?" if close else error.hint,
        ) from None
