"""Campaigns a second, and what the theatre costs histories at peace.

    python bench/campaigns.py [--repeats 5] [--campaigns 2048]

Each figure is the best and the spread of several repeats in one run: on a shared machine the
ratios are to be trusted, the figures less so.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from jukushi.case.schema import Change
from jukushi.engine.campaigns import Jobs, run_campaigns
from jukushi.engine.openings import planned_jobs
from jukushi.engine.run import Engine, World
from jukushi.war.plan import build_theatre
from jukushi.world.vocabulary import open_case


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each repeat, after one that is not counted."""
    work()
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)


def line(label: str, unit: str, count: float, seconds: list[float]) -> None:
    """Print a rate: best, median, worst."""
    best, middle, worst = seconds[0], seconds[len(seconds) // 2], seconds[-1]
    print(
        f"{label:44s} {count / best:10,.0f} {unit} (median {count / middle:,.0f}, "
        f"worst {count / worst:,.0f})"
    )


def jobs_of(name: str, campaigns: int, days: int) -> tuple[object, Jobs]:
    """Return a theatre and campaigns of exactly so many days."""
    case = open_case("kantokuen")
    theatre = build_theatre(case, name)
    jobs = planned_jobs(case, theatre, 1, 0, campaigns)
    jobs.days[:] = days
    return theatre, jobs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--campaigns", type=int, default=2048)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in ("kantokuen_22", "august_storm"):
        theatre, jobs = jobs_of(name, options.campaigns, 182)
        for threads in (1, 2):
            seconds = timed(partial(run_campaigns, theatre, jobs, 1, threads), options.repeats)
            line(f"{name}, 26 weeks, {threads} thread(s)", "campaigns/s", len(jobs.days), seconds)
    peace()


def peace() -> None:
    """Histories without and with the opening of a war noted (nobody goes to war in them)."""
    engine = Engine(open_case("kantokuen"), 1, 2)
    never = (Change(parameter="south_possible", set=0.0), Change(parameter="attack_force", set=1.0))
    worlds = [World("peace", never)]
    count = 16_384
    for label, outcome in (
        ("peace, not asked about the map", "attack_by_end_1941"),
        ("peace, asked about the map", "vladivostok_by_end_1941"),
    ):
        seconds = timed(partial(engine.run, worlds, 0, count, outcome), 5)
        line(label, "histories/s", count, seconds)
    at_war = engine.run(worlds, 0, count, "attack_by_end_1941").events >= 0
    print(f"of these {np.count_nonzero(at_war)} of {count:,} went to war")


if __name__ == "__main__":
    main()
