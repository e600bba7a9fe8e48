"""Many campaigns on many threads, each from its own opening and with its own history's dice."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.war.campaign import run_campaign
from jukushi.war.plan import Theatre
from jukushi.war.records import RESULT, WAR

__all__ = ["Jobs", "film_campaign", "run_campaigns"]


@dataclass(frozen=True)
class Jobs:
    """Campaigns to run.

    Attributes
    ----------
    openings : OPENING[n]
    histories : uint64[n]
        Number of the history that each belongs to: the key of its dice.
    rows : int64[n]
        Row of `parameters` that each uses.
    parameters : structured array [n_rows]
    days : int64[n]
        Last day to run.
    """

    openings: npt.NDArray[Any]
    histories: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int64]
    parameters: npt.NDArray[Any]
    days: npt.NDArray[np.int64]


@kernel
def _run_range(
    wars: npt.NDArray[Any], fields: npt.NDArray[Any], plans: npt.NDArray[Any],
    starts: npt.NDArray[Any], parameters: npt.NDArray[Any], rows: npt.NDArray[np.int64],
    openings: npt.NDArray[Any], results: npt.NDArray[Any], days: npt.NDArray[np.int64],
    histories: npt.NDArray[np.uint64], seed: int, first: int, last: int,
    frames: npt.NDArray[Any],
) -> None:  # fmt: skip
    """Run the campaigns ``first`` to ``last - 1``."""
    for n in range(first, last):
        run_campaign(
            wars[0], fields[0], plans[0], starts[0], parameters[rows[n]], openings[n],
            results[n], days[n], seed, histories[n], frames,
        )  # fmt: skip


def run_campaigns(theatre: Theatre, jobs: Jobs, seed: int, threads: int) -> npt.NDArray[Any]:
    """Run campaigns and return their results, RESULT[n]; the same for any number of threads."""
    results = np.zeros(len(jobs.openings), RESULT)
    unfilmed = np.zeros(0, WAR)

    def work(part: tuple[int, int]) -> None:
        _work(theatre, jobs, seed, results, part, unfilmed)

    parts = _parts(len(results), threads)
    if len(parts) == 1:
        work(parts[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, parts))
    return results


def _work(
    theatre: Theatre,
    jobs: Jobs,
    seed: int,
    results: npt.NDArray[Any],
    part: tuple[int, int],
    film: npt.NDArray[Any],
) -> None:
    _run_range(
        theatre.memory(), theatre.field, theatre.plan, theatre.start, jobs.parameters, jobs.rows,
        jobs.openings, results, jobs.days, jobs.histories, np.uint64(seed), part[0], part[1], film,
    )  # fmt: skip


def _parts(count: int, threads: int) -> Sequence[tuple[int, int]]:
    """Share campaigns out in small pieces, so that no thread waits for another."""
    size = max(1, min(64, -(-count // max(threads, 1))))
    return [(first, min(first + size, count)) for first in range(0, count, size)] or [(0, 0)]


def film_campaign(
    theatre: Theatre, jobs: Jobs, seed: int, which: int = 0
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Run one campaign and keep every day of it: RESULT[1] and WAR[days + 1]."""
    film = np.zeros(int(jobs.days[which]) + 1, WAR)
    results = np.zeros(len(jobs.openings), RESULT)
    _work(theatre, jobs, seed, results, (which, which + 1), film)
    return results[which : which + 1], film
