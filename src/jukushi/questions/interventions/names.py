"""What a name of ``--set`` stands for in a case: a factor, a lever, or a parameter, in this order.

A name may be a factor and a lever, or a factor and a parameter: a word after it is a reading of
the factor, a number means the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.errors import UsageError, nearest
from jukushi.questions.interventions.events import events_of
from jukushi.questions.interventions.stocks import STOCKS
from jukushi.questions.levers import lever_changes
from jukushi.world.state import FIELD_INDEX

__all__ = ["DECISION_MAKER", "Lever", "kind_of", "levers_of"]

#: The name by which another decision-maker of the hunter is set.
DECISION_MAKER = "decision_maker"
#: Parameters that only the engine's own settings may change, and what changes them.
_RESERVED = {
    "decider": "--set decision_maker=expected_value, or a --script of the hunter",
    "prey_decider": "--set decision_maker=doctrine/expected_value, or a --script of the prey",
}

#: Turns the value of a lever into changes of parameters.
Lever: TypeAlias = Callable[[float], tuple[Change, ...]]


def levers_of(case: Case) -> Mapping[str, Lever]:
    """Return the levers of a case: quantities that move several parameters together.

    One that bears a parameter's name moves that parameter alone and is left to it: a parameter
    can also be scaled and raised.
    """
    return {
        name: partial(lever_changes, case, name)
        for name in case.levers
        if name not in case.parameters
    }


def kind_of(case: Case, name: str, word: bool) -> str:
    """Tell what a name is: ``decision_maker``, ``factor``, ``lever`` or ``parameter``.

    Parameters
    ----------
    case : Case
    name : str
    word : bool
        Whether a word is set, not a number.

    Raises
    ------
    UsageError
        If it is none of them; the nearest name is given, or the option that knows the name.
    """
    if name == DECISION_MAKER:
        return name
    if name in _RESERVED:
        raise UsageError(
            f"{name!r} cannot be set by itself",
            cause="it says who decides, and a decider needs its table, values or orders",
            hint=f"write {_RESERVED[name]}",
        )
    kinds = {
        "factor": case.factors,
        "lever": levers_of(case),
        "parameter": case.parameters,
    }
    found = [kind for kind, names in kinds.items() if name in names]
    if not found:
        raise _unknown(case, name)
    others = [kind for kind in found if kind != "factor"]
    return found[0] if word or not others else others[0]


def _unknown(case: Case, name: str) -> UsageError:
    message = f"the case {case.id!r} names nothing {name!r} that could be set"
    rules = [gate.id for gate in case.doctrines.gates]
    rules += [row.id for table in case.doctrines.tables for row in table.rows]
    for option, known, what in (
        ("move", events_of(case), "an event of the calendar"),
        ("add", STOCKS, "a stock"),
        ("rule", rules, "a gate or a rule"),
    ):
        if name in known:
            return UsageError(message, cause=f"it is {what}", hint=f"use --{option}")
    if name in FIELD_INDEX:
        cause = "it is a field of the state, which each week works out anew"
        return UsageError(message, cause=cause, hint="jukushi show CASE --section parameters")
    names = [DECISION_MAKER, *case.factors, *levers_of(case), *case.parameters]
    close = nearest(name, names)
    return UsageError(
        message,
        cause="it is no factor, lever or parameter",
        hint=f"did you mean {close!r}?" if close else "jukushi show CASE --section parameters",
    )
