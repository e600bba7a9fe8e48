"""What has to be looked up in histories before the answer: idle changes, stocks too small.

Also whether the two worlds are one: then nothing differs, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.engine.settings import Shock
from jukushi.errors import UsageError
from jukushi.questions.interventions.parts import Part
from jukushi.questions.interventions.stocks import STOCKS
from jukushi.questions.interventions.worlds import Intervention, world_of
from jukushi.world.state import FIELDS

__all__ = ["PROBED", "is_nothing", "probe", "stock_spread"]

#: Histories in which a change from a date on is sought: eight parameter draws.
PROBED = 8 * DICE_PER_DRAW
#: Weeks between two looks.
_EVERY = 4
#: Histories in which a stock is looked up: twenty parameter draws.
_LOOKED_UP = 20 * DICE_PER_DRAW
#: Parameters that the war on the map reads, beside those that begin with ``theatre_``.
_READ_BY_WAR = ("true_quality", "committed_force", "collapse_decay")


def probe(engine: Engine, asked: Intervention) -> None:
    """Refuse what only histories show to be impossible.

    Raises
    ------
    UsageError
        If a calendar would change weeks before --from, a change can do nothing from that day on,
        or more would be taken from a stock than there is.
    """
    _keeps_past_weeks(engine, asked)
    if asked.week is not None:
        watched = _Watched(engine, asked)
        for part in asked.parts:
            if part.changes and not is_nothing(engine, asked, (part,)):
                _acts(watched, part)
    for part in asked.parts:
        for shock in part.shocks:
            _enough(engine, asked, part, shock)


def _keeps_past_weeks(engine: Engine, asked: Intervention) -> None:
    if asked.week is None or asked.changed.case is None:
        return
    weeks = engine.rules_of(asked.changed)[2][: asked.week].copy()
    own = engine.rules_of(asked.baseline)[2][: asked.week].copy()
    differ = [
        name
        for name in weeks.dtype.names or ()
        if not name.startswith("ordered_") and (weeks[name] != own[name]).any()
    ]
    if differ:
        texts = ", ".join(part.text for part in asked.parts if part.calendar is not None)
        raise UsageError(
            f"{texts} reaches into the past that --from {asked.plan.since} keeps",
            cause=f"the weeks before it already go by the old date ({', '.join(differ)})",
            hint="leave --from out, or move a parameter instead (deadline_slack+4)",
        )


def _deciding(world: World) -> tuple[Any, ...]:
    """By what tables, orders and policy a world decides."""
    policy = world.policy.digest if world.policy else ""
    return world.hunter_table, world.prey_table, world.orders, policy


def is_nothing(engine: Engine, asked: Intervention, parts: tuple[Part, ...] | None = None) -> bool:
    """Tell whether a changed world is the baseline itself: same numbers, weeks and rules."""
    world = asked.changed if parts is None else world_of(asked.plan, parts, asked.week)
    if world.shocks or _deciding(world) != _deciding(asked.baseline):
        return False
    draws = np.arange(PROBED // DICE_PER_DRAW, dtype=np.int64)
    own = engine.settings([asked.baseline], draws)[1]
    changed = engine.settings([world], draws)[1]
    if not np.array_equal(changed, np.broadcast_to(own, changed.shape)):
        return False
    if world.case is None:
        return True
    (rules, _, weeks), (usual, _, same) = engine.rules_of(world), engine.rules_of(asked.baseline)
    tables = zip(rules[:-1], usual[:-1], strict=True)
    return weeks.tobytes() == same.tobytes() and all(np.array_equal(a, b) for a, b in tables)


class _Watched:
    """All fields of some histories from the date on, in worlds of some of the parts."""

    def __init__(self, engine: Engine, asked: Intervention) -> None:
        self.engine = engine
        self.asked = asked
        last = engine.case.n_weeks - 1
        self.weeks = sorted({*range(asked.week or 0, last, _EVERY), last})
        self.fields = [field.name for field in FIELDS]
        self.none = self.see(())
        self.all = self.see(asked.parts)

    def see(self, parts: tuple[Part, ...]) -> npt.NDArray[np.float32]:
        """Return float32[n_weeks, n_fields, PROBED]."""
        asked = self.asked
        world = world_of(asked.plan, parts, asked.week) if parts else asked.baseline
        return self.engine.observe(
            world, 0, PROBED, self.fields, self.weeks, self.weeks[-1], asked.fate
        )


def _acts(watched: _Watched, part: Part) -> None:
    """Refuse a part that moves no field of any probed history, alone or beside the others."""
    asked = watched.asked
    if asked.plan.outcome.campaign is not None and any(map(_read_by_war, part.parameters)):
        return
    others = tuple(other for other in asked.parts if other is not part)
    alone = watched.see((part,)) if others else watched.all
    without = watched.see(others) if others else watched.none
    if np.array_equal(watched.none, alone) and np.array_equal(watched.all, without):
        begun = f"; it is about {part.begins}" if part.begins and part.kind == "factor" else ""
        raise UsageError(
            f"{part.text} changes nothing from {asked.plan.since} on",
            cause=f"in {PROBED:,} histories no field of the state differs after that date{begun}",
            hint="it acts before that date only, or not at all: leave --from out",
        )


def _read_by_war(name: str) -> bool:
    return name.startswith("theatre_") or name in _READ_BY_WAR


def _enough(engine: Engine, asked: Intervention, part: Part, shock: Shock) -> None:
    """Refuse to take more from a stock than any probed history has."""
    if shock.how != "add" or shock.amount >= 0.0 or STOCKS[shock.field].signed:
        return
    held = _before(engine, asked, shock)
    short = int((held + shock.amount < 0.0).sum())
    if short:
        raise UsageError(
            f"{part.text} would make the stock negative",
            cause=f"in {short:,} of {len(held):,} histories there is less; the least is "
            f"{float(held.min()):.4g}",
            hint=f"take less, or scale it: --add {shock.field}*0.5@{part.begins}",
        )


def _before(engine: Engine, asked: Intervention, shock: Shock) -> npt.NDArray[np.float32]:
    """Return a field of the changed world, before a shock, in the first histories.

    At the end of the week before it; in the first week that runs, at its end.
    """
    week = max(shock.week - 1, engine.first_running)
    others = tuple(other for other in asked.changed.shocks if other != shock)
    world = replace(asked.changed, shocks=others)
    seen = engine.observe(world, 0, _LOOKED_UP, [shock.field], [week], week, asked.fate)
    held: npt.NDArray[np.float32] = seen[0, 0]
    return held


def stock_spread(engine: Engine, asked: Intervention, shock: Shock) -> tuple[float, float]:
    """Return mean and standard deviation of a stock over histories, before a shock."""
    held = _before(engine, asked, shock).astype(np.float64)
    return float(held.mean()), float(held.std())
