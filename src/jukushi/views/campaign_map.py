"""The maps of one history of a campaign: from a film's day to a situation on the sheet."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from jukushi.questions.campaign_film import Film
from jukushi.views.campaign import rounded
from jukushi.views.campaign_titles import Titles
from jukushi.views.map import FormationMark, Situation, campaign_sheet_svg, situation_svg
from jukushi.views.map_scene import State
from jukushi.views.words import Words
from jukushi.war.records import Order, Status

__all__ = ["film_sheet_svg", "situation_of", "week_svg"]

#: A railway with so much of it destroyed is struck out on the map.
_DAMAGED = 0.5
#: Dates of the small multiples, the opening and the end among them.
_DATES = 6
#: Days for which those who laid down their arms stay on the map.
_STAY = 14


def film_sheet_svg(film: Film, words: Words) -> str:
    """Draw the campaign as small maps: the opening, four dates between, and its end."""
    days = [round(film.last_day * step / (_DATES - 1)) for step in range(_DATES)]
    situations = [situation_of(film, day, words) for day in dict.fromkeys(days)]
    return campaign_sheet_svg(situations, film.case, words)


def week_svg(film: Film, week: int, words: Words) -> str:
    """Draw the end of one week (the first is week 1) as one map."""
    return situation_svg(situation_of(film, film.week_ends(week - 1), words), film.case, words)


def situation_of(film: Film, day: int, words: Words) -> Situation:
    """Return what stood where on one day."""
    titles = Titles(film.case, film.theatre.campaign, words)
    holder = film.array(day, "places", "holder")
    first = film.array(day, "places", "first_holder")
    return Situation(
        date=film.date_of(day),
        title=titles.campaign,
        finding=_finding(film, day, titles, words),
        holders={
            place: film.theatre.sides[holder[number]]
            for number, place in enumerate(film.theatre.places)
            if holder[number] != first[number]
        },
        formations=_marks(film, day, titles),
        damaged=_damaged(film, day),
        objectives=tuple(film.theatre.campaign.objectives),
        numbers=tuple(_losses(film, day, side, titles, words) for side in range(2)),
    )


def _finding(film: Film, day: int, titles: Titles, words: Words) -> str:
    broken = film.array(day, "sides", "broken_day")
    said: dict[str, Any] = {
        "day": day,
        "power": titles.powers[film.theatre.sides[0]],
        "count": len(film.held(day)),
        "all": len(film.theatre.campaign.objectives),
    }
    for side in (1, 0):
        if broken[side] >= 0:
            power = titles.powers[film.theatre.sides[side]]
            return words("film.finding_broken", **said, broken=power)
    return words("film.finding", **said)


def _losses(film: Film, day: int, side: int, titles: Titles, words: Words) -> str:
    s = film.frames[day]["sides"][side]
    return words(
        "film.losses",
        power=titles.powers[film.theatre.sides[side]],
        lost=rounded(float(s["lost"]), words),
        captured=rounded(float(s["captured"]), words),
        supply=words.percent(float(s["met"]), 0),
    )


def _damaged(film: Film, day: int) -> frozenset[tuple[str, str]]:
    field, places = film.theatre.field[0], film.theatre.places
    damage = film.array(day, "links", "damage")
    return frozenset(
        (places[field["origin"][link]], places[field["destination"][link]])
        for link in range(len(damage))
        if damage[link] >= _DAMAGED
    )


def _marks(film: Film, day: int, titles: Titles) -> tuple[FormationMark, ...]:
    marks = []
    for index, name in enumerate(film.theatre.formations):
        f = film.frames[day]["formations"][index]
        gone = f["status"] == Status.GONE
        men = float(f["captured"] if gone else f["men"])
        old = gone and day > _STAY and _gone_on(film, day - _STAY, index)
        if f["status"] == Status.WAITING or men < 1.0 or old:
            continue
        place, target, share = _where(film, day, index)
        marks.append(
            FormationMark(
                name=titles.formations[name],
                power=film.theatre.sides[f["side"]],
                men=men,
                place=place,
                target=target,
                share=share,
                state=_state(film, day, index),
                supply=float(f["met"]),
            )
        )
    return tuple(marks)


def _gone_on(film: Film, day: int, index: int) -> bool:
    return bool(film.frames[day]["formations"][index]["status"] == Status.GONE)


def _state(film: Film, day: int, index: int) -> State:
    """Say what a formation does: the first of these that is so."""
    f = film.frames[day]["formations"][index]
    if f["status"] == Status.GONE:
        return "surrendered"
    if f["cut"] > 0.5:
        return "cut"
    if f["retreating"] > 0.5 or f["order"] == Order.WITHDRAW:
        return "withdraw"
    if f["status"] == Status.MOVING:
        return "move"
    if f["contact"] >= 0:
        resting = film.array(day, "contacts", "rest")[f["contact"]] > 0.0
        return "waiting" if resting else "attack"
    return "hold"


def _where(film: Film, day: int, index: int) -> tuple[str, str | None, float]:
    """Return where a formation stands or comes from, where it goes, and how far it is."""
    f = film.frames[day]["formations"][index]
    places, field = film.theatre.places, film.theatre.field[0]
    contact = int(f["contact"])
    if f["status"] == Status.PRESENT and contact >= 0:
        link = contact >> 1
        ends = places[field["origin"][link]], places[field["destination"][link]]
        start, end = ends if contact % 2 == 0 else ends[::-1]
        km = float(film.array(day, "contacts", "km")[contact])
        return start, end, min(km / float(field["km"][link]), 1.0)
    if f["status"] == Status.MOVING and f["bound_for"] != f["place"]:
        return _on_path(film, day, index)
    return places[f["place"]], None, 0.0


def _on_path(film: Film, day: int, index: int) -> tuple[str, str | None, float]:
    """Find the link of its path on which a formation on the move is, by its days on the way."""
    field, places = film.theatre.field[0], film.theatre.places
    f = film.frames[day]["formations"][index]
    path = list(takewhile(lambda link: link >= 0, map(int, film.frames[day]["path"][index])))
    left = _part_covered(film, day, index) * sum(float(field["km"][link]) for link in path)
    here = int(f["place"])
    for link in path:
        there = int(field["origin"][link] + field["destination"][link]) - here
        km = float(field["km"][link])
        if left < km or link == path[-1]:
            return places[here], places[there], min(left / km, 1.0)
        left, here = left - km, there
    return places[here], places[f["bound_for"]], 0.0


def _part_covered(film: Film, day: int, index: int) -> float:
    """Return the part of a move that is over: days since its start over all its days."""
    now = film.frames[day]["formations"][index]
    if now["trains_left"] > 0.0:
        return 0.0
    begun = day
    while begun > 0:
        before = film.frames[begun - 1]["formations"][index]
        if before["status"] != Status.MOVING or before["bound_for"] != now["bound_for"]:
            break
        if before["trains_left"] > 0.0:
            break
        begun -= 1
    gone = day - begun
    return gone / max(gone + max(float(now["travel_days"]), 0.0), 1.0)
