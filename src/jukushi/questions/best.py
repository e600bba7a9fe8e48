"""The best policy of a power within its information, and what better information is worth.

A policy is fitted on some parameter draws by least-squares Monte Carlo and judged on others:
what it brings there is a lower bound of the best. Every decision-maker is judged on the same
histories; what it brings less is its regret. For the hunter a dual upper bound is given. The
worth of knowing something is the gain of a policy fitted and judged with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from jukushi.case.load import Case
from jukushi.engine.run import Engine
from jukushi.errors import UndefinedAnswer, UsageError, nearest
from jukushi.questions.best_hunter import answer_hunter
from jukushi.questions.best_prey import answer_prey
from jukushi.questions.odds import week_date
from jukushi.questions.solve import Sizes, horizon_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance

__all__ = ["LEAST", "Asked", "best"]

#: Fewest parameter draws, and outer histories, for which errors and intervals are given.
LEAST = 20

_HUNTER_FIT = 2048
#: Each date of the prey's act is a world of its own, so that a draw is dearer.
_PREY_FIT = 512


@dataclass(frozen=True)
class Asked:
    """What a "best" asks.

    Attributes
    ----------
    power : str, optional
        The hunter by default.
    until : date, optional
        Horizon: by default the end of the second year after the world begins to run.
    fit_draws : int, optional
        Parameter draws on which policies are fitted: 2,048 for the hunter, 512 for the prey.
    judge_draws : int
        Draws on which they are judged.
    outer : int, optional
        Outer histories of the upper bound; the hunter's alone has one.
    collapse : bool, optional
        Whether the hunter hears of a collapse; by default as in the case.
    seed, threads : int
    """

    power: str | None = None
    until: date | None = None
    fit_draws: int | None = None
    judge_draws: int = 512
    outer: int | None = None
    collapse: bool | None = None
    seed: int = 1
    threads: int | None = None


def best(
    case: Case,
    asked: Asked | None = None,
    progress: Callable[[str, float], None] = lambda _name, _share: None,
) -> dict[str, Any]:
    """Answer what the best policy of a power is, and what knowing more is worth.

    Parameters
    ----------
    case : Case
    asked : Asked, optional
    progress : callable
        Called with the name of a step and the share of all steps that is done.

    Returns
    -------
    dict
        As described in ``docs/formats/best.md`` and ``best.schema.json``.

    Raises
    ------
    UsageError
        If the power does not exist or has no such problem, or the horizon is outside the case
        or before the first date.
    UndefinedAnswer
        If there are too few draws for errors and intervals.
    """
    asked = asked or Asked()
    started = time.perf_counter()
    power = _power(case, asked.power)
    horizon = horizon_of(case, asked.until)
    is_hunter = case.power_of("hunter").id == power
    _check_sizes(asked, is_hunter)
    collapse = case.header.defaults.collapse if asked.collapse is None else asked.collapse
    engine = Engine(case, asked.seed, asked.threads)
    fit_draws = asked.fit_draws or (_HUNTER_FIT if is_hunter else _PREY_FIT)
    sizes = Sizes(fit_draws, asked.judge_draws, horizon)
    if is_hunter:
        found = answer_hunter(engine, sizes, asked.outer, collapse, progress)
    else:
        found = answer_prey(engine, sizes, collapse, progress)
    answer = {
        "schema": "jukushi.best/1",
        "version": package_version(),
        **identity(case, asked.seed),
        "seed": asked.seed,
        "power": power,
        "until": week_date(case, horizon),
        "collapse": collapse,
        "fit_draws": fit_draws,
        "judge_draws": asked.judge_draws,
        **found,
    }
    answer["provenance"] = provenance(time.perf_counter() - started, engine.threads, "")
    return answer


def _power(case: Case, name: str | None) -> str:
    able = [case.power_of(role).id for role in ("hunter", "prey")]
    if name is None:
        return able[0]
    if name not in able:
        close = nearest(name, able)
        raise UsageError(
            f"no best policy is sought for {name!r}",
            cause=f"these decide: {', '.join(able)}",
            hint=f"did you mean {close!r}?" if close else f"--power {able[0]}",
        )
    return name


def _check_sizes(asked: Asked, is_hunter: bool) -> None:
    if asked.outer is not None and not is_hunter:
        raise UsageError(
            "outer histories belong to the upper bound, which only the hunter's problem has",
            hint="leave --outer away",
        )
    sizes = {"fit-draws": asked.fit_draws, "judge-draws": asked.judge_draws, "outer": asked.outer}
    for option, number in sizes.items():
        if number is not None and number < LEAST:
            raise UndefinedAnswer(
                f"with --{option} {number} errors and intervals are undefined",
                cause=f"they need at least {LEAST} parameter draws",
                hint=f"ask for --{option} {LEAST} or more",
            )
