"""Print the tables of docs/campaigns.md, from the campaigns of the case.

    python verification/campaign_tables.py [--histories 4096] [--films 32] [--seed 1]

Three tables: what each campaign of 1941 brings; the same with a smaller garrison; and what the
formations of phase one did day by day, on film. The answer of one campaign alone, with its
intervals, is `jukushi run kantokuen --campaign NAME`.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.dice import DICE_PER_DRAW
from jukushi.engine.campaigns import Jobs, run_campaigns
from jukushi.engine.openings import planned_jobs
from jukushi.mechanisms.types import Parameters
from jukushi.questions.campaign_film import film_of
from jukushi.war.plan import Theatre, build_theatre
from jukushi.war.records import Status
from jukushi.war.supply import daily_need_tons
from jukushi.world.parameters import ParameterSpace
from jukushi.world.vocabulary import open_case

CAMPAIGNS = ("kantokuen_16", "kantokuen_22", "kantokuen_25")
#: Shares of the defender's men (and guns), tanks, aircraft.
GARRISONS = (
    ("as it was", 1.0, 1.0, 1.0),
    ("half the men", 0.5, 1.0, 1.0),
    ("a third of tanks and aircraft", 1.0, 1 / 3, 1 / 3),
    ("half the men, a third of tanks and aircraft", 0.5, 1 / 3, 1 / 3),
    ("a quarter of all", 0.25, 0.25, 0.25),
)
PLACES = ("iman", "voroshilov", "vladivostok", "blagoveshchensk", "khabarovsk", "chita")


def results_of(
    case: Case, name: str, count: int, seed: int, men: float, tanks: float, aircraft: float
) -> tuple[Theatre, npt.NDArray[np.void]]:
    """Run a campaign against a scaled defender."""
    theatre = build_theatre(case, name)
    jobs: Jobs = planned_jobs(case, theatre, seed, 0, count)
    for arm, scale in (("men", men), ("guns", men), ("tanks", tanks), ("aircraft", aircraft)):
        jobs.openings[arm][:, 1] *= scale
    return theatre, run_campaigns(theatre, jobs, seed, 2)


def share(hits: npt.NDArray[np.bool_]) -> str:
    """Return a share in percent with its standard error over parameter draws."""
    means = hits.reshape(-1, DICE_PER_DRAW).mean(axis=1)
    return f"{100 * means.mean():.1f} ± {100 * means.std(ddof=1) / len(means) ** 0.5:.1f}"


def documented_trigger(case: Case) -> tuple[str, float, float, float]:
    """Return 15 divisions and a third of tanks and aircraft, all as the hunter counted them."""
    centre = ParameterSpace(case).centre
    totals = build_theatre(case, CAMPAIGNS[0]).totals
    return (
        "15 divisions and a third of arms, as Tokyo counted",
        15.0 * centre["theatre_believed_men"] / totals["men"][1],
        centre["tanks_counted_at_start"] / 3.0 / totals["tanks"][1],
        centre["aircraft_counted_at_start"] / 3.0 / totals["aircraft"][1],
    )


def garrison_table(case: Case, count: int, seed: int) -> None:
    """Print what a smaller garrison changes."""
    print("| campaign | garrison | success by the date | by the new year | in all days | "
          + " | ".join(PLACES) + " | attacker breaks | defender breaks | lost A / D |")  # fmt: skip
    for name in CAMPAIGNS:
        for title, men, tanks, aircraft in (*GARRISONS, documented_trigger(case)):
            theatre, results = results_of(case, name, count, seed, men, tanks, aircraft)
            held = theatre.campaign.objectives
            opens = theatre.campaign.opens
            new_year = (opens.replace(year=opens.year + 1, month=1, day=1) - opens).days
            taken = [results["taken"][:, held.index(place)] >= 0.0 for place in PLACES]
            row = [
                share(results["success"] == 1),
                share((results["success_day"] >= 0.0) & (results["success_day"] < new_year)),
                share(results["success_day"] >= 0.0),
                *(f"{100 * hit.mean():.0f}" for hit in taken),
                *(share(results["broken_day"][:, side] >= 0.0) for side in (0, 1)),
                " / ".join(f"{np.median(results['lost'][:, side]) / 1000:.0f}" for side in (0, 1)),
            ]
            print(f"| {name} | {title} | " + " | ".join(row) + " |", flush=True)


def what_they_do(film: object, index: int, day: int, p: Parameters) -> str:
    """Say what one formation does on a day of a film."""
    frame = film.frames[day]  # type: ignore[attr-defined]
    f = frame["formations"][index]
    if f["status"] == Status.GONE:
        return "gone"
    if f["status"] == Status.WAITING:
        return "not yet arrived"
    if f["status"] == Status.MOVING:
        return "on the way"
    if f["contact"] >= 0:
        c = frame["contacts"][f["contact"]]
        if c["rest"] > 0.0:
            return "rests after a battle lost" if c["broken"] < 0.5 else "rests after a battle"
        return "fights" if c["clock"] > 0.5 else "marches on, or between battles"
    living = daily_need_tons(float(f["men"]), False, 0.0, p)
    if f["men"] < 0.5 * f["men_first"]:
        return "holds: half its men lost"
    if f["met"] < 0.5 or f["stock_tons"] < 2.0 * living:
        return "holds: no supplies"
    if f["role"] == 1 and f["committed"] < 0.5:
        return "in reserve"
    return "holds: odds too low, or axis closed or done"


def film_table(case: Case, name: str, count: int, seed: int) -> None:
    """Print what the formations of phase one did up to the date of success."""
    found: Counter[str] = Counter()
    for number in range(count):
        film = film_of(case, name, number * DICE_PER_DRAW, seed)
        jobs = planned_jobs(case, film.theatre, seed, number * DICE_PER_DRAW, 1)
        first = {film.theatre.axes.index(a) for a in film.theatre.campaign.phases[0].axes}
        start = film.theatre.start[0]["formations"]
        deadline = (film.theatre.campaign.success.by - film.theatre.campaign.opens).days
        for day in range(1, min(deadline, film.last_day) + 1):
            for index in range(len(film.theatre.formations)):
                if int(start[index]["axis"]) in first and start[index]["side"] == 0:
                    found[what_they_do(film, index, day, jobs.parameters[0])] += 1
    total = sum(found.values())
    print(f"{name}: {count} films, {total} days of formations on the axes of phase one")
    for what, days in found.most_common():
        print(f"| {what} | {100 * days / total:.0f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=4096)
    parser.add_argument("--films", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    case = open_case("kantokuen")
    for name in CAMPAIGNS:
        film_table(case, name, options.films, options.seed)
    garrison_table(case, options.histories, options.seed)


if __name__ == "__main__":
    main()
