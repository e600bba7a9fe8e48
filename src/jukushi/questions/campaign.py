"""What a campaign on the map would have brought, from its recorded or planned forces."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.campaigns import Campaign
from jukushi.case.load import Case
from jukushi.engine.campaigns import run_campaigns
from jukushi.engine.openings import planned_jobs
from jukushi.errors import UsageError
from jukushi.questions.campaign_record import against_record
from jukushi.questions.odds import Probability, check_histories, draw_starts
from jukushi.questions.ranges import spread, when_it_came
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.war.plan import Theatre, build_theatre
from jukushi.war.records import RESULT
from jukushi.world.combat import shipped_combat

__all__ = ["campaign_odds"]

Say = Callable[[str], None]
#: Histories run at a time, so that one can see how far it is: whole parameter draws.
_PART = 2048


def campaign_odds(
    case: Case,
    name: str,
    histories: int = 4096,
    seed: int = 1,
    threads: int | None = None,
    say: Say | None = None,
) -> dict[str, Any]:
    """Return what a campaign of a case brings: success, dates, losses, ground, supply.

    Parameters
    ----------
    case : Case
    name : str
        A campaign of the case.
    histories : int
        At least 2,560, for 20 parameter draws.
    seed : int
    threads : int, optional
        The answer is the same for any number.
    say : callable, optional
        Told after each part how many histories are done.

    Returns
    -------
    dict
        As described in ``docs/formats/campaign.md``.

    Raises
    ------
    UsageError
        If there is no such campaign.
    UndefinedAnswer
        If an interval would be undefined for so few histories.
    """
    started = time.perf_counter()
    if case.knowledge.like_record_until is not None:
        raise UsageError(
            "a campaign from its recorded or planned forces has no past to hold to the record",
            hint="ask for an outcome on the map instead: jukushi why --outcome",
        )
    theatre = build_theatre(case, name)
    check_histories(histories)
    threads = threads or os.cpu_count() or 1
    results = _run(case, theatre, histories, seed, threads, say)
    return {
        "schema": "jukushi.campaign/1",
        "version": package_version(),
        **identity(case, seed),
        "seed": seed,
        "histories": histories,
        **_answer(case, theatre, results),
        "combat_fit": dict(shipped_combat().provenance),
        "provenance": provenance(time.perf_counter() - started, threads, ""),
    }


def _run(
    case: Case, theatre: Theatre, histories: int, seed: int, threads: int, say: Say | None
) -> npt.NDArray[Any]:
    """Run the histories part by part and return their results, RESULT[histories]."""
    parts = []
    for first in range(0, histories, _PART):
        count = min(_PART, histories - first)
        jobs = planned_jobs(case, theatre, seed, first, count)
        parts.append(run_campaigns(theatre, jobs, seed, threads))
        if say is not None:
            say(f"{first + count:,} of {histories:,} histories")
    whole: npt.NDArray[Any] = np.concatenate(parts).astype(RESULT, copy=False)
    return whole


def _answer(case: Case, theatre: Theatre, results: npt.NDArray[Any]) -> dict[str, Any]:
    campaign = theatre.campaign
    taken = results["taken"][:, : len(campaign.objectives)].astype(np.float64)
    broken = results["broken_day"].astype(np.float64)
    hits = [results["success"] == 1, results["before_frost"] == 1, broken[:, 1] >= 0.0]
    hits += list(taken.T >= 0.0)
    chances = _chances(hits)
    return {
        "campaign": campaign.id,
        "opens": campaign.opens.isoformat(),
        "days": campaign.days,
        "attacker": campaign.attacker,
        "defender": campaign.defender,
        "success": {
            "probability": chances[0],
            "meaning": {
                "places": list(campaign.success.places),
                "by": campaign.success.by.isoformat(),
                "status": campaign.success.status,
                "source": campaign.success.source,
            },
        },
        "before_frost": {"probability": chances[1]},
        "collapse_days": {"probability": chances[2], **when_it_came(broken[:, 1])},
        "objectives": _objectives(case, campaign, taken, chances[3:]),
        "losses": _by_side(theatre, results, _losses),
        "ground_km": spread(results["ground_km"]),
        "supply": _by_side(theatre, results, _supply),
        "mark_day": campaign.mark_day,
        "advance": _advance(theatre, results),
        "shipping_lost_mt": spread(results["shipping_lost"]),
        "record": against_record(theatre, results),
    }


def _chances(hits: Sequence[npt.NDArray[np.bool_]]) -> list[dict[str, Any]]:
    """Return the probability of each event with both intervals."""
    probability = Probability(len(hits))
    events = np.stack(hits)
    probability.add(events, draw_starts(0, events.shape[1]))
    return [probability.answer(row) for row in range(len(hits))]


def _objectives(
    case: Case,
    campaign: Campaign,
    taken: npt.NDArray[np.float64],
    chances: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the chance and the date of each objective's first capture."""
    titles = {row.id: {"en": row.name_en, "fr": row.name_fr} for row in case.tables["places"]}
    rows = []
    for number, place in enumerate(campaign.objectives):
        days = when_it_came(taken[:, number])
        row = {"id": place, "title": titles[place], "probability": chances[number]}
        rows.append({**row, "date": _dates(campaign, days), **days})
    return rows


def _dates(campaign: Campaign, days: dict[str, Any]) -> dict[str, str] | None:
    if days["days"] is None:
        return None
    return {
        key: (campaign.opens + timedelta(days=int(day))).isoformat()
        for key, day in days["days"].items()
    }


def _by_side(
    theatre: Theatre, results: npt.NDArray[Any], tell: Callable[[npt.NDArray[Any], int], Any]
) -> dict[str, Any]:
    return {power: tell(results, side) for side, power in enumerate(theatre.sides)}


def _losses(results: npt.NDArray[Any], side: int) -> dict[str, Any]:
    """Return what a side lost; prisoners apart, and tanks and aircraft lost in action only."""
    return {
        "men": spread(results["lost"][:, side]),
        "captured": spread(results["captured"][:, side]),
        "tanks": spread(results["tanks_lost"][:, side]),
        "aircraft": spread(results["aircraft_lost"][:, side]),
        "order_of_battle": spread(results["men_first"][:, side]),
    }


def _supply(results: npt.NDArray[Any], side: int) -> dict[str, Any]:
    return spread(results["supply"][:, side])


def _advance(theatre: Theatre, results: npt.NDArray[Any]) -> dict[str, Any]:
    """Return km carried forward by the marked day, for each axis of the attacker."""
    return {
        axis.id: {"title": axis.title.model_dump(), **spread(results["axis_km"][:, number])}
        for number, axis in enumerate(theatre.campaign.axes)
        if axis.power == theatre.campaign.attacker
    }
