"""Conducting a study: part after part, with progress, and with Ctrl-C that keeps the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jukushi.engine.run import Engine, Results, World
from jukushi.engine.settings import Fate
from jukushi.errors import Interrupted
from jukushi.study.provenance import package_version
from jukushi.study.store import PART, Plan, Study, default_folder

__all__ = ["Options", "conduct", "plan_of"]


@dataclass(frozen=True)
class Options:
    """How a study is conducted; none of this changes its outcome.

    Attributes
    ----------
    folder : Path or None
        Where to keep the study; None is the user's cache.
    resume : bool
        Keep complete parts of an earlier, stopped run.
    say : callable
        Takes a sentence for the user.
    progress : callable
        Called after each part with histories done, histories to do and the early answer.
    """

    folder: Path | None = None
    resume: bool = False
    say: Callable[[str], None] = lambda _: None
    progress: Callable[[int, int, float], None] = lambda _done, _total, _early: None


def plan_of(
    engine: Engine, worlds: Sequence[World], outcome: str, fate: Fate | None = None
) -> Plan:
    """Describe a study so that equal plans mean equal bytes."""
    return Plan(
        case=engine.case.id,
        case_hash=engine.case.hash,
        seed=engine.seed,
        outcome=outcome,
        horizon=engine.last_week(outcome),
        worlds=tuple(world.describe() for world in worlds),
        fate=fate.describe() if fate else "",
        version=package_version(),
    )


def conduct(
    engine: Engine,
    worlds: Sequence[World],
    outcome: str,
    histories: int,
    options: Options,
    fate: Fate | None = None,
    enough: Callable[[], bool] | None = None,
) -> Iterator[tuple[int, Results]]:
    """Run or read each part of a study and hand it on; memory holds two parts at a time.

    Parameters
    ----------
    histories : int
        How many to run; at most, if `enough` is given.
    enough : callable, optional
        Asked after each part has been added up; the study ends when it says so. Then no part
        is simulated ahead, since it might not be wanted.

    Yields
    ------
    (int, Results)
        Number of the part and its results, in order.

    Raises
    ------
    Interrupted
        On Ctrl-C, after the parts done so far are safe.
    """
    plan = plan_of(engine, worlds, outcome, fate)
    folder = options.folder or default_folder(plan)
    study = Study(folder, plan, options.say)
    parts = [
        (number, min(PART, histories - start))
        for number, start in enumerate(range(0, histories, PART))
    ]
    done = 0

    def begin(number: int, rows: int) -> Future[Results] | None:
        """Start the simulation of a part, unless the study holds it already."""
        if study.complete(number, rows):
            return None
        return ahead.submit(engine.run, worlds, number * PART, rows, outcome, None, fate)

    try:
        # One part is simulated while the one before it is written and added up.
        with study.writing(options.resume), ThreadPoolExecutor(1) as ahead:
            running = begin(*parts[0])
            for number, rows in parts:
                results = study.read(number) if running is None else running.result()
                fresh = running is not None
                more = number + 1 < len(parts)
                running = begin(*parts[number + 1]) if more and enough is None else None
                if fresh:
                    study.write(number, results)
                done += rows
                yield number, results
                if enough is not None:
                    if enough():
                        break
                    running = begin(*parts[number + 1]) if more else None
    except KeyboardInterrupt as error:
        most = "" if enough is None else "at most "
        raise Interrupted(
            f"stopped after {done:,} of {most}{histories:,} histories; they are kept in {folder}",
            hint="run the same command with --resume to go on",
        ) from error
