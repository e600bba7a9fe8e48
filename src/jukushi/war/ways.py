"""Ways behind the lines: the quickest through places that a side holds, and its days of travel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Parameters
from jukushi.war.records import Field, LinkKind, War

__all__ = ["find_way", "march_days"]

_FAR = 1.0e9
#: Km a day of a convoy, at about seven knots.
_CONVOY_KM = 300.0


@kernel
def find_way(
    war: War,
    field: Field,
    p: Parameters,
    side: int,
    start: int,
    end: int,
    path: npt.NDArray[np.int32],
) -> float:
    """Find the quickest way of a formation behind its own lines.

    Writes the links of the way into `path` (-1 after the last) and returns its days of travel,
    or -1 where there is none. The formation may start at a place that its side has just lost.
    """
    if war.places[end].holder != side:
        return -1.0
    for place in range(war.n_places):
        war.places[place].distance[side] = _FAR
        war.places[place].parent[side] = -1
        war.places[place].reached[side] = 0
    # The way is grown from its end, so that it comes out in the order of travel.
    queue = war.queue
    queue[0] = end
    war.places[end].distance[side] = 0.0
    head, waiting, n_places = 0, 1, war.n_places
    while waiting > 0:
        here = queue[head % n_places]
        head += 1
        waiting -= 1
        war.places[here].reached[side] = 1
        for k in range(field.first_link[here], field.first_link[here + 1]):
            index = field.links_at[k]
            there = field.origin[index] + field.destination[index] - here
            if field.kind[index] == LinkKind.SEA and war.links[index].tons <= 0.0:
                continue
            if war.places[there].holder != side and there != start:
                continue
            days = war.places[here].distance[side] + _days_on(field, index, war, p)
            if days < war.places[there].distance[side]:
                war.places[there].distance[side] = days
                war.places[there].parent[side] = index
                if war.places[there].reached[side] != 2:
                    war.places[there].reached[side] = 2
                    queue[(head + waiting) % n_places] = there
                    waiting += 1
    total = war.places[start].distance[side]
    if total >= _FAR:
        return -1.0
    here = start
    step = 0
    while here != end and step < path.shape[0]:
        index = war.places[here].parent[side]
        path[step] = index
        step += 1
        here = field.origin[index] + field.destination[index] - here
    if here != end:
        return -1.0
    if step < path.shape[0]:
        path[step] = -1
    return total


@kernel
def march_days(war: War, field: Field, p: Parameters, index: int) -> float:
    """Days that a formation needs for its way without trains, by its share of motors."""
    motor = war.formations[index].motor
    speed = motor * p.theatre_march_motor + (1.0 - motor) * p.theatre_march_foot
    days = 0.0
    for step in range(war.path.shape[1]):
        link = war.path[index, step]
        if link < 0:
            break
        by_water = field.kind[link] == LinkKind.SEA or field.kind[link] == LinkKind.RIVER
        days += field.km[link] / (_CONVOY_KM if by_water else speed)
    return days


@kernel
def _days_on(field: Field, index: int, war: War, p: Parameters) -> float:
    """Days that troops need for a link: by train where there are trains, else on foot."""
    kind = field.kind[index]
    speed = np.float32(p.theatre_march_foot)
    if kind == LinkKind.RAIL and war.links[index].trains > 0.0:
        speed = np.float32(p.theatre_rail_km)
    elif kind == LinkKind.SEA or kind == LinkKind.RIVER:
        speed = np.float32(_CONVOY_KM)
    return field.km[index] / speed
