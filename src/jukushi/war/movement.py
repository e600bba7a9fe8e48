"""Movement behind the lines: troop trains and marches, arrivals, reserves.

A move takes the quickest way through places that the side holds. On railways it needs trains,
and takes them from what the week's links can carry; the formation stands at its end when its
last train has left and the days of the journey are over.

Theory: docs/mechanisms/campaign.md
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Parameters
from jukushi.war.records import Field, LinkKind, Status, War
from jukushi.war.supply import TROOP_SHARE
from jukushi.war.ways import find_way, march_days

__all__ = ["arrive", "move_on", "start_move"]


@kernel
def free_trains(war: War, link: int, p: Parameters) -> float:
    """Trains of the week that troops may still take on a railway: supplies come first."""
    railway = war.links[link]
    left = railway.trains - railway.tons_used / max(p.theatre_train_tons, 0.001)
    return max(min(left, TROOP_SHARE * railway.trains) - railway.trains_used, 0.0)


@kernel
def start_move(war: War, field: Field, p: Parameters, index: int, end: int) -> bool:
    """Start a formation on its way to `end`; False if there is no way."""
    f = war.formations[index]
    if f.place == end:
        return True
    if war.places[end].holder != f.side:
        return False
    days = find_way(war, field, p, f.side, f.place, end, war.path[index])
    if days < 0.0:
        return False
    f.status = Status.MOVING
    f.bound_for = end
    f.contact = -1
    f.travel_days = days
    f.trains_left = f.men * 0.001 * p.theatre_troop_trains
    # By rail only where that is quicker than on foot, loading included.
    daily = _trains_a_day(war, field, p, index)
    on_foot = march_days(war, field, p, index)
    if days + f.trains_left / max(daily, 0.01) > on_foot:
        f.trains_left = 0.0
        f.travel_days = on_foot
    return True


@kernel
def _trains_a_day(war: War, field: Field, p: Parameters, index: int) -> float:
    """Troop trains a day that every railway on a formation's way can take."""
    least = 1000.0
    for step in range(war.path.shape[1]):
        link = war.path[index, step]
        if link < 0:
            break
        if field.kind[link] == LinkKind.RAIL:
            least = min(least, free_trains(war, link, p) / 7.0)
    return least


@kernel
def _load_trains(war: War, field: Field, p: Parameters, index: int) -> None:
    """Send off as many of a formation's trains as every railway on its way has left."""
    f = war.formations[index]
    room = f.trains_left
    for step in range(war.path.shape[1]):
        link = war.path[index, step]
        if link < 0:
            break
        if field.kind[link] == LinkKind.RAIL:
            room = min(room, free_trains(war, link, p))
    for step in range(war.path.shape[1]):
        link = war.path[index, step]
        if link < 0:
            break
        if field.kind[link] == LinkKind.RAIL:
            war.links[link].trains_used = war.links[link].trains_used + room
    f.trains_left = f.trains_left - room


@kernel
def _stranded(war: War, field: Field, index: int) -> bool:
    """Tell whether the enemy has cut the way of a move."""
    side = war.formations[index].side
    here = war.formations[index].place
    for step in range(war.path.shape[1]):
        link = war.path[index, step]
        if link < 0:
            break
        here = field.origin[link] + field.destination[link] - here
        if war.places[here].holder != side:
            return True
    return False


@kernel
def move_on(war: War, field: Field, p: Parameters) -> None:
    """Carry all moves on by one day."""
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.MOVING:
            continue
        if _stranded(war, field, index) and not start_move(war, field, p, index, f.bound_for):
            f.status = Status.PRESENT  # it stops where it is
            f.retreating = 0.0
            f.settled_days = 0.0
            continue
        if f.trains_left > 0.001:
            _load_trains(war, field, p, index)
            continue
        f.travel_days = f.travel_days - 1.0
        if f.travel_days <= 0.0:
            f.place = f.bound_for
            f.status = Status.PRESENT
            f.settled_days = 0.0
            f.retreating = 0.0


@kernel
def arrive(war: War, day: float) -> None:
    """Let formations enter the theatre on their day, if their place of entry is still theirs."""
    for index in range(war.n_formations):
        f = war.formations[index]
        due = f.status == Status.WAITING and f.arrives <= day
        if due and war.places[f.place].holder == f.side:
            f.status = Status.PRESENT
            f.settled_days = 0.0
