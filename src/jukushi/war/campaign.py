"""A campaign from its opening to its last day: the order of a day of war.

1 the week's links and supplies, 2 arrivals and moves, 3 phases and orders, 4 contact,
5 ground that changes hands, 6 supplies used, 7 surrender, 8 the sides' totals and breakdown.

Theory: docs/mechanisms/campaign.md
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.dice import Site, four_units
from jukushi.kernel import kernel
from jukushi.mechanisms.types import Parameters
from jukushi.numerics import clip, exp32, log32, normal_quantile32, sqrt32
from jukushi.war.fight import fight_all, gather
from jukushi.war.ground import break_down, surrender, take_places
from jukushi.war.movement import arrive, move_on
from jukushi.war.orders import give_orders, held_share, open_phases, side_words, truth
from jukushi.war.records import Field, Order, Plan, Start, Status, War
from jukushi.war.supply import allocate_supply, consume, daily_need_tons, week_of_links

__all__ = ["run_campaign"]

_NEVER = 9999.0


@kernel
def _begin(war: War, field: Field, start: Start, p: Parameters, opening: Any) -> None:
    """Set up places, links, contacts and sides as the campaign opens."""
    war.n_places = field.n_places
    war.n_links = field.n_links
    war.n_formations = start.n_formations
    for place in range(war.n_places):
        here = war.places[place]
        here.holder = start.holder[place]
        here.first_holder = start.holder[place]
        here.taken_day = -1.0
        here.works = start.works[place]
        for side in range(2):
            here.stock[side] = start.stock[side, place] * (1.0 if side == 1 else opening.supply)
            given = start.stock[side, place] + start.inflow[side, place]
            here.source[side] = 1 if given > 0.0 else 0
            here.haul[side] = 0.0
            here.attack[side] = 0.0
    for link in range(war.n_links):
        a, b = start.holder[field.origin[link]], start.holder[field.destination[link]]
        war.links[link].damage = 0.0
        war.links[link].gauge_of = a if a == b else -1
        war.links[link].trains = 0.0
    for contact in range(2 * war.n_links):
        c = war.contacts[contact]
        c.active = 0
        c.number = 0
        c.km = 0.0
        c.clock = 0.0
        c.tired = 0.0
        c.last_fought = -100.0
        c.rest = 0.0
        c.broken = 0.0
        c.landed = 0.0
        c.power = 0.0
    for side in range(2):
        s = war.sides[side]
        s.men_first = 0.0
        s.tanks_lost = 0.0
        s.lost = 0.0
        s.captured = 0.0
        s.lost_share = 0.0
        s.cut_share = 0.0
        s.adrift = 0.0
        s.phases = 0
        s.held = 0.0
        s.ground_km = 0.0
        s.tons_needed = 1.0
        s.tons_given = 1.0
        s.met = 1.0
        s.met_days = 0.0
        s.broken_day = -1.0
        s.aircraft = start.aircraft[side] * opening.aircraft[side]
        s.aircraft_first = s.aircraft
    for axis in range(war.axis_open.shape[0]):
        war.axis_open[axis] = 0
    for phase in range(war.phase_open.shape[0]):
        war.phase_open[phase] = 0


@kernel
def _muster(war: War, start: Start, p: Parameters, opening: Any) -> None:
    """Bring the order of battle to the strength that this history has."""
    for index in range(war.n_formations):
        f = war.formations[index]
        first = start.formations[index]
        f.side = first.side
        f.role = first.role
        f.axis = first.axis
        f.place = first.place
        f.arrives = first.arrives
        f.motor = first.motor
        f.worth = 1.0 if first.worth > 0.5 else p.theatre_puppet_value
        f.men = first.men * opening.men[f.side]
        f.tanks = first.tanks * opening.tanks[f.side]
        f.guns = first.guns * opening.guns[f.side]
        f.men_first = f.men
        f.status = Status.WAITING
        f.order = Order.HOLD
        f.contact = -1
        f.target = -1
        f.met = 1.0
        f.cut = 0.0
        f.lost = 0.0
        f.captured = 0.0
        f.committed = 0.0
        f.retreating = 0.0
        f.settled_days = 30.0
        f.since_attack = 30.0
        f.trains_left = 0.0
        f.travel_days = 0.0
        f.stock_tons = p.theatre_stock_days * daily_need_tons(f.men, False, 0.0, p)
        side = war.sides[f.side]
        side.men_first = side.men_first + f.men


@kernel
def winter_of(month: int) -> float:
    """Winter conditions by month (0 January): December to March, half in November."""
    if month >= 11 or month <= 2:
        return 1.0
    return 0.5 if month == 10 else 0.0


@kernel
def days_to_frost(yearday: float, deep_frost: float) -> float:
    """Days until deep frost, below zero from then to the end of April."""
    if yearday < 121.0:
        return deep_frost - 365.0 - yearday
    return deep_frost - yearday


@kernel
def wet_of(month: int) -> float:
    """Wet ground by month: the rains of July and August, the thaw of April."""
    return 0.5 if (month == 6 or month == 7 or month == 3) else 0.0


@kernel
def air_superiority(aircraft_0: float, aircraft_1: float, quality: float) -> float:
    """Air superiority of side 0, -1 to 1: full at three to one (assumption)."""
    ratio = log32(max(aircraft_0, 1.0) / max(aircraft_1, 1.0)) + quality
    return clip(ratio / 1.0986, -1.0, 1.0)


@kernel
def _fight_for_the_air(war: War, p: Parameters, quality: float) -> None:
    """Wear down both air forces by a week: each loses by the square root of the odds."""
    a, b = war.sides[0], war.sides[1]
    odds = sqrt32((b.aircraft + 1.0) / (a.aircraft + 1.0)) * exp32(-0.5 * quality)
    a.aircraft = a.aircraft * exp32(-7.0 * p.theatre_air_losses * odds)
    b.aircraft = b.aircraft * exp32(-7.0 * p.theatre_air_losses / max(odds, 0.05))


@kernel
def _week(
    war: War, field: Field, start: Start, p: Parameters, opening: Any, absolute: int, day: int
) -> None:
    """Begin a week: what links can carry, new stocks in depots, supplies shared, air."""
    month = start.month[absolute]
    winter = winter_of(month)
    week_of_links(war, field, p, month, start.yearday[absolute], opening.sea)
    for place in range(war.n_places):
        holder = war.places[place].holder
        if holder >= 0 and holder == war.places[place].first_holder:
            fresh = 7.0 * start.inflow[holder, place]
            war.places[place].stock[holder] = war.places[place].stock[holder] + fresh
    for side in range(2):
        allocate_supply(war, field, side, winter, p)
    if day > 0:
        _fight_for_the_air(war, p, opening.air_quality)


@kernel
def _count(war: War) -> None:
    """Add up losses and what is cut off, by side."""
    for side in range(2):
        s = war.sides[side]
        s.lost = 0.0
        s.captured = 0.0
        s.men_left = 0.0
        s.men_cut = 0.0
        s.adrift = 0.0
        s.met = 0.0
    for index in range(war.n_formations):
        f = war.formations[index]
        s = war.sides[f.side]
        s.lost = s.lost + f.lost
        s.captured = s.captured + f.captured
        s.men_left = s.men_left + f.men
        s.men_cut = s.men_cut + f.men * f.cut
        s.adrift = s.adrift + f.men * max(f.cut, f.retreating)
        s.met = s.met + f.men * f.met
    for side in range(2):
        s = war.sides[side]
        s.lost_share = (s.lost + s.captured) / max(s.men_first, 1.0)
        s.cut_share = s.men_cut / max(s.men_left, 1.0)
        s.met = s.met / max(s.men_left, 1.0)
        s.adrift = s.adrift / max(s.men_left, 1.0)


@kernel
def _note(war: War, plan: Plan, result: Any, day: float, deadline: float, frost: float) -> None:
    """Note objectives taken and whether the campaign has succeeded."""
    for k in range(plan.objectives.shape[0]):
        place = plan.objectives[k]
        if place >= 0 and result.taken[k] < 0.0 and war.places[place].holder == 0:
            result.taken[k] = day
    if result.success_day < 0.0 and held_share(war, plan.success, 0) > 0.999:
        result.success_day = day
        result.success = 1 if day <= deadline else 0
        result.before_frost = 1 if frost > 0.0 else 0


@kernel
def axis_advance(war: War, field: Field, plan: Plan, axis: int) -> float:
    """Km that an axis has been carried forward: places taken and the way to the next."""
    total = 0.0
    side = plan.axis_side[axis]
    for step in range(1, plan.axis_path.shape[1]):
        place = plan.axis_path[axis, step]
        before = plan.axis_path[axis, step - 1]
        if place < 0:
            break
        for k in range(field.first_link[before], field.first_link[before + 1]):
            link = field.links_at[k]
            if field.origin[link] + field.destination[link] - before == place:
                if war.places[place].holder == side:
                    if war.places[place].first_holder != side:
                        total += field.km[link]
                else:
                    forward = 2 * link if field.origin[link] == before else 2 * link + 1
                    return total + min(war.contacts[forward].km, field.km[link])
                break
    return total


@kernel
def _finish(war: War, plan: Plan, start: Start, p: Parameters, result: Any, days: float) -> None:
    """Write what is kept of the campaign."""
    result.days = days
    for side in range(2):
        s = war.sides[side]
        result.broken_day[side] = s.broken_day
        result.lost[side] = s.lost
        result.captured[side] = s.captured
        result.men_first[side] = s.men_first
        result.tanks_lost[side] = s.tanks_lost
        result.aircraft_lost[side] = s.aircraft_first - s.aircraft
        fought = days if s.broken_day < 0.0 else s.broken_day
        result.supply[side] = s.met_days / max(fought + 1.0, 1.0)
    result.ground_km = war.sides[0].ground_km
    result.shipping_lost = start.toll * p.theatre_submarine_toll * days / 7.0


@kernel
def _one_day(
    war: War, field: Field, plan: Plan, start: Start, p: Parameters, opening: Any,
    absolute: int, day: int, blood: float, seed: int, history: int,
) -> None:  # fmt: skip
    """Run one day of war."""
    month = start.month[absolute]
    winter = winter_of(month)
    wet = wet_of(month)
    frost = days_to_frost(start.yearday[absolute], p.theatre_deep_frost)
    now = np.float32(day)
    war.day = now
    arrive(war, now)
    if day % 7 == 0:
        _week(war, field, start, p, opening, absolute, day)
    move_on(war, field, p)
    if day == 0:
        gather(war, field, p)  # later orders look at the day before
    if day % 3 == 0:
        open_phases(war, plan, now, frost)
    give_orders(war, field, plan, p, day, month, frost, opening.quality, winter, wet)
    gather(war, field, p)
    air = air_superiority(war.sides[0].aircraft, war.sides[1].aircraft, opening.air_quality)
    surprise = opening.surprise if now < p.theatre_surprise_days else 0.0
    fight_all(
        war, field, p, day, month, winter, wet, surprise, air, opening.quality, blood,
        seed, history,
    )  # fmt: skip
    take_places(war, field, p, now)
    consume(war, winter, p)
    surrender(war, p, day, winter, seed, history)
    _count(war)
    for side in range(2):
        if war.sides[side].broken_day < 0.0:
            war.sides[side].met_days = war.sides[side].met_days + war.sides[side].met
    for side in range(2):
        if war.sides[side].broken_day < 0.0 and day > 0:
            side_words(war, plan, side, now, frost)
            if truth(plan, plan.breakdown_rule[side], war.words, war.stack):
                break_down(war, side, now)
                _count(war)


@kernel
def _over(war: War, plan: Plan, result: Any) -> bool:
    """Tell whether nothing that is asked about can still change."""
    if war.sides[0].broken_day >= 0.0:
        return True
    for k in range(plan.objectives.shape[0]):
        if plan.objectives[k] >= 0 and result.taken[k] < 0.0:
            return False
    return war.sides[1].broken_day >= 0.0


@kernel
def run_campaign(
    war: War, field: Field, plan: Plan, start: Start, p: Parameters, opening: Any, result: Any,
    days: int, seed: int, history: int, frames: npt.NDArray[Any],
) -> None:  # fmt: skip
    """Run one campaign.

    Parameters
    ----------
    war : War
        Memory, written over.
    field, plan, start : Field, Plan, Start
        The ground, the plan, the order of battle.
    p : record of parameters, with the coefficients of combat
    opening : OPENING record
    result : RESULT record
        Written here.
    days : int
        Last day to run.
    seed, history : uint64
        Key of the dice.
    frames : WAR[n]
        The memory after each day, if it has room for them.
    """
    _begin(war, field, start, p, opening)
    _muster(war, start, p, opening)
    for k in range(result.taken.shape[0]):
        result.taken[k] = -1.0
    for k in range(result.axis_km.shape[0]):
        result.axis_km[k] = -1.0
    result.success = 0
    result.success_day = -1.0
    result.before_frost = 0
    result.campaign = opening.campaign
    result.opened = opening.day
    first = np.int64(opening.day)
    deadline = plan.success_yearday - start.yearday[first]
    if deadline < 0.0:
        deadline = deadline + 365.0
    filmed = frames.shape[0] > 0
    u, _, _, _ = four_units(seed, history, opening.campaign, Site.CAMPAIGN_BLOOD, 0)
    blood = opening.blood + p.campaign_blood * normal_quantile32(u)
    last = 0
    for day in range(days + 1):
        absolute = first + day
        _one_day(war, field, plan, start, p, opening, absolute, day, blood, seed, history)
        frost = days_to_frost(start.yearday[absolute], p.theatre_deep_frost)
        _note(war, plan, result, np.float32(day), deadline, frost)
        if filmed:
            frames[day] = war
        if np.float32(day) == plan.mark_day:
            for axis in range(plan.n_axes):
                result.axis_km[axis] = axis_advance(war, field, plan, axis)
        last = day
        if _over(war, plan, result) and np.float32(day) >= plan.mark_day and not filmed:
            break
    _finish(war, plan, start, p, result, np.float32(last))
