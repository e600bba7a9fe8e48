"""Orders: phases open, formations get orders from their side's table, columns find targets.

The tables and conditions stand in the case; they are run as postfix programs over a short
list of words (`Word`), one formation at a time.

Theory: docs/mechanisms/campaign.md
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.doctrines.program import Operation
from jukushi.kernel import kernel
from jukushi.mechanisms.combat import exchange
from jukushi.mechanisms.types import Parameters
from jukushi.numerics import exp32, log32, sqrt32
from jukushi.war.fight import conditions_at
from jukushi.war.movement import start_move
from jukushi.war.records import Field, LinkKind, Order, Plan, Role, Status, War
from jukushi.war.supply import daily_need_tons

_FAR = 1.0e9

__all__ = ["Word", "give_orders", "open_phases", "side_words", "truth"]


class Word(IntEnum):
    """What operational rules, phases and breakdowns may speak of."""

    ODDS = 0
    THREAT = 1
    STRENGTH = 2
    SUPPLY = 3
    STOCK = 4
    CUT = 5
    BATTLE_DAYS = 6
    REST = 7
    DAY = 8
    FROST = 9
    MOBILITY = 10
    HELD = 11
    LOST = 12
    CUT_SHARE = 13
    ENEMY_CUT_SHARE = 14
    PHASE = 15
    RESERVE = 16
    ENEMY_LOST = 17
    ENEMY_HELD = 18
    ADRIFT = 19


@kernel
def truth(plan: Plan, rule: int, words: npt.NDArray[np.float32],
          stack: npt.NDArray[np.float32]) -> bool:  # fmt: skip
    """Evaluate one condition; a condition is true above one half."""
    top = -1
    for step in range(plan.rule_start[rule], plan.rule_stop[rule]):
        operation = plan.program[step, 0]
        operand = plan.program[step, 1]
        if operation == Operation.STATE:
            top += 1
            stack[top] = words[operand]
        elif operation == Operation.CONSTANT:
            top += 1
            stack[top] = plan.constants[operand]
        elif operation == Operation.CHOOSE:
            top -= 2
            stack[top] = stack[top + 1] if stack[top] > 0.5 else stack[top + 2]
        elif operation >= Operation.NEGATE:
            stack[top] = _unary(operation, stack[top])
        else:
            top -= 1
            stack[top] = _binary(operation, stack[top], stack[top + 1])
    return stack[0] > 0.5


@kernel
def _unary(operation: int, a: float) -> float:
    if operation == Operation.NEGATE:
        return -a
    if operation == Operation.NOT:
        return 0.0 if a > 0.5 else 1.0
    if operation == Operation.LOG:
        return log32(a)
    if operation == Operation.EXP:
        return exp32(a)
    if operation == Operation.SQRT:
        return sqrt32(a)
    return abs(a)


@kernel
def _binary(operation: int, a: float, b: float) -> float:
    if operation == Operation.ADD:
        return a + b
    if operation == Operation.SUBTRACT:
        return a - b
    if operation == Operation.MULTIPLY:
        return a * b
    if operation == Operation.DIVIDE:
        return a / b
    if operation == Operation.MINIMUM or operation == Operation.AND:
        return min(a, b)
    if operation == Operation.MAXIMUM or operation == Operation.OR:
        return max(a, b)
    if operation == Operation.LESS:
        return 1.0 if a < b else 0.0
    return 1.0 if a <= b else 0.0


@kernel
def held_share(war: War, places: npt.NDArray[np.int32], side: int) -> float:
    """Share of the listed places (-1 ends the list) that a side holds; 1 of none."""
    count = 0
    held = 0
    for k in range(places.shape[0]):
        if places[k] >= 0:
            count += 1
            if war.places[places[k]].holder == side:
                held += 1
    if count == 0:
        return 1.0
    share: Any = np.float32(held) / np.float32(count)
    return share


@kernel
def side_words(war: War, plan: Plan, side: int, day: float, frost: float) -> None:
    """Set the words that speak of a side as a whole."""
    words = war.words
    own, other = war.sides[side], war.sides[1 - side]
    words[Word.DAY] = day
    words[Word.FROST] = frost
    words[Word.LOST] = own.lost_share
    words[Word.ENEMY_LOST] = other.lost_share
    words[Word.CUT_SHARE] = own.cut_share
    words[Word.ADRIFT] = own.adrift
    words[Word.ENEMY_CUT_SHARE] = other.cut_share
    words[Word.PHASE] = np.float32(own.phases)
    words[Word.SUPPLY] = own.met
    words[Word.HELD] = own.held
    words[Word.ENEMY_HELD] = other.held


@kernel
def open_phases(war: War, plan: Plan, day: float, frost: float) -> None:
    """Open every phase whose condition holds; its axes may then be used."""
    for side in range(2):
        _count_held(war, plan, side)
    for phase in range(plan.n_phases):
        if war.phase_open[phase] == 1:
            continue
        side = plan.phase_side[phase]
        side_words(war, plan, side, day, frost)
        rule = plan.phase_rule[phase]
        if rule < 0 or truth(plan, rule, war.words, war.stack):
            war.phase_open[phase] = 1
            war.sides[side].phases = war.sides[side].phases + 1
            for axis in range(plan.n_axes):
                if plan.phase_axes[phase, axis] == 1:
                    war.axis_open[axis] = 1


@kernel
def _count_held(war: War, plan: Plan, side: int) -> None:
    """Share of the objectives of a side's open phases that it holds.

    A side without objectives of its own is measured by what it keeps of the campaign's.
    """
    total = 0.0
    count = 0.0
    for phase in range(plan.n_phases):
        running = plan.phase_side[phase] == side and war.phase_open[phase] == 1
        if running and plan.phase_objectives[phase, 0] >= 0:
            total += held_share(war, plan.phase_objectives[phase], side)
            count += 1.0
    if count > 0.0:
        war.sides[side].held = total / count
    else:
        war.sides[side].held = held_share(war, plan.objectives, side)


@kernel
def _next_step(war: War, plan: Plan, axis: int, side: int) -> int:
    """Index on an axis of the first place that is not ours; its length if there is none."""
    length = plan.axis_path.shape[1]
    for step in range(length):
        place = plan.axis_path[axis, step]
        if place < 0:
            return -1
        if war.places[place].holder != side:
            return step
    return -1


@kernel
def _contact_between(field: Field, base: int, target: int) -> int:
    """Contact that leads from one place to the next, -1 if no link does."""
    for k in range(field.first_link[base], field.first_link[base + 1]):
        link = field.links_at[k]
        if field.origin[link] == base and field.destination[link] == target:
            return 2 * link
        if field.destination[link] == base and field.origin[link] == target:
            return 2 * link + 1
    return -1


@kernel
def _axis_contact(war: War, field: Field, plan: Plan, p: Parameters, index: int) -> int:
    """Find the contact on which a formation would attack along its axis.

    Sends it to where its axis goes on if it stands elsewhere; -1 if there is no target, or
    while it is on its way.
    """
    f = war.formations[index]
    for _ in range(4):
        if f.axis < 0 or war.axis_open[f.axis] == 0:
            return -1
        step = _next_step(war, plan, f.axis, f.side)
        if step >= 0:
            break
        # The axis is done: go on along the next, or stay at its end.
        then = plan.axis_then[f.axis]
        if then < 0 or war.axis_open[then] == 0:
            return -1
        f.axis = then
    if step == 0:
        return -1  # the enemy holds the base of the axis
    base = plan.axis_path[f.axis, step - 1]
    if f.place != base:
        # Where supplies reach both ends there is a way; else do not look for one every day.
        joined = max(war.places[base].haul[f.side], war.places[f.place].haul[f.side]) < _FAR
        if f.contact < 0 and joined:
            start_move(war, field, p, index, base)
        return -1
    return _contact_between(field, base, plan.axis_path[f.axis, step])


@kernel
def _lost_ground(war: War, field: Field, index: int) -> int:
    """Contact toward the nearest place that was ours and is the enemy's, -1 if none."""
    f = war.formations[index]
    best = -1
    best_km = 1.0e9
    for k in range(field.first_link[f.place], field.first_link[f.place + 1]):
        link = field.links_at[k]
        there = field.origin[link] + field.destination[link] - f.place
        here = war.places[there]
        lost = here.holder == 1 - f.side and here.first_holder == f.side
        by_land = field.kind[link] != LinkKind.SEA
        if lost and by_land and field.km[link] < best_km:
            best_km = field.km[link]
            best = 2 * link if field.origin[link] == f.place else 2 * link + 1
    return best


@kernel
def _threat(war: War, field: Field, index: int) -> float:
    """Enemy power at the places next to a formation over its own side's power there."""
    f = war.formations[index]
    enemy = 1 - f.side
    power = 0.0
    for k in range(field.first_link[f.place], field.first_link[f.place + 1]):
        link = field.links_at[k]
        there = field.origin[link] + field.destination[link] - f.place
        if field.kind[link] != LinkKind.SEA:
            power += war.places[there].power[enemy]
    return power / max(war.places[f.place].power[f.side], 1.0)


@kernel
def _formation_words(
    war: War, field: Field, p: Parameters, index: int, contact: int, month: int, quality: float,
    winter: float, wet: float,
) -> None:  # fmt: skip
    """Set the words that speak of one formation."""
    f = war.formations[index]
    words = war.words
    words[Word.STRENGTH] = f.men / max(f.men_first, 1.0)
    words[Word.SUPPLY] = f.met
    use = daily_need_tons(f.men, False, 0.0, p)
    words[Word.STOCK] = f.stock_tons / max(use, 0.001)
    words[Word.CUT] = f.cut
    words[Word.REST] = f.since_attack
    words[Word.RESERVE] = 1.0 if (f.role == Role.RESERVE and f.committed < 0.5) else 0.0
    words[Word.THREAT] = _threat(war, field, index)
    words[Word.ODDS] = 0.0
    words[Word.BATTLE_DAYS] = 0.0
    words[Word.MOBILITY] = 1.0
    if contact >= 0:
        c = war.contacts[contact]
        link = contact >> 1
        words[Word.BATTLE_DAYS] = c.clock
        if field.area[link] >= 0:
            words[Word.MOBILITY] = field.move_infantry[month, field.area[link]]
        end = field.destination[link] if (contact & 1) == 0 else field.origin[link]
        own = war.places[f.place].power[f.side]
        other = war.places[end].power[1 - f.side] * p.theatre_dispersal
        z = conditions_at(war, field, p, contact, f.side, 0.0, 0.0, winter, wet)
        gap = exchange(z, p) + (quality if f.side == 0 else -quality)
        words[Word.ODDS] = min(own / max(other, 1.0), 1000.0) * exp32(gap)


@kernel
def give_orders(
    war: War, field: Field, plan: Plan, p: Parameters, day: int, month: int, frost: float,
    quality: float, winter: float, wet: float,
) -> None:  # fmt: skip
    """Give orders to the formations whose turn it is.

    All at the opening; then every third day, and on arrival.
    """
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT:
            continue
        if day > 0 and (day + index) % 3 != 0 and f.settled_days > 1.5:
            continue
        _order_one(war, field, plan, p, index, day, month, frost, quality, winter, wet)


@kernel
def _order_one(
    war: War, field: Field, plan: Plan, p: Parameters, index: int, day: int, month: int,
    frost: float, quality: float, winter: float, wet: float,
) -> None:  # fmt: skip
    """Find what one formation is told to do, and set it on its contact."""
    f = war.formations[index]
    reserve = f.role == Role.RESERVE and f.committed < 0.5
    contact = -1
    if not reserve:
        contact = _axis_contact(war, field, plan, p, index)
        if f.status != Status.PRESENT:
            return  # on its way to where its axis goes on
    if contact < 0 and f.axis < 0:
        contact = _lost_ground(war, field, index)
    side_words(war, plan, f.side, np.float32(day), frost)
    _formation_words(war, field, p, index, contact, month, quality, winter, wet)
    order = np.int32(Order.HOLD)
    for row in range(plan.side_rules[f.side, 0], plan.side_rules[f.side, 1]):
        if truth(plan, row, war.words, war.stack):
            order = plan.rule_order[row]
            break
    f.order = order
    if order == Order.COMMIT:
        f.committed = 1.0
        f.contact = -1
    elif order == Order.ATTACK or order == Order.COUNTER_ATTACK:
        if order == Order.COUNTER_ATTACK and contact < 0:
            contact = _lost_ground(war, field, index)
        f.contact = contact
    else:
        f.contact = -1
        if order == Order.WITHDRAW:
            _withdraw(war, field, p, index)


@kernel
def _withdraw(war: War, field: Field, p: Parameters, index: int) -> None:
    """Fall back one place toward supply, if that place is nearer to it than this one."""
    f = war.formations[index]
    best = -1
    best_distance = war.places[f.place].haul[f.side]
    for k in range(field.first_link[f.place], field.first_link[f.place + 1]):
        link = field.links_at[k]
        there = field.origin[link] + field.destination[link] - f.place
        here = war.places[there]
        ours = here.holder == f.side and field.kind[link] != LinkKind.SEA
        if ours and here.haul[f.side] < best_distance:
            best_distance = here.haul[f.side]
            best = there
    if best >= 0 and start_move(war, field, p, index, best):
        f.retreating = 1.0
