"""Ground that changes hands: capture, retreat, encirclement, surrender, breakdown.

A place falls when a column has covered the way to it. Its defenders fall back to a place of
their own that supplies reach, or are taken where there is none. A force that is cut off and
has eaten its stock lays down arms by a daily chance.

Theory: docs/mechanisms/campaign.md
"""

from __future__ import annotations

from jukushi.dice import Site, four_units
from jukushi.kernel import kernel
from jukushi.mechanisms.types import Parameters
from jukushi.war.fight import link_end
from jukushi.war.records import Field, LinkKind, Order, Status, War
from jukushi.war.supply import daily_need_tons

__all__ = ["break_down", "fall_back", "surrender", "take_places"]

_FAR = 1.0e9
#: Share of an enemy depot that its captor can use (assumption).
_CAPTURED = 0.5


@kernel
def take_places(war: War, field: Field, p: Parameters, day: float) -> None:
    """Let every column that has arrived take its place."""
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT or f.contact < 0:
            continue
        contact = f.contact
        if war.contacts[contact].km >= field.km[contact >> 1]:
            if war.places[link_end(field, contact)].holder != f.side:
                _take(war, field, p, contact, f.side, day)
            _move_in(war, field, contact, f.side)


@kernel
def _move_in(war: War, field: Field, contact: int, side: int) -> None:
    """Bring the column into the place that it has taken."""
    place = link_end(field, contact)
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.contact == contact and f.side == side and f.status == Status.PRESENT:
            f.place = place
            f.contact = -1
            f.settled_days = 0.0


@kernel
def _take(war: War, field: Field, p: Parameters, contact: int, side: int, day: float) -> None:
    """Change the holder of the place that a contact attacks."""
    place = link_end(field, contact)
    enemy = 1 - side
    here = war.places[place]
    here.holder = side
    here.taken_day = day
    here.stock[side] = here.stock[side] + _CAPTURED * here.stock[enemy]
    here.stock[enemy] = 0.0  # the rest is burnt
    gained = field.km[contact >> 1]
    war.sides[side].ground_km = war.sides[side].ground_km + gained
    for k in range(field.first_link[place], field.first_link[place + 1]):
        link = field.links_at[k]
        war.contacts[2 * link].km = 0.0
        war.contacts[2 * link].clock = 0.0
        war.contacts[2 * link].tired = 0.0
        war.contacts[2 * link].rest = 0.0
        war.contacts[2 * link].broken = 0.0
        war.contacts[2 * link].landed = 0.0
        war.contacts[2 * link + 1].km = 0.0
        war.contacts[2 * link + 1].clock = 0.0
        war.contacts[2 * link + 1].tired = 0.0
        war.contacts[2 * link + 1].rest = 0.0
        war.contacts[2 * link + 1].broken = 0.0
        war.contacts[2 * link + 1].landed = 0.0
        if field.kind[link] == LinkKind.RAIL:
            war.links[link].damage = max(war.links[link].damage, p.theatre_rail_damage)
    # The column that took it stands in it, whatever was reset.
    war.contacts[contact].km = field.km[contact >> 1]
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.side != enemy or f.place != place:
            continue
        here_now = f.status == Status.PRESENT or f.status == Status.MOVING
        if here_now and not fall_back(war, field, p, index):
            _lay_down_arms(war, index)


@kernel
def fall_back(war: War, field: Field, p: Parameters, index: int) -> bool:
    """Send a formation to the neighbouring place of its side that is best supplied.

    Only land links count. Returns False if there is nowhere to go.
    """
    f = war.formations[index]
    best, best_km = -1, 0.0
    best_distance = 2.0 * _FAR
    for k in range(field.first_link[f.place], field.first_link[f.place + 1]):
        link = field.links_at[k]
        if field.kind[link] == LinkKind.SEA:
            continue
        there = field.origin[link] + field.destination[link] - f.place
        here = war.places[there]
        if here.holder != f.side:
            continue
        # A place under attack is a poor refuge: count it as far away.
        distance = here.haul[f.side] + (2000.0 if here.attack[1 - f.side] > 0.0 else 0.0)
        if distance < best_distance:
            best_distance = distance
            best = there
            best_km = field.km[link]
    if best < 0:
        return False
    f.contact = -1
    f.status = Status.MOVING
    f.bound_for = best
    f.trains_left = 0.0
    f.travel_days = best_km / p.theatre_march_foot
    f.place = best
    war.path[index, 0] = -1
    f.order = Order.HOLD
    f.retreating = 1.0
    return True


@kernel
def surrender(war: War, p: Parameters, day: int, winter: float, seed: int, history: int) -> None:
    """Let what is cut off and out of supply lay down arms; write off what is used up."""
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT and f.status != Status.MOVING:
            continue
        gives_up = f.men < 0.1 * f.men_first
        empty = f.stock_tons < daily_need_tons(f.men, False, winter, p)
        if f.cut > 0.5 and empty:
            u, _, _, _ = four_units(seed, history, day, Site.CAMPAIGN_FORCE, index)
            gives_up = gives_up or (u < 1.0 / p.theatre_surrender_days)
        if gives_up:
            _lay_down_arms(war, index)


@kernel
def _lay_down_arms(war: War, index: int) -> None:
    f = war.formations[index]
    f.captured = f.captured + f.men
    f.men = 0.0
    f.tanks = 0.0
    f.guns = 0.0
    f.stock_tons = 0.0
    f.status = Status.GONE
    f.contact = -1


@kernel
def break_down(war: War, side: int, day: float) -> None:
    """End a side's organised resistance: what is left of it lays down arms."""
    war.sides[side].broken_day = day
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.side == side and f.status != Status.GONE:
            _lay_down_arms(war, index)
