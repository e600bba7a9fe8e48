"""One history of a campaign, kept day by day, to be told or drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.campaigns import film_campaign, run_campaigns
from jukushi.engine.openings import planned_jobs
from jukushi.errors import UsageError
from jukushi.war.plan import Theatre, build_theatre

__all__ = ["Film", "film_of"]

_MOST = 1 << 48


@dataclass(frozen=True)
class Film:
    """A campaign of one history.

    Attributes
    ----------
    case : Case
    theatre : Theatre
    history, seed : int
    result : RESULT record
    frames : WAR[n_days]
        What stood where after each day, the first being the day of the opening; the last is
        the day on which nothing that is asked about could change any more.
    """

    case: Case
    theatre: Theatre
    history: int
    seed: int
    result: Any
    frames: npt.NDArray[Any]

    @property
    def last_day(self) -> int:
        """Number of the last day, the opening being 0."""
        return len(self.frames) - 1

    @property
    def weeks(self) -> int:
        """Number of weeks, begun ones counted."""
        return self.last_day // 7 + 1

    def date_of(self, day: int) -> date:
        """Return the date of a day of the campaign."""
        return self.theatre.campaign.opens + timedelta(days=day)

    def week_ends(self, week: int) -> int:
        """Return the last day of a week (the first is week 0)."""
        return min(7 * week + 6, self.last_day)

    def array(self, day: int, part: str, name: str) -> npt.NDArray[Any]:
        """Return one field of all formations, places, links, contacts or sides on a day."""
        counts = {
            "formations": len(self.theatre.formations),
            "places": len(self.theatre.places),
            "links": int(self.theatre.field[0]["n_links"]),
            "contacts": 2 * int(self.theatre.field[0]["n_links"]),
            "sides": 2,
        }
        found: npt.NDArray[Any] = self.frames[day][part][name][: counts[part]]
        return found

    def held(self, day: int) -> list[str]:
        """Return the objectives that the attacker holds on a day."""
        holder = self.array(day, "places", "holder")
        names = self.theatre.places
        return [o for o in self.theatre.campaign.objectives if holder[names.index(o)] == 0]


def film_of(case: Case, name: str, history: int, seed: int = 1) -> Film:
    """Run one history of a campaign from its recorded or planned forces, and keep every day.

    Raises
    ------
    UsageError
        If there is no such campaign or no such history.
    """
    theatre = build_theatre(case, name)
    if not 0 <= history < _MOST:
        raise UsageError(f"there is no history {history}", hint="histories are numbered from 0")
    jobs = planned_jobs(case, theatre, seed, history, 1)
    # A film runs to the campaign's last day; a result ends where nothing more can change.
    result = run_campaigns(theatre, jobs, seed, threads=1)[0]
    _, frames = film_campaign(theatre, jobs, seed)
    return Film(case, theatre, history, seed, result, frames[: int(result["days"]) + 1].copy())
