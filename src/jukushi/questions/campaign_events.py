"""What happened in each week of a filmed campaign: places, battles, formations, phases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.campaign_film import Film
from jukushi.war.records import Order, Status

__all__ = ["Battle", "Event", "Standing", "Week", "weeks_of"]


@dataclass(frozen=True)
class Event:
    """Something that happened on one day.

    Attributes
    ----------
    day : int
        Days since the opening.
    key : str
        ``phase``, ``taken``, ``retaken``, ``committed``, ``arrived``, ``cut``, ``relieved``,
        ``ordered_back``, ``driven_back``, ``laid_down``, ``success``, ``broken``.
    side : int
        Whose it is: 0 the attacker.
    name : str
        Phase, place or formation.
    men : float
    """

    day: int
    key: str
    side: int
    name: str = ""
    men: float = 0.0


@dataclass(frozen=True)
class Battle:
    """The fight for one place from one direction in one week.

    Attributes
    ----------
    origin, place : str
    side : int
        Who attacks.
    days, won, repulsed : int
        Days fought; battles that ended with the defender or the attacker beaten.
    """

    origin: str
    place: str
    side: int
    days: int
    won: int
    repulsed: int


@dataclass(frozen=True)
class Standing:
    """How a side stands at the end of a week."""

    supply: float
    men: float
    lost: float
    captured: float
    tanks: float
    aircraft: float


@dataclass(frozen=True)
class Week:
    """One week of a campaign.

    Attributes
    ----------
    first_day, last_day : int
    events : list of Event
        In the order of their days.
    battles : list of Battle
        The longest first.
    held : list of str
        Objectives that the attacker holds at its end.
    standings : (Standing, Standing)
        Of the attacker and the defender.
    """

    first_day: int
    last_day: int
    events: list[Event] = field(default_factory=list)
    battles: list[Battle] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    standings: tuple[Standing, ...] = ()


def weeks_of(film: Film) -> list[Week]:
    """Return the campaign week by week."""
    return [_week(film, week) for week in range(film.weeks)]


def _week(film: Film, week: int) -> Week:
    first, last = 7 * week, film.week_ends(week)
    events = [event for day in range(first, last + 1) for event in _day(film, day)]
    return Week(
        first, last, events, _battles(film, first, last), film.held(last),
        (_standing(film, last, 0), _standing(film, last, 1)),
    )  # fmt: skip


def _standing(film: Film, day: int, side: int) -> Standing:
    s = film.frames[day]["sides"][side]
    aircraft = s["aircraft_first"] - s["aircraft"]
    fields = (s["met"], s["men_left"], s["lost"], s["captured"], s["tanks_lost"], aircraft)
    return Standing(*(float(value) for value in fields))


def _day(film: Film, day: int) -> Iterator[Event]:
    yield from _phases(film, day)
    yield from _places(film, day)
    broken = [s for s in range(2) if film.array(day, "sides", "broken_day")[s] == day]
    if day > 0:
        yield from _formations(film, day, broken)
    if film.result["success_day"] == day:
        yield Event(day, "success", 0)
    for side in broken:
        gained = _change(film, day, "sides", "captured")[side]
        yield Event(day, "broken", side, film.theatre.sides[side], float(gained))


def _change(film: Film, day: int, part: str, name: str) -> npt.NDArray[Any]:
    now = film.array(day, part, name)
    changed: npt.NDArray[Any] = now - film.array(day - 1, part, name) if day > 0 else now
    return changed


def _phases(film: Film, day: int) -> Iterator[Event]:
    opened = film.frames[day]["phase_open"]
    before = film.frames[day - 1]["phase_open"] if day > 0 else np.zeros_like(opened)
    for number, phase in enumerate(film.theatre.campaign.phases):
        if opened[number] == 1 and before[number] == 0:
            side = film.theatre.sides.index(phase.power)
            yield Event(day, "phase", side, phase.id)


def _places(film: Film, day: int) -> Iterator[Event]:
    now = film.array(day, "places", "holder")
    first = film.array(day, "places", "first_holder")
    before = film.array(day - 1, "places", "holder") if day > 0 else first
    for place in np.flatnonzero(now != before):
        key = "retaken" if now[place] == first[place] else "taken"
        yield Event(day, key, int(now[place]), film.theatre.places[place])


def _formations(film: Film, day: int, broken: list[int]) -> Iterator[Event]:
    """Yield what became of formations; those of a side that breaks down that day are left out."""
    now = {name: film.array(day, "formations", name) for name in _WATCHED}
    before = {name: film.array(day - 1, "formations", name) for name in _WATCHED}
    for index, name in enumerate(film.theatre.formations):
        side = int(now["side"][index])
        a = {key: before[key][index] for key in _WATCHED}
        b = {key: now[key][index] for key in _WATCHED}
        for key in _changes(a, b):
            men = b["captured"] - a["captured"] if key == "laid_down" else b["men"]
            if not (key == "laid_down" and side in broken):
                yield Event(day, key, side, name, float(men))


_WATCHED = ("side", "status", "order", "cut", "committed", "retreating", "captured", "men")


def _changes(a: dict[str, Any], b: dict[str, Any]) -> Iterator[str]:
    """Name what changed for one formation from one day to the next."""
    if a["status"] != Status.GONE and b["status"] == Status.GONE:
        yield "laid_down"
    if b["status"] == Status.GONE:
        return
    if a["status"] == Status.WAITING and b["status"] != Status.WAITING:
        yield "arrived"
    if a["committed"] < 0.5 <= b["committed"]:
        yield "committed"
    if a["cut"] < 0.5 <= b["cut"]:
        yield "cut"
    if b["cut"] < 0.5 <= a["cut"]:
        yield "relieved"
    if a["retreating"] < 0.5 <= b["retreating"]:
        yield "ordered_back" if b["order"] == Order.WITHDRAW else "driven_back"


def _battles(film: Film, first: int, last: int) -> list[Battle]:
    """Count battles of a week by contact, the longest first."""
    ends = film.theatre.field[0]
    found = []
    days, won, repulsed = _fought(film, first, last)
    for contact in np.flatnonzero(days):
        link = contact >> 1
        pair = (int(ends["origin"][link]), int(ends["destination"][link]))
        start, end = pair if contact % 2 == 0 else pair[::-1]
        found.append(
            Battle(
                film.theatre.places[start], film.theatre.places[end],
                _attacker(film, first, last, int(contact)),
                int(days[contact]), int(won[contact]), int(repulsed[contact]),
            )
        )  # fmt: skip
    return sorted(found, key=lambda battle: (-battle.days, battle.place, battle.origin))


def _fought(film: Film, first: int, last: int) -> tuple[npt.NDArray[Any], ...]:
    """Return days fought, battles won and battles lost by the attacker, by contact."""
    size = 2 * int(film.theatre.field[0]["n_links"])
    days, won, repulsed = (np.zeros(size, np.int64) for _ in range(3))
    for day in range(first, last + 1):
        clock = film.array(day, "contacts", "clock")
        rose = _change(film, day, "contacts", "clock") > 0.5
        began = _change(film, day, "contacts", "number") > 0
        going = (clock - _change(film, day, "contacts", "clock")) > 0.5
        rest = film.array(day, "contacts", "rest") > 0.0
        ended = (began | going) & (clock < 0.5) & rest
        beaten = _change(film, day, "contacts", "broken") > 0.5
        days += rose | ended
        won += ended & beaten
        repulsed += ended & ~beaten
    return days, won, repulsed


def _attacker(film: Film, first: int, last: int, contact: int) -> int:
    """Return the side that attacked on a contact, from the columns that stood on it."""
    for day in range(last, first - 1, -1):
        on_it = film.array(day, "formations", "contact") == contact
        if on_it.any():
            return int(film.array(day, "formations", "side")[on_it][0])
    return 0
