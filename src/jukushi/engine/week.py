"""One week of one block: the mechanisms in the order of `jukushi.mechanisms.order`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.dice import LANES
from jukushi.doctrines.expected_value import expected_value
from jukushi.doctrines.policy import act_by_policy
from jukushi.doctrines.program import evaluate
from jukushi.doctrines.valuation import true_worth, value_courses
from jukushi.engine.bundles import Desk, Rules
from jukushi.kernel import kernel
from jukushi.mechanisms.assessment import assessment
from jukushi.mechanisms.build_up import build_up
from jukushi.mechanisms.decisions import (
    act_as_ordered,
    act_hunter,
    act_prey,
    force_north,
    prey_as_ordered,
)
from jukushi.mechanisms.diplomacy import diplomacy
from jukushi.mechanisms.distant_front import distant_front
from jukushi.mechanisms.garrison import garrison
from jukushi.mechanisms.intelligence import intelligence
from jukushi.mechanisms.lessons import lessons
from jukushi.mechanisms.oil import oil
from jukushi.mechanisms.redeployment import redeployment
from jukushi.mechanisms.season import season

#: Bounds of the lane loops. Unsigned, because numba guards a signed index that might be
#: negative, and the guard keeps the loop from vectorising.
FIRST = np.uint64(0)
LAST = np.uint64(LANES)

__all__ = ["begin", "running_week", "scripted_week"]


@kernel
def begin(s: Any, flat: npt.NDArray[np.float32], p: Any) -> None:
    """Set a block to the first week of the case."""
    for row in range(flat.shape[0]):
        for lane in range(LANES):
            flat[row, lane] = 0.0
    for lane in range(LANES):
        s.front_km[lane] = p.front_start_km
        s.deepest_km[lane] = p.front_start_km
        s.front_lag_1[lane] = p.front_start_km
        s.front_lag_2[lane] = p.front_start_km
        s.axis_men[lane] = p.axis_men_start
        s.soviet_men[lane] = p.soviet_men_start
        s.axis_supply[lane] = p.axis_supply_start
        s.axis_offensive[lane] = 1.0
        s.axis_drive[lane] = 1.0
        s.soviet_drive[lane] = 1.0
        s.mobility[lane] = 1.0
        s.theatre_mobility[lane] = 1.0
        s.old_divisions[lane] = p.initial_divisions
        s.garrison_tanks[lane] = p.garrison_tanks_start
        s.garrison_aircraft[lane] = p.garrison_aircraft_start
        s.garrison_men[lane] = p.garrison_men_start
        s.posture[lane] = 1.0
        s.hunter_divisions[lane] = p.standing_force
        s.available_divisions[lane] = p.attack_force
        s.fleet[lane] = p.fleet_1941
        s.oil[lane] = p.oil_start
        s.lesson_quality[lane] = p.lesson_quality_start
        s.lesson_variance[lane] = p.lesson_sd_start * p.lesson_sd_start
        s.lesson_blood_variance[lane] = 0.25  # sd 0.5: prior of the fit
        s.believed_divisions[lane] = p.counted_at_start
        s.believed_variance[lane] = p.count_noise * p.count_noise
        s.believed_tanks[lane] = p.tanks_counted_at_start
        s.believed_aircraft[lane] = p.aircraft_counted_at_start
        s.victory_logit[lane] = p.optimism
        # Before the first report Tokyo takes the pace of a quick victory for granted.
        s.pace_lag_1[lane] = p.quick_victory_pace
        s.pace_lag_2[lane] = p.quick_victory_pace
        s.collapse_week[lane] = 9999.0
        s.ally_defeat_week[lane] = 9999.0
        s.embargo_week[lane] = 9999.0
        s.north_week[lane] = 9999.0
        s.south_choice_week[lane] = 9999.0
        s.south_war_week[lane] = 9999.0
        s.hunter_surrender_week[lane] = 9999.0
        s.entry_week[lane] = 9999.0


@kernel
def scripted_week(s: Any, p: Any, c: Any, d: Any, o: Any) -> None:
    """Run a week before the great war: the record is scripted, only battles are drawn."""
    lessons(s, p, c, d, o, FIRST, LAST)


@kernel
def decide_for_hunter(desk: Desk, rules: Rules, p: Any, c: Any, d: Any, consulted: bool) -> None:
    """Let whoever decides for the hunter decide.

    `decider` is 0 for a table, 1 expected value, 2 a script of orders, 3 a policy; 4 waits and
    never decides, but values its courses.
    """
    s = desk.state[0]
    o = desk.once[0]
    forced = p.forced_north > 0.5
    if (p.decider > 0.5) and (p.decider < 1.5):
        expected_value(s, p, c, d, o, FIRST, LAST)
    if forced:
        force_north(s, p, c, FIRST, LAST)
    elif consulted:
        act_hunter(s, p, c, rules.hunter_rows, desk.outputs, FIRST, LAST)
    elif (p.decider > 1.5) and (p.decider < 2.5):
        act_as_ordered(s, p, c, FIRST, LAST)
    elif (p.decider > 2.5) and (c.conference > 0.5):
        value_courses(s, p, c, FIRST, LAST)
        true_worth(s, p, c, FIRST, LAST)
        if p.decider < 3.5:
            act_by_policy(s, p, c, rules.policy, desk.flat, desk.stack, FIRST, LAST)


@kernel
def running_week(
    desk: Desk,
    rules: Rules,
    p: Any,
    p_flat: npt.NDArray[np.float32],
    c: Any,
    c_flat: npt.NDArray[np.float32],
    d: Any,
    watched: bool,
) -> None:
    """Run one week of the world that runs by itself.

    `p`, `c`, `d` are the records of parameters, week and dice; `p_flat` and `c_flat` the same
    numbers as the lane programs of the rules see them.
    """
    s = desk.state[0]
    o = desk.once[0]
    lessons(s, p, c, d, o, FIRST, LAST)
    season(s, p, c, d, o, FIRST, LAST)
    distant_front(s, p, c, d, o, FIRST, LAST)
    garrison(s, p, c, d, o, FIRST, LAST)
    build_up(s, p, c, d, o, FIRST, LAST)
    diplomacy(s, p, c, d, o, FIRST, LAST)
    oil(s, p, c, d, o, FIRST, LAST)
    intelligence(s, p, c, d, o, FIRST, LAST)
    assessment(s, p, c, d, o, FIRST, LAST)
    by_table = p.decider < 0.5
    consulted = by_table and (c.rules_due > 0.5)
    if consulted or watched:
        evaluate(
            rules.hunter_program, rules.constants, desk.flat, p_flat, c_flat, desk.stack,
            desk.outputs,
        )  # fmt: skip
    by_prey_table = p.prey_decider < 0.5
    if by_prey_table:  # before the hunter acts: both decide on the same week
        evaluate(
            rules.prey_program, rules.constants, desk.flat, p_flat, c_flat, desk.stack,
            desk.outputs,
        )  # fmt: skip
    decide_for_hunter(desk, rules, p, c, d, consulted)
    if by_prey_table:
        act_prey(s, p, c, rules.prey_rows, desk.outputs, FIRST, LAST)
    else:
        prey_as_ordered(s, p, c, FIRST, LAST)
    redeployment(s, p, c, d, o, FIRST, LAST)
