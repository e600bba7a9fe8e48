"""The weeks of the case, read again from its calendar, schedules and tables.

Sources: docs/formats/case.md, docs/how-to-write-a-case.md, docs/mechanisms/season.md. What falls
on a day falls in the week that holds it; what has a value on every day is taken on the Thursday,
the middle of the week; only the length of the year (365.25 days) and of a month (its twelfth)
are averages.
"""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml

YEAR, MONTH = 365.25, 365.25 / 12


class Calendar:
    """Answers what a week of the case holds.

    Parameters
    ----------
    folder : Path
        The folder of the case.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        period = self._yaml("case")["period"]
        self.start, self.runs_from = period["start"], period["runs_from"]
        self.notes = self._yaml("calendar")
        self.schedules = {item["id"]: item for item in self._yaml("schedules")["schedules"]}
        self.front = self._table("front")
        self.weather = self._table("weather")
        self.first = int(self.week_of(self.runs_from))

    def _yaml(self, name: str) -> Any:
        return yaml.safe_load((self.folder / f"{name}.yaml").read_text(encoding="utf-8"))

    def _table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def week_of(self, day: date) -> float:
        """Weeks since the start of the case, with the day as a fraction."""
        return (day - self.start).days / 7.0

    def week(self, index: int) -> SimpleNamespace:
        """The words of the calendar in one week."""
        day = self.start + timedelta(days=7 * index + 3)
        word = SimpleNamespace(week=float(index), war_weeks=float(max(index - self.first, 0)))
        word.year = max(day.year - self.runs_from.year, 0)
        word.winter = min(max(word.year - (day.month < 7), 0), 3)
        word.summer = math.cos(2 * math.pi * (day.timetuple().tm_yday - 200) / YEAR)
        self._seasons(word, day, index)
        self._spans(word, day)
        self._dated(word, index)
        for name in self.schedules:
            setattr(word, name, self.schedule(name, day))
        return word

    def _seasons(self, word: SimpleNamespace, day: date, index: int) -> None:
        for name, area in (("mobility", "european_russia"), ("theatre", "east_manchuria_primorye")):
            for tail, weeks in (("_before", -2), ("", 0), ("_after", 2)):
                setattr(word, name + tail, self.movement(area, day + timedelta(weeks=weeks)))
        word.theatre_later = self.movement("east_manchuria_primorye", day + timedelta(weeks=3))
        word.theatre_winter = float(day.month in (11, 12, 1, 2, 3))
        word.campaign_season = float(day.month in (6, 7, 8, 9))
        windows = {window["year"]: window for window in self.notes["windows"]}
        here = windows[day.year]
        word.decide_from, word.decide_until, word.season_deadline = (
            self.week_of(here[name]) for name in ("decide_from", "decide_until", "season_close")
        )
        after = windows.get(day.year + 1)
        word.next_spring = (
            self.week_of(after["season_open"]) if after else self.week_of(here["season_open"]) + 52
        )
        passed = day > here["season_close"]
        word.season_open = float(index) if passed else self.week_of(here["season_open"])

    def _spans(self, word: SimpleNamespace, day: date) -> None:
        notes = self.notes
        word.first_winter = notes["first_winter_from"] <= day <= notes["first_winter_until"]
        word.first_summer = self.runs_from <= day <= notes["first_summer_until"]
        word.agent_window = notes["agent_from"] <= day <= notes["agent_until"]

    def _dated(self, word: SimpleNamespace, index: int) -> None:
        notes = self.notes
        kinds = {int(self.week_of(note["date"])): note["kind"] for note in notes["conferences"]}
        since = index - int(self.week_of(notes["conferences_from"]))
        later = since >= 0 and since % notes["conferences_every"] == 0
        word.conference = float(index in kinds or later)
        word.liaison = float(kinds.get(index) == "liaison" or later)
        word.imperial = float(
            kinds.get(index) == "imperial" or (since >= 0 and since % notes["imperial_every"] == 0)
        )
        counted = {int(self.week_of(note["date"])) for note in notes["recounts"]}
        since = index - int(self.week_of(notes["recounts_from"]))
        word.recount = float(
            index in counted or (since >= 0 and since % notes["recounts_every"] == 0)
        )

    def battles(self, index: int) -> SimpleNamespace:
        """Which border battles end in a week."""
        ends = {name: self.notes["battles"][name]["date"] for name in ("khasan", "khalkhin_gol")}
        here = {name: int(self.week_of(day)) == index for name, day in ends.items()}
        return SimpleNamespace(khasan=here["khasan"], khalkhin=here["khalkhin_gol"])

    def movement(self, area: str, day: date) -> float:
        """Movement factor of large mechanised forces on a day."""
        rows = [row for row in self.weather if row["area"] == area]
        middle = [(float(row["month"]) - 0.5) * MONTH for row in rows]
        factor = [float(row["mechanised"]) for row in rows]
        value = float(np.interp(day.timetuple().tm_yday, middle, factor, period=YEAR))
        if area == "european_russia":
            for spell in self.notes["mud"]:
                if spell["begins"] <= day.strftime("%m-%d") <= spell["ends"]:
                    value = min(value, spell["movement"])
        return value

    def schedule(self, name: str, day: date) -> float:
        """Value of a schedule on a day."""
        item = self.schedules[name]
        times = item.get("times", 1.0)
        if "points" in item:
            points = [(point["date"], point["value"] * times) for point in item["points"]]
        else:
            column = item["column"]
            points = [
                (date.fromisoformat(row["date"]), float(row[column]) * times)
                for row in self.front
                if row[column]
            ]
        if item["interpolation"] == "step":
            passed = [value for since, value in points if since <= day]
            return passed[-1] if passed else points[0][1]
        days, values = zip(*((since.toordinal(), value) for since, value in points), strict=True)
        return float(np.interp(day.toordinal(), days, values))
