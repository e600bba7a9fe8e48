"""What one item of an intervention does: changes of parameters, a shock, orders, an edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from jukushi.case.schema import Change, Words
from jukushi.engine.settings import Order, Shock

__all__ = ["CalendarEdit", "Move", "Part", "RuleEdit"]

#: Changes the plain data of a calendar in place.
CalendarEdit: TypeAlias = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Move:
    """An event moved in time; None stands for never."""

    before: date | None
    after: date | None


@dataclass(frozen=True)
class RuleEdit:
    """A gate's margin shifted, or a margin or condition replaced.

    Attributes
    ----------
    gate : str
        A gate, or empty.
    table, row : int
        Place of a rule, if `gate` is empty.
    text : str
        The new expression.
    shift : float
        What a margin was shifted by, in its own unit (0 for a replaced expression).
    """

    gate: str
    table: int
    row: int
    text: str
    shift: float = 0.0


@dataclass(frozen=True)
class Part:
    """One item, resolved in a case.

    Attributes
    ----------
    text : str
        The item as it is typed, in canonical form.
    kind : str
        ``factor``, ``lever``, ``parameter``, ``event``, ``stock``, ``rule``, ``decision_maker``
        or ``script``.
    name : str
        What it names; two parts of one kind and name set the same thing twice.
    changes : tuple of Change
    shocks : tuple of Shock
    orders : tuple of Order
    roles : tuple of str
        Powers that decide by `orders`, even if none is given to them.
    calendar : callable, optional
        An edit of the calendar.
    rule : RuleEdit, optional
    move : Move, optional
    maker : str
        The decision-maker that is put in.
    begins : date, optional
        First day on which it does anything, if that is known from the item itself.
    rewrite, leaves : str, Words, optional
        What the case says of a factor's reading.
    """

    text: str
    kind: str
    name: str
    changes: tuple[Change, ...] = ()
    shocks: tuple[Shock, ...] = ()
    orders: tuple[Order, ...] = ()
    roles: tuple[str, ...] = ()
    calendar: CalendarEdit | None = None
    rule: RuleEdit | None = None
    move: Move | None = None
    maker: str = ""
    begins: date | None = None
    rewrite: str = ""
    leaves: Words | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it changes."""
        return tuple(dict.fromkeys(change.parameter for change in self.changes))
