"""Supply: weekly flow from depots along the network, capacity shared by need.

A tree grows from the places where a side has stocks along the links it holds, cheapest
first. Needs are summed toward the roots, capped by what each link can carry, and what there
is is handed down in proportion to what was asked. What a full link could not carry is asked
for again along the ways that are left. Tons are conserved to rounding: what leaves depots is
what formations get, and no link carries more than it can.

Theory: docs/mechanisms/campaign.md
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Parameters
from jukushi.war.records import Field, LinkKind, Status, War

__all__ = [
    "allocate_supply",
    "consume",
    "daily_need_tons",
    "week_of_links",
]

#: What a km counts for when supplies choose their way: a lorry takes what it carries.
_ROAD_COST = 4.0
_RIVER_COST = 1.5
_FAR = 1.0e9
#: Most passes over what full links could not carry, and what small depots could not give.
_PASSES = 24
#: Most of a week's trains that troops may take, of those that supplies leave (assumption).
TROOP_SHARE = 0.6


@kernel
def daily_need_tons(men: float, attacking: bool, winter: float, p: Parameters) -> float:
    """Tons that a formation uses in a day, by posture; winter adds fuel and fodder."""
    kilograms = p.theatre_attack_kg if attacking else p.theatre_hold_kg
    return men * kilograms * (1.0 + p.theatre_winter_use * winter) * 0.001


@kernel
def frozen(yearday: float, ice_from: float, ice_until: float) -> bool:
    """Tell whether ice closes a port; the ice may lie over the turn of the year."""
    if ice_from < 0.0:
        return False
    if ice_from > ice_until:
        return (yearday >= ice_from) or (yearday <= ice_until)
    return (yearday >= ice_from) and (yearday <= ice_until)


@kernel
def open_port_tons(field: Field, place: int, yearday: float) -> float:
    """Tons a day that can be landed at a place now."""
    if field.port[place] < 0.0:
        return 0.0
    if frozen(yearday, field.ice_from[place], field.ice_until[place]):
        return 0.0
    return field.port[place]


@kernel
def week_of_links(
    war: War, field: Field, p: Parameters, month: int, yearday: float, sea: float
) -> None:
    """Set what each link can carry in the week that begins, and repair damaged railways.

    `sea` is the share of the sea that side 0 rules; side 1 has the rest.
    """
    for index in range(war.n_links):
        link = war.links[index]
        a, b = field.origin[index], field.destination[index]
        holder = war.places[a].holder
        ours = (holder >= 0) and (holder == war.places[b].holder)
        kind = field.kind[index]
        link.trains = 0.0
        link.tons = 0.0
        link.trains_used = 0.0
        link.tons_used = 0.0
        if not ours:
            continue
        if kind == LinkKind.RAIL:
            gauge = 1.0 if link.gauge_of == holder else p.theatre_gauge_share
            link.trains = field.train_pairs[index] * 7.0 * (1.0 - link.damage) * gauge
            link.tons = link.trains * p.theatre_train_tons
            link.damage = link.damage * (1.0 - min(7.0 * p.theatre_rail_repair, 1.0))
            if link.damage < 0.1:
                link.gauge_of = holder  # the repair gangs have changed the gauge as well
        elif kind == LinkKind.ROAD:
            passable = max(field.move_infantry[month, field.area[index]], 0.2)
            link.tons = p.theatre_road_tons * 7.0 * passable
        elif kind == LinkKind.RIVER:
            if (yearday >= 121.0) and (yearday <= 304.0):
                link.tons = p.theatre_river_tons * 7.0
        else:
            port = min(open_port_tons(field, a, yearday), open_port_tons(field, b, yearday))
            share = sea if holder == 0 else 1.0 - sea
            link.tons = min(port, p.theatre_sea_tons) * 7.0 * share


@kernel
def _cost(field: Field, index: int) -> float:
    kind = field.kind[index]
    factor = np.float32(1.0)
    if kind == LinkKind.ROAD:
        factor = np.float32(_ROAD_COST)
    elif kind == LinkKind.RIVER:
        factor = np.float32(_RIVER_COST)
    return field.km[index] * factor


@kernel
def _relax(war: War, field: Field, side: int, queue: npt.NDArray[np.int32], count: int) -> int:
    """Grow the tree of `side` from the `count` roots in `queue`; return places reached."""
    n_places = war.n_places
    head = 0
    waiting = count
    while waiting > 0:
        here = queue[head % n_places]
        head += 1
        waiting -= 1
        war.places[here].reached[side] = 1
        base = war.places[here].distance[side]
        for k in range(field.first_link[here], field.first_link[here + 1]):
            index = field.links_at[k]
            if war.links[index].tons - war.links[index].tons_used < 0.01:
                continue
            there = field.origin[index] + field.destination[index] - here
            if war.places[there].holder != side:
                continue
            distance = base + _cost(field, index)
            if distance < war.places[there].distance[side]:
                war.places[there].distance[side] = distance
                war.places[there].parent[side] = index
                if war.places[there].reached[side] != 2:
                    war.places[there].reached[side] = 2
                    queue[(head + waiting) % n_places] = there
                    waiting += 1
    return head


@kernel
def _grow_tree(war: War, field: Field, side: int, first: bool) -> int:
    """Let supplies of `side` find their ways; return the number of places reached, in order.

    The first tree grows from empty depots as well: who can be reached from one is not cut off.
    """
    queue = war.queue
    count = 0
    for place in range(war.n_places):
        here = war.places[place]
        here.parent[side] = -1
        here.reached[side] = 0
        here.distance[side] = _FAR
        root = (here.stock[side] > 0.01) or (first and here.source[side] == 1)
        if (here.holder == side) and root:
            here.distance[side] = 0.0
            here.reached[side] = 2
            queue[count] = place
            count += 1
    _relax(war, field, side, queue, count)
    reached = 0
    for place in range(war.n_places):
        if war.places[place].distance[side] < _FAR:
            spot = reached
            distance = war.places[place].distance[side]
            while spot > 0 and war.places[queue[spot - 1]].distance[side] > distance:
                queue[spot] = queue[spot - 1]
                spot -= 1
            queue[spot] = place
            reached += 1
    return reached


@kernel
def _hand_down(war: War, field: Field, side: int, reached: int) -> float:
    """One pass of asking up and handing down; return the tons that were given."""
    for spot in range(reached):
        war.places[war.queue[spot]].want = war.places[war.queue[spot]].need
        war.places[war.queue[spot]].given = 0.0
    for spot in range(reached - 1, -1, -1):
        here = war.places[war.queue[spot]]
        index = here.parent[side]
        if index >= 0:
            link = war.links[index]
            up = field.origin[index] + field.destination[index] - war.queue[spot]
            war.places[up].want += min(here.want, max(link.tons - link.tons_used, 0.0))
    total = 0.0
    for spot in range(reached):
        place = war.queue[spot]
        here = war.places[place]
        if here.parent[side] < 0:
            here.given = min(here.want, here.stock[side])
            here.stock[side] = here.stock[side] - here.given
            total += here.given
    for spot in range(reached):
        place = war.queue[spot]
        here = war.places[place]
        if here.want <= 0.0:
            continue
        share = min(here.given / here.want, 1.0)
        for k in range(field.first_link[place], field.first_link[place + 1]):
            index = field.links_at[k]
            there = field.origin[index] + field.destination[index] - place
            if war.places[there].parent[side] == index and war.places[there].holder == side:
                link = war.links[index]
                room = max(link.tons - link.tons_used, 0.0)
                flow = min(war.places[there].want, room) * share
                link.tons_used = link.tons_used + flow
                war.places[there].given = war.places[there].given + flow
        here.need = here.need * (1.0 - share)
    return total


@kernel
def _weekly_need(war: War, index: int, side: int, winter: float, p: Parameters) -> float:
    """What one formation asks for: the week's use, and its stock up to the most it carries."""
    f = war.formations[index]
    if f.side != side or (f.status != Status.PRESENT and f.status != Status.MOVING):
        return 0.0
    # Who has an axis may attack within the week: supplies are sent ahead of the blow.
    use = 7.0 * daily_need_tons(f.men, f.contact >= 0 or f.axis >= 0, winter, p)
    most = p.theatre_stock_most * daily_need_tons(f.men, False, 0.0, p)
    return max(use + most - f.stock_tons, 0.0)


@kernel
def _ask(war: War, side: int, winter: float, p: Parameters) -> float:
    """Sum the week's needs of a side's formations at their places; return the total."""
    for place in range(war.n_places):
        war.places[place].asked = 0.0
    total = 0.0
    for index in range(war.n_formations):
        need = _weekly_need(war, index, side, winter, p)
        here = war.places[war.formations[index].place]
        here.asked = here.asked + need
        total += need
    for place in range(war.n_places):
        war.places[place].need = war.places[place].asked
    return total


@kernel
def _fill_stocks(war: War, side: int, winter: float, p: Parameters) -> None:
    """Hand each formation its part of what reached its place."""
    for index in range(war.n_formations):
        need = _weekly_need(war, index, side, winter, p)
        if need > 0.0:
            f = war.formations[index]
            here = war.places[f.place]
            f.stock_tons = f.stock_tons + need * (1.0 - here.need / max(here.asked, 0.001))


@kernel
def _mark_cut(war: War, side: int) -> None:
    """Keep how far supplies travel to each place; mark the formations that none can reach."""
    for place in range(war.n_places):
        war.places[place].haul[side] = war.places[place].distance[side]
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.side == side:
            f.cut = 1.0 if war.places[f.place].distance[side] >= _FAR else 0.0


@kernel
def allocate_supply(war: War, field: Field, side: int, winter: float, p: Parameters) -> None:
    """Share out one week's supplies of one side; troops get the trains that supplies leave."""
    for index in range(war.n_links):
        link = war.links[index]
        if field.kind[index] == LinkKind.RAIL and war.places[field.origin[index]].holder == side:
            link.tons = link.trains * p.theatre_train_tons
    needed = _ask(war, side, winter, p)
    given = 0.0
    for attempt in range(_PASSES):
        reached = _grow_tree(war, field, side, attempt == 0)
        if attempt == 0:
            _mark_cut(war, side)
        handed = _hand_down(war, field, side, reached)
        given += handed
        # The first pass may find empty depots alone.
        if (attempt > 0 and handed < 0.01) or needed - given < 0.005 * needed + 0.01:
            break
    war.sides[side].tons_needed = needed
    war.sides[side].tons_given = given
    _fill_stocks(war, side, winter, p)


@kernel
def ration(stock: float, living: float, need: float) -> float:
    """Tons used in a day: what living takes first, then a third of what three days can spare."""
    spare = max(stock - 3.0 * living, 0.0)
    return min(living, stock) + min(max(need - living, 0.0), 0.34 * spare)


@kernel
def consume(war: War, winter: float, p: Parameters) -> None:
    """Use up one day's supplies; who goes without loses men. Count the days of rest."""
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT and f.status != Status.MOVING:
            continue
        f.since_attack = 0.0 if f.contact >= 0 else f.since_attack + 1.0
        f.settled_days = f.settled_days + 1.0
        need = daily_need_tons(f.men, f.contact >= 0, winter, p)
        living = daily_need_tons(f.men, False, winter, p)
        used = ration(f.stock_tons, living, need)
        f.stock_tons = f.stock_tons - used
        f.met = 0.8 * f.met + 0.2 * used / max(need, 0.000001)
        # Men starve for want of what holding takes; what an attack lacks costs power, not men.
        # Who has no enemy left spreads out and lives on what he finds.
        fed = min(used / max(living, 0.000001), 1.0)
        if war.sides[1 - f.side].broken_day >= 0.0:
            fed = 1.0
        hungry = f.men * p.theatre_hunger * (1.0 - fed)
        f.men = f.men - hungry
        f.lost = f.lost + hungry
