"""Contact: columns march, fight by the combat model day by day, break off, and take places.

All formations of a side that attack along one link in one direction are a column. A column
meets those who defend the place at its end when it comes within reach of them. A battle keeps
its errors from its first day; its daily losses add up to the fitted total of its length; it
ends by a hazard of its own, and who has won then is the sign of its score.

Theory: docs/mechanisms/campaign.md, docs/mechanisms/combat.md
"""

from __future__ import annotations

from jukushi.dice import Site, four_units
from jukushi.kernel import kernel
from jukushi.mechanisms.combat import (
    Conditions,
    advance_rate,
    break_off_hazard,
    combat_power,
    errors_of,
    exchange,
    ground,
    intensity,
    log_loss_attacker,
    log_loss_defender,
    mobility,
    result_score,
    share_lost_by,
)
from jukushi.mechanisms.types import Parameters
from jukushi.numerics import clip, exp32, log32, normal_quantile32, where
from jukushi.war.records import Field, LinkKind, Order, Status, War

__all__ = ["conditions_at", "fight_all", "gather", "link_end", "link_start"]

#: Day noise of losses: sd, memory from day to day, correlation of the sides (Ardennes daily
#: file, as summarised in the combat study).
_NOISE_SD = 0.27
_NOISE_KEPT = 0.4
_NOISE_FRESH = 0.9165
_NOISE_SHARED = 0.4
_NOISE_OWN = 0.9165
#: A defence counts as prepared again after so many quiet days (assumption).
_DAYS_TO_DIG_IN = 4.0


@kernel
def link_start(field: Field, contact: int) -> int:
    """Place from which a contact is fought."""
    return field.origin[contact >> 1] if (contact & 1) == 0 else field.destination[contact >> 1]


@kernel
def link_end(field: Field, contact: int) -> int:
    """Place that a contact attacks."""
    return field.destination[contact >> 1] if (contact & 1) == 0 else field.origin[contact >> 1]


@kernel
def supply_factor(met: float, p: Parameters) -> float:
    """Share of its power that a formation keeps when a part `met` of its needs is met."""
    return exp32(-p.theatre_supply_power * (1.0 - met))


@kernel
def gather(war: War, field: Field, p: Parameters) -> None:
    """Sum strengths at places and on contacts for the day."""
    for place in range(war.n_places):
        here = war.places[place]
        for side in range(2):
            here.men[side] = 0.0
            here.power[side] = 0.0
            here.attack[side] = 0.0
            here.attackers[side] = 0.0
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status == Status.PRESENT and f.contact >= 0:
            _forget(war, f.contact)
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT:
            f.power = 0.0
            continue
        f.power = combat_power(f.men, f.tanks, f.guns, p) * f.worth * supply_factor(f.met, p)
        here = war.places[f.place]
        here.men[f.side] = here.men[f.side] + f.men
        here.power[f.side] = here.power[f.side] + f.power
        if f.contact >= 0:
            _join(war, field, index)


@kernel
def _forget(war: War, contact: int) -> None:
    c = war.contacts[contact]
    c.men = 0.0
    c.tanks = 0.0
    c.power = 0.0
    c.motor = 0.0
    c.supply = 0.0
    c.active = 0


@kernel
def _join(war: War, field: Field, index: int) -> None:
    """Add a formation to its column."""
    f = war.formations[index]
    c = war.contacts[f.contact]
    target = war.places[link_end(field, f.contact)]
    c.active = 1
    c.men = c.men + f.men
    c.tanks = c.tanks + f.tanks
    c.power = c.power + f.power
    c.motor = c.motor + f.motor * f.men
    c.supply = c.supply + f.met * f.men
    target.attack[f.side] = target.attack[f.side] + f.power


@kernel
def conditions_at(
    war: War, field: Field, p: Parameters, contact: int, side: int, surprise: float, air: float,
    winter: float, wet: float,
) -> Conditions:  # fmt: skip
    """Return the conditions of an attack along a contact by `side`."""
    link = contact >> 1
    c = war.contacts[contact]
    b = war.places[link_end(field, contact)]
    near = field.km[link] - c.km <= p.theatre_reach_km
    fresh = c.broken < 0.5
    quiet = war.day - c.last_fought
    dug_in = where(fresh or (quiet > _DAYS_TO_DIG_IN), 1.0, 0.0)
    works = where(near and (b.holder == b.first_holder), b.works, 0.0) * where(fresh, 1.0, 0.3)
    return Conditions(
        surprise,
        air,
        dug_in * (1.0 - works),
        works,
        0.0,
        field.rugged[link],
        field.flat[link],
        field.wood[link],
        field.bare[link],
        field.desert[link],
        wet,
        winter,
        field.crossing[link] * where(c.km < 5.0, 1.0, 0.0),
    )


@kernel
def _open_battle(war: War, p: Parameters, contact: int, seed: int, history: int) -> None:
    """Draw the errors of a battle, once, by its number on this contact."""
    c = war.contacts[contact]
    c.number = c.number + 1
    u0, u1, u2, u3 = four_units(seed, history, c.number, Site.CAMPAIGN_BATTLE, contact)
    w, a, d, v = errors_of(
        normal_quantile32(u0), normal_quantile32(u1), normal_quantile32(u2),
        normal_quantile32(u3), p,
    )  # fmt: skip
    c.error_w = w
    c.error_a = a
    c.error_d = d
    c.error_v = v
    c.clock = 0.0
    c.battle_km = 0.0
    c.noise_a = 0.0
    c.noise_d = 0.0


@kernel
def march_rate(motor: float, factor_mech: float, factor_foot: float, met: float,
               p: Parameters) -> float:  # fmt: skip
    """Km a day of a column that nobody stops, by its share of motors, season and supply."""
    speed = motor * p.theatre_march_motor * factor_mech
    speed = speed + (1.0 - motor) * p.theatre_march_foot * factor_foot
    return speed * (p.theatre_supply_march + (1.0 - p.theatre_supply_march) * met)


@kernel
def fight_all(
    war: War, field: Field, p: Parameters, day: int, month: int, winter: float, wet: float,
    surprise: float, air: float, quality: float, blood: float, seed: int, history: int,
) -> None:  # fmt: skip
    """March or fight on every contact; losses fall on formations at once.

    `surprise`, `air` and `quality` (log) are those of side 0; side 1 sees the negatives.
    """
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT or f.contact < 0:
            continue
        c = war.contacts[f.contact]
        if c.active != 1:
            continue
        c.active = 2  # each column once a day
        sign = 1.0 if f.side == 0 else -1.0
        z = conditions_at(
            war, field, p, f.contact, f.side, max(sign * surprise, 0.0), sign * air, winter, wet
        )
        _advance_column(
            war, field, p, f.contact, f.side, z, sign * quality, blood, day, month, seed, history
        )


@kernel
def _advance_column(
    war: War, field: Field, p: Parameters, contact: int, side: int, z: Conditions,
    quality: float, blood: float, day: int, month: int, seed: int, history: int,
) -> None:  # fmt: skip
    """Carry one column forward by a day."""
    c = war.contacts[contact]
    link = contact >> 1
    a = war.places[link_start(field, contact)]
    b = war.places[link_end(field, contact)]
    enemy = 1 - side
    if c.rest > 0.0:
        c.rest = max(c.rest - 1.0, 0.0)
        c.tired = max(c.tired - 1.0, 0.0)
        return
    # Two columns that meet head on: the stronger attacks.
    if a.attack[enemy] > c.power:
        return
    area = field.area[link]
    mech = field.move_mechanised[month, area] if area >= 0 else 1.0
    foot = field.move_infantry[month, area] if area >= 0 else 1.0
    met = c.supply / max(c.men, 1.0)
    march = march_rate(c.motor / max(c.men, 1.0), mech, foot, met, p)
    by_sea = field.kind[link] == LinkKind.SEA
    if by_sea:
        march = 250.0
    left = field.km[link] - c.km
    defended = b.power[enemy] > 0.01 * c.power
    if not defended or left > p.theatre_reach_km + march:
        c.km = c.km + march
        return
    if left > p.theatre_reach_km:
        c.km = field.km[link] - p.theatre_reach_km
    _battle_day(war, field, p, contact, side, z, quality, blood, march, by_sea, day, seed, history)


@kernel
def _growth(log_first_day: float, days: float, exponent: float) -> float:
    """Share lost in the last of `days` days."""
    return share_lost_by(log_first_day, days, exponent) - share_lost_by(
        log_first_day, days - 1.0, exponent
    )


@kernel
def _battle_day(
    war: War, field: Field, p: Parameters, contact: int, side: int, z: Conditions,
    quality: float, blood: float, march: float, by_sea: bool, day: int, seed: int, history: int,
) -> None:  # fmt: skip
    """Fight one day of a battle."""
    c = war.contacts[contact]
    b = war.places[link_end(field, contact)]
    enemy = 1 - side
    if c.clock < 0.5:
        _open_battle(war, p, contact, seed, history)
    # Losses go by the days that these divisions have fought without rest, not by the battle:
    # only fresh divisions, or a pause, begin the bloody first day again.
    c.last_fought = war.day
    c.clock = c.clock + 1.0
    c.tired = c.tired + 1.0
    t = c.clock
    spent = c.tired
    # Attackers from the sea land day by day; the defenders of a place share themselves out
    # among those who attack it, and a part of them is elsewhere.
    landed = 1.0
    if by_sea:
        c.landed = c.landed + p.theatre_landing_men
        landed = min(c.landed / max(c.men, 1.0), 1.0)
    shared = c.power / max(b.attack[side], 1.0)
    met_share = shared * (1.0 - (1.0 - p.theatre_dispersal) * shared)
    men_a = max(c.men * landed, 1.0)
    men_d = max(b.men[enemy] * met_share, 1.0)
    power_a = max(c.power * landed, 1.0)
    power_d = max(b.power[enemy] * met_share, 1.0)
    log_size = 0.5 * log32(men_a * men_d) - 9.9034876  # ln 20000
    x = log32(power_a / power_d) + exchange(z, p) + quality
    x = x - where(by_sea, p.theatre_landing_odds, 0.0)
    score = result_score(x, ground(z, p), p)
    bloody = intensity(z, log_size, p) + blood
    y_a = log_loss_attacker(x, bloody, p) + p.sd_attacker * c.error_a
    y_d = log_loss_defender(x, bloody, p) + p.sd_defender * c.error_d
    ua, ud, uh, _ = four_units(seed, history, day, Site.CAMPAIGN_DAY, contact)
    fresh_a = normal_quantile32(ua)
    fresh_d = _NOISE_SHARED * fresh_a + _NOISE_OWN * normal_quantile32(ud)
    c.noise_a = _NOISE_KEPT * c.noise_a + _NOISE_FRESH * fresh_a
    c.noise_d = _NOISE_KEPT * c.noise_d + _NOISE_FRESH * fresh_d
    rate_a = _growth(y_a, spent, p.attacker_days)
    rate_d = _growth(y_d, spent, p.defender_days)
    lost_a = 1.0 - exp32(-rate_a * exp32(_NOISE_SD * c.noise_a))
    lost_d = 1.0 - exp32(-rate_d * exp32(_NOISE_SD * c.noise_d))
    _take_losses(war, contact, b.holder, side, lost_a * landed, lost_d * met_share,
                 link_end(field, contact))  # fmt: skip
    # Ground gained by the day is the growth of the mean advance times its days.
    front = p.theatre_front_km * men_a * 0.001
    log_density = log32(men_d * 0.001 / max(front, 1.0))
    gained = t * advance_rate(score, mobility(z, p), log_size, log_density, t, c.error_v, p)
    step = clip(gained - c.battle_km, 0.0, march)
    c.battle_km = max(gained, c.battle_km)
    c.km = c.km + step
    hazard = break_off_hazard(t, log_size, z, score, p)
    if uh < hazard:
        _end_battle(war, p, contact, score + c.error_w)


@kernel
def _end_battle(war: War, p: Parameters, contact: int, score: float) -> None:
    """Break off: a beaten defender falls back and is followed, a beaten attacker rests."""
    c = war.contacts[contact]
    c.clock = 0.0
    if score > p.draw_half_width:
        c.km = c.km + p.theatre_fallback_km * clip(score, 0.5, 4.0)
        c.rest = p.theatre_regroup_days
        c.broken = c.broken + 1.0
    else:
        c.rest = p.theatre_rest_days


@kernel
def _take_losses(
    war: War, contact: int, holder: int, side: int, share_a: float, share_d: float, place: int
) -> None:
    """Take a share of their men, tanks and guns from both sides of a fight."""
    for index in range(war.n_formations):
        f = war.formations[index]
        if f.status != Status.PRESENT:
            continue
        share = 0.0
        if f.contact == contact and f.side == side:
            share = share_a
        elif f.place == place and f.side == 1 - side:
            share = share_d
        if share > 0.0:
            lost = f.men * share
            f.men = f.men - lost
            f.lost = f.lost + lost
            tanks = f.tanks * share
            war.sides[f.side].tanks_lost = war.sides[f.side].tanks_lost + tanks
            f.tanks = f.tanks - tanks
            f.guns = f.guns - f.guns * share


@kernel
def is_attacking(order: int) -> bool:
    """Tell whether an order sends a formation forward."""
    return order == Order.ATTACK or order == Order.COUNTER_ATTACK
