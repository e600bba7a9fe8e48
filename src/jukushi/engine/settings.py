"""What a world is: a case under interventions, and whose dice its histories throw.

A :class:`World` may change parameters from the start or from a week on, move a field of the
state in one week, give orders, choose by other tables, or stand on another calendar. None of
this touches the dice. A :class:`Fate` says which dice are thrown: a history's own, others
from a week on, or those of one past and many futures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import Policy
from jukushi.mechanisms.decisions import Action

__all__ = ["Fate", "Later", "Order", "Shock", "World"]


@dataclass(frozen=True)
class Later:
    """Changes of parameters that begin in a week; the weeks before keep their own."""

    week: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Shock:
    """A field of the state set, scaled or raised at the beginning of a week.

    Attributes
    ----------
    week : int
    field : str
        A field of `jukushi.world.state.FIELDS`.
    how : str
        ``set``, ``times`` or ``add``.
    amount : float
        In the field's unit.
    """

    week: int
    field: str
    how: str
    amount: float


@dataclass(frozen=True)
class Order:
    """A dated act of a power that decides by orders (`decider` or `prey_decider` is 2)."""

    week: int
    role: str
    action: Action


@dataclass(frozen=True)
class World:
    """A case under an intervention.

    Attributes
    ----------
    name : str
    changes : tuple of Change
        Applied in order to every parameter draw, from the first week on.
    later : tuple of Later
        The same from a week on, in order of week.
    shocks : tuple of Shock
    orders : tuple of Order
        Read by a power that decides by orders.
    hunter_table, prey_table : str
        Which of the case's tables each power decides by, if it decides by a table.
    case : Case, optional
        The same case with another calendar or other rules; its parameters are not read.
    variant : str
        What is different in `case`, in words that name it.
    policy : Policy, optional
        Read by a hunter that decides by a policy (`decider` is 3).
    """

    name: str
    changes: tuple[Change, ...] = ()
    later: tuple[Later, ...] = ()
    shocks: tuple[Shock, ...] = ()
    orders: tuple[Order, ...] = ()
    hunter_table: str = "doctrine"
    prey_table: str = "doctrine"
    case: Case | None = field(default=None, compare=False, repr=False)
    variant: str = ""
    policy: Policy | None = field(default=None, compare=False, repr=False)

    @property
    def rules_key(self) -> tuple[Any, ...]:
        """Worlds with equal keys are run with the same rules and the same weeks."""
        policy = self.policy.digest if self.policy else ""
        return self.hunter_table, self.prey_table, self.orders, self.variant, policy

    def describe(self) -> str:
        """Return one line that tells it from every other world of a study."""
        parts = [f"{self.name}: " + "; ".join(_change(item) for item in self.changes)]
        parts += [
            f"from week {later.week}: " + "; ".join(_change(item) for item in later.changes)
            for later in self.later
        ]
        parts += [
            f"week {shock.week}: {shock.field} {shock.how} {shock.amount!r}"
            for shock in self.shocks
        ]
        parts += [f"week {order.week}: {order.role} {order.action.name}" for order in self.orders]
        if (self.hunter_table, self.prey_table) != ("doctrine", "doctrine"):
            parts.append(f"tables {self.hunter_table}, {self.prey_table}")
        if self.variant:
            parts.append(f"variant {self.variant}")
        if self.policy:
            parts.append(f"policy {self.policy.digest}")
        return " | ".join(parts)


def _change(change: Change) -> str:
    return f"{change.parameter} {change.model_dump(exclude={'parameter'}, exclude_none=True)}"


@dataclass(frozen=True)
class Fate:
    """Whose dice are thrown.

    Attributes
    ----------
    from_week : int
        Dice of this week and later are redrawn.
    redraw : int
        Number of the other fate, 1 or more; 0 keeps every history's own dice.
    past : int, optional
        A history whose dice before `from_week`, and whose parameters, all histories share:
        they are its futures. None: each keeps its own past.
    """

    from_week: int
    redraw: int = 1
    past: int | None = None

    def seed(self, seed: int) -> int:
        """Return the key of the dice from `from_week` on."""
        if self.redraw == 0:
            return seed
        text = f"fate {seed} {self.redraw}".encode()
        return int.from_bytes(hashlib.blake2s(text, digest_size=8).digest(), "little")

    def describe(self) -> str:
        """Return one line that tells it from every other fate."""
        past = "" if self.past is None else f" after the past of {self.past}"
        return f"from week {self.from_week} redraw {self.redraw}{past}"


def shock_table(worlds: Sequence[World], index: dict[str, int]) -> npt.NDArray[np.float32]:
    """Return the shocks of some worlds as numbers.

    Returns
    -------
    float32[n_worlds, n_shocks, 4]
        Week, row of the field, how (0 set, 1 times, 2 add), amount; the week is -1 in
        unused rows.
    """
    most = max((len(world.shocks) for world in worlds), default=0)
    table = np.full((len(worlds), most, 4), -1.0, np.float32)
    for row, world in enumerate(worlds):
        for place, shock in enumerate(world.shocks):
            how = ("set", "times", "add").index(shock.how)
            table[row, place] = shock.week, index[shock.field], how, shock.amount
    return table
