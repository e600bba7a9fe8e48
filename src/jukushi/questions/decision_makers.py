"""Who decides, by name: what a case knows, a policy or a script from a file, or a person.

``doctrine``, ``factions``, ``preset:triplea`` stand in the case; ``policy:FILE`` is a policy that
``best`` has saved, ``script:FILE`` a list of dated acts. A power of ``human`` asks a person, and
outside play there is none. The prey's stands after a slash.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jukushi.case.doctrines import DOCTRINE
from jukushi.case.load import Case
from jukushi.doctrines.policy import Policy
from jukushi.engine.settings import Order
from jukushi.errors import UsageError, nearest
from jukushi.questions.interventions.script import EXAMPLE, read_script
from jukushi.questions.policies import load_policy
from jukushi.questions.worlds import POLICY, SCRIPT, Structure

__all__ = ["HUMAN", "is_own_kind", "structure_of"]

#: A power whose decisions come from a person.
HUMAN = "human"
#: What no case names, and how each is written.
_FORMS = {POLICY: f"{POLICY}:FILE", SCRIPT: f"{SCRIPT}:FILE", HUMAN: HUMAN}


def structure_of(case: Case, decision_maker: str | None, collapse: bool | None) -> Structure:
    """Return the structure asked for, the case's own where nothing is said.

    Parameters
    ----------
    case : Case
    decision_maker : str, optional
        Decision-maker of the hunter, such as ``factions``, ``preset:triplea``,
        ``policy:best.json`` or ``script:july.yaml``; after a slash that of the prey, such as
        ``doctrine/expected_value``. The hunter's script may hold acts of the prey, which then
        decides by it too.
    collapse : bool, optional

    Raises
    ------
    UsageError
        If the case has no such decision-maker, with the nearest name; if a script names a power
        that is to decide by something else, or not the one whose script it is; for a person.
    PolicyError
        If the file holds no policy that can be followed in this case.
    """
    defaults = case.header.defaults
    heard = defaults.collapse if collapse is None else collapse
    hunter, prey = _both(decision_maker or defaults.decision_maker)
    by = _deciding(case, "hunter", hunter)
    prey = prey or (hunter if "prey" in by.roles else DOCTRINE)
    other = by if prey == hunter and by.orders else _deciding(case, "prey", prey)
    _one_each(case, hunter, by, prey, other)
    orders = by.orders if other is by else (*by.orders, *other.orders)
    return Structure(hunter, heard, prey, orders=orders, policy=by.policy)


def is_own_kind(name: str) -> bool:
    """Tell whether a name is one that no case has to know: a file's, or a person."""
    return name.partition(":")[0] in _FORMS


@dataclass(frozen=True)
class _Deciding:
    """What a file says of one power, or of both."""

    orders: tuple[Order, ...] = ()
    policy: Policy | None = None

    @property
    def roles(self) -> set[str]:
        return {order.role for order in self.orders}


def _both(text: str) -> tuple[str, str]:
    """Split at the slash between hunter and prey; those within the path of a file are none."""
    kind, colon, path = text.partition(":")
    if not colon or kind not in (POLICY, SCRIPT):
        hunter, _, prey = text.partition("/")
        return hunter, prey
    # Nothing lies below a file: what follows its path and a slash is the prey's.
    for place, letter in enumerate(path):
        if letter == "/" and Path(path[:place]).expanduser().is_file():
            return f"{kind}:{path[:place]}", path[place + 1 :]
    return text, ""


def _deciding(case: Case, role: str, name: str) -> _Deciding:
    """Read what a name stands for; refuse one that a role does not have."""
    kind, colon, path = name.partition(":")
    if kind == HUMAN:
        raise _nobody(case, role)
    if kind not in _FORMS:
        _known(case, role, name)
        return _Deciding()
    if not colon or not path:
        example = "best.json" if kind == POLICY else "july.yaml"
        raise UsageError(
            f"the decision-maker {kind!r} stands in a file, and none is named",
            hint=f"write {kind}:{example}",
        )
    file = Path(path).expanduser()
    if kind == SCRIPT:
        return _Deciding(orders=tuple(order for _, order in read_script(case, file)))
    if role != "hunter":
        raise UsageError(
            f"the {role} cannot follow a policy",
            cause="only policies of the hunter are saved, and can be followed",
            hint=f"{SCRIPT}:FILE gives the {role} dated acts",
        )
    return _Deciding(policy=load_policy(file, case))


def _nobody(case: Case, role: str) -> UsageError:
    power = case.power_of(role).id
    return UsageError(
        f"there is nobody here to decide for {power!r}",
        cause=f"{HUMAN!r} asks a person for each decision, and this question runs by itself",
        hint=f"play, or write the decisions down and name the file, {SCRIPT}:FILE: "
        + EXAMPLE.format(power=power, act="open_north" if role == "hunter" else "strip_garrison"),
    )


def _known(case: Case, role: str, name: str) -> None:
    """Refuse a decision-maker that is none, with the nearest name."""
    known = case.decider_names(role)
    if name in known:
        return
    forms = {kind: form for kind, form in _FORMS.items() if role == "hunter" or kind != POLICY}
    close = nearest(name, [*known, *forms])
    close = forms.get(close or "", close)
    whose = "" if role == "hunter" else f" of the {role}"
    raise UsageError(
        f"there is no decision-maker {name!r}{whose}",
        hint=f"did you mean {close!r}?"
        if close
        else "one of: " + ", ".join([*known, *forms.values()]),
    )


def _one_each(case: Case, hunter: str, by: _Deciding, prey: str, other: _Deciding) -> None:
    """Refuse a script that says nothing of its power, or speaks of one that decides otherwise."""
    for script, role, name in ((by, "hunter", hunter), (other, "prey", prey)):
        power = case.power_of(role).id
        if script.orders and role not in script.roles:
            hold = EXAMPLE.format(power=power, act="hold")
            raise UsageError(
                f"{name} orders nothing for {power!r}",
                cause=f"it is to decide for the {role}",
                hint=f"write {DOCTRINE}/{name}, or let {power} hold: {hold}"
                if role == "hunter"
                else f"add an act of {power}",
            )
        if len(script.roles) > 1 and by is not other:
            said = prey if role == "hunter" else hunter
            raise UsageError(
                f"{name} and {said} contradict each other",
                cause=f"{name} orders the acts of both powers",
                hint=f"--decision-maker {name} alone, or a script of one power",
            )
