"""The weeks of a case: calendar, seasons and the scripted record, one record a week.

Everything here is the same in all histories and all worlds; what a world may change is a
parameter instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Schedule, Window

__all__ = ["SCHEDULES", "WEEK", "WEEK_FIELDS", "build_weeks", "monday", "week_dtype"]

#: Schedules that every case must give, with units.
SCHEDULES: dict[str, str] = {
    "soviet_inflow": "million_men/week",
    "soviet_supply": "km/week",
    "soviet_start_km": "km",
    "axis_trend": "million_men",
    "drawdown": "share",
    "fleet_change": "Mt",
    "tanker_share": "share",
}

#: Words of the calendar: name, unit, meaning.
WEEK_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("week", "week", "weeks since the start of the case"),
    ("running", "switch", "the world runs by itself"),
    ("war_weeks", "weeks", "weeks since the great war began"),
    ("year", "ratio", "year of the great war: 0, 1, 2 ..."),
    ("summer", "ratio", "cosine of the season: 1 in mid July, -1 in mid January"),
    ("winter", "ratio", "number of the winter: 0, 1, 2, 3"),
    ("mobility_before", "share", "movement on the distant front, two weeks earlier"),
    ("mobility", "share", "movement on the distant front"),
    ("mobility_after", "share", "movement on the distant front, two weeks later"),
    ("theatre_before", "share", "movement in the theatre, two weeks earlier"),
    ("theatre", "share", "movement in the theatre"),
    ("theatre_after", "share", "movement in the theatre, two weeks later"),
    ("theatre_later", "share", "movement when an attack decided now would open (3 weeks on)"),
    ("theatre_winter", "switch", "winter in the theatre (November to March)"),
    ("campaign_season", "switch", "June to September"),
    ("first_winter", "switch", "the first winter of the great war"),
    ("first_summer", "switch", "the first months of the great war"),
    ("conference", "switch", "a conference that can decide for war meets this week"),
    ("liaison", "switch", "services and cabinet meet in a liaison conference this week"),
    ("imperial", "switch", "a conference meets before the throne this week"),
    ("rules_due", "switch", "the hunter's table is consulted this week"),
    ("ordered_hunter", "ratio", "act of the hunter that a script orders this week, 0 for none"),
    ("ordered_prey", "ratio", "the same for the prey"),
    ("recount", "switch", "a new estimate of the garrison comes in"),
    ("khasan", "switch", "the battle of Khasan ends this week"),
    ("khalkhin", "switch", "the battle of Khalkhin Gol ends this week"),
    ("agent_window", "switch", "the agent in the hunter's capital can report"),
    ("decide_from", "week", "first week of this year in which war may be decided"),
    ("decide_until", "week", "last week of this year in which war may be decided"),
    ("season_open", "week", "earliest opening of a campaign that can still be had"),
    ("season_deadline", "week", "latest opening of this year's campaign"),
    ("next_spring", "week", "opening of next year's season"),
    ("lock_month", "ratio", "month of the locks table (0 outside it, then 1, 2 ...)"),
    *((name, unit, "scripted record") for name, unit in SCHEDULES.items()),
)


def week_dtype(precision: Any = np.float32) -> np.dtype[Any]:
    """Return the record of one week."""
    return np.dtype([(name, precision) for name, _, _ in WEEK_FIELDS])


#: The record of the compiled engine.
WEEK = week_dtype()


def monday(case: Case, week: int) -> date:
    """Return the first day of a week of the case."""
    return case.header.period.start + timedelta(weeks=week)


def build_weeks(case: Case) -> npt.NDArray[Any]:
    """Return the records of all weeks of a case, in float64 (cast for the engine)."""
    weeks = np.zeros(case.n_weeks, week_dtype(np.float64))
    front = _monthly(case, "european_russia")
    theatre = _monthly(case, "east_manchuria_primorye")
    values = {item.id: _schedule(case, item) for item in case.schedules.values()}
    windows = {window.year: window for window in case.calendar.windows}
    for index in range(case.n_weeks):
        _fill(case, weeks[index], index, front, theatre, windows)
        for name in SCHEDULES:
            weeks[index][name] = values[name](monday(case, index) + timedelta(days=3))
    _mark(case, weeks)
    return weeks


def _fill(
    case: Case,
    record: Any,
    index: int,
    front: Callable[[date], float],
    theatre: Callable[[date], float],
    windows: dict[int, Window],
) -> None:
    """Set what follows from the date alone."""
    middle = monday(case, index) + timedelta(days=3)
    two = timedelta(weeks=2)
    begins = case.header.period.runs_from
    calendar = case.calendar
    record["week"] = index
    record["rules_due"] = 1.0
    record["running"] = index >= case.first_running_week
    record["war_weeks"] = max(index - case.first_running_week, 0)
    record["year"] = max(middle.year - begins.year, 0)
    record["summer"] = math.cos(2 * math.pi * (middle.timetuple().tm_yday - 200) / 365.25)
    record["winter"] = min(max(middle.year - begins.year - (middle.month < 7), 0), 3)
    for name, movement in (("mobility", front), ("theatre", theatre)):
        record[f"{name}_before"] = movement(middle - two)
        record[name] = movement(middle)
        record[f"{name}_after"] = movement(middle + two)
    record["theatre_later"] = theatre(middle + timedelta(weeks=3))
    record["theatre_winter"] = middle.month in (11, 12, 1, 2, 3)
    record["campaign_season"] = 6 <= middle.month <= 9
    record["first_winter"] = calendar.first_winter_from <= middle <= calendar.first_winter_until
    record["first_summer"] = begins <= middle <= calendar.first_summer_until
    record["agent_window"] = calendar.agent_from <= middle <= calendar.agent_until
    record["lock_month"] = _lock_month(case, middle)
    window = windows.get(middle.year)
    later = windows.get(middle.year + 1, window)
    if window is None or later is None:
        return
    record["decide_from"] = case.week_of(window.decide_from)
    record["decide_until"] = case.week_of(window.decide_until)
    record["season_deadline"] = case.week_of(window.season_close)
    spring = case.week_of(later.season_open)
    if later is window:
        spring = case.week_of(window.season_open) + 52.0
    record["next_spring"] = spring
    record["season_open"] = (
        case.week_of(window.season_open) if middle <= window.season_close else index
    )


def _lock_month(case: Case, day: date) -> int:
    first = case.calendar.locks_from
    number = (day.year - first.year) * 12 + day.month - first.month
    return number + 1 if 0 <= number < case.calendar.locks_months else 0


def _mark(case: Case, weeks: npt.NDArray[Any]) -> None:
    """Set the weeks of dated events: conferences, recounts, battles."""
    calendar = case.calendar
    for name, notes, since, every in (
        ("conference", calendar.conferences, calendar.conferences_from, calendar.conferences_every),
        ("recount", calendar.recounts, calendar.recounts_from, calendar.recounts_every),
    ):
        _set(case, weeks, name, (note.date for note in notes))
        weeks[name][int(case.week_of(since)) :: every] = 1.0
    for kind in ("liaison", "imperial"):
        _set(case, weeks, kind, (note.date for note in calendar.conferences if note.kind == kind))
    later = int(case.week_of(calendar.conferences_from))
    weeks["liaison"][later :: calendar.conferences_every] = 1.0
    if calendar.imperial_every is not None:
        weeks["imperial"][later :: calendar.imperial_every] = 1.0
    _set(case, weeks, "khasan", [calendar.battles["khasan"].date])
    _set(case, weeks, "khalkhin", [calendar.battles["khalkhin_gol"].date])


def _set(case: Case, weeks: npt.NDArray[Any], name: str, days: Iterable[date]) -> None:
    for day in days:
        weeks[name][int(case.week_of(day))] = 1.0


def _monthly(case: Case, area: str) -> Callable[[date], float]:
    """Movement factor of large mechanised forces, linear between the middles of months."""
    months = sorted(
        (row.month, row.mechanised) for row in case.tables["weather"] if row.area == area
    )
    factors = [factor for _, factor in months]
    middles = [30.4375 * (month - 0.5) for month, _ in months]

    mud = case.calendar.mud if area == "european_russia" else []

    def movement(day: date) -> float:
        usual = float(np.interp(day.timetuple().tm_yday, middles, factors, period=365.25))
        here = [spell.movement for spell in mud if spell.begins <= f"{day:%m-%d}" <= spell.ends]
        return min([usual, *here])

    return movement


def _schedule(case: Case, item: Schedule) -> Callable[[date], float]:
    """Value of a schedule on a day: the last step, or linear between points."""
    if item.points is not None:
        points = [(point.date, point.value * item.times) for point in item.points]
    else:
        cells = ((row.date, getattr(row, item.column or "")) for row in case.tables["front"])
        points = [(day, cell * item.times) for day, cell in cells if cell is not None]
    days = [day.toordinal() for day, _ in points]
    values = [value for _, value in points]

    def at(day: date) -> float:
        if item.interpolation == "linear":
            return float(np.interp(day.toordinal(), days, values))
        position = int(np.searchsorted(days, day.toordinal(), side="right")) - 1
        return values[max(position, 0)]

    return at
