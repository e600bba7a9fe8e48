"""The smallest change that brings an event to a probability.

Per uncertain number, per reading of a factor, and the smallest combinations of either. The
probability is that of the event over parameter draws and dice, in the population of histories.
A search on parameter draws of its own finds candidates; every probability that is given comes
from other ones, so that the luck of what was found best is not counted.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.draws import DEFAULT_HISTORIES, DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine
from jukushi.errors import Interrupted, UndefinedAnswer, UsageError
from jukushi.questions.odds import outcome_of, structure_of
from jukushi.questions.precision import Stopping
from jukushi.questions.tip_answer import (
    contradicted,
    few_answer,
    nearest_answer,
    prior_rows,
    reading_rows,
    sets_answer,
)
from jukushi.questions.tip_check import Check
from jukushi.questions.tip_crossing import Goal
from jukushi.questions.tip_draws import Sample, uncertain
from jukushi.questions.tip_progress import Stages
from jukushi.questions.tip_search import Search
from jukushi.questions.worlds import applies
from jukushi.study.conduct import Options
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance

__all__ = ["MOST_SD", "Tipping", "tip"]

#: Largest and smallest shift of one prior that may be asked for, in standard deviations.
MOST_SD = (0.5, 6.0)
#: Most that each of a few priors is shifted.
_FEW_SD = 2.0
#: First parameter draw of the search: far from those that are printed, whatever their number.
_SEARCH_DRAWS = 1 << 32
#: Worlds that the stages of a search are expected to run; only the progress bar reads them.
_EXPECTED_NEAREST, _EXPECTED_READINGS, _EXPECTED_FEW = 1100, 200, 150


@dataclass(frozen=True)
class Tipping:
    """What is asked of a tip.

    Attributes
    ----------
    target : float
        Probability to be reached.
    outcome, decision_maker, collapse
        None means the case's default.
    histories : int, optional
        Of each probability; the search runs half as many of its own. With a precision the
        most that are run.
    seed, threads
    most_sd : float
        Largest shift of one prior, in its standard deviations.
    precision : float, optional
        Half width of the sampling interval of each change that reaches the target.
    """

    target: float = 0.5
    outcome: str | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    histories: int | None = None
    seed: int = 1
    threads: int | None = None
    most_sd: float = 4.0
    precision: float | None = None


def tip(
    case: Case, question: Tipping | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Find the smallest changes that bring an event to a probability.

    Parameters
    ----------
    case : Case
    question : Tipping, optional
    options : Options, optional
        Only its progress is used: a search keeps nothing on disk.

    Returns
    -------
    dict
        As described in ``docs/formats/tip.md`` and ``tip.schema.json``.

    Raises
    ------
    UsageError
        If the outcome does not exist or is one of a campaign, or the target, the largest
        shift or the precision make no sense.
    UndefinedAnswer
        If there are too few histories for the intervals, or to tell whether the probability is
        above or below the target.
    """
    question = question or Tipping()
    started = time.perf_counter()
    asked = _Tip(case, question, options or Options())
    try:
        answer = asked.answer()
    except KeyboardInterrupt as error:
        raise Interrupted(
            "stopped; a search keeps nothing",
            hint="ask for fewer --histories, 2560 at the least, for a first look",
        ) from error
    seconds = time.perf_counter() - started
    answer["provenance"] = provenance(seconds, asked.engine.threads, "")
    return answer


class _Tip:
    """One question, its samples and its answer."""

    def __init__(self, case: Case, question: Tipping, options: Options) -> None:
        self.case, self.question = case, question
        asked = _outcome(case, question)
        self.outcome = asked.id
        self.structure = structure_of(case, question.decision_maker, question.collapse)
        stopping = Stopping(question.histories, question.precision, DEFAULT_HISTORIES, asked)
        self.most_histories = size = stopping.limit
        if question.precision is not None:
            size = min(size, DEFAULT_HISTORIES)
        self.draws = -(-size // DICE_PER_DRAW)  # whole ones
        self.factors = [
            name for name, factor in case.factors.items()
            if applies(case, factor, self.structure)
        ]  # fmt: skip
        self.together = [name for name in case.header.defaults.factors if name in self.factors]
        self.engine = Engine(case, question.seed, question.threads)
        self.stages = Stages(options.progress, self._expected())
        self.check = Check(lambda draws: self._sample(draws, DICE_PER_DRAW), self.draws)

    def _expected(self) -> list[int]:
        """Histories of each stage, guessed."""
        n = len(uncertain(self.engine.space))
        of_search, of_check = self.draws * LANES, self.draws * DICE_PER_DRAW
        sets = 1 << len(self.together)
        worlds = (4 * n, _EXPECTED_READINGS + sets, _EXPECTED_NEAREST, _EXPECTED_FEW)
        return [of_check, *(of_search * count for count in worlds), of_check * n]

    def _sample(self, draws: range, dice: int) -> Sample:
        return Sample(self.engine, self.structure, self.outcome, draws, dice, self.stages.tell)

    def answer(self) -> dict[str, Any]:
        """Return the answer without its provenance."""
        search, base = self._begin()
        return {
            "schema": "jukushi.tip/1",
            "version": package_version(),
            **identity(self.case, self.question.seed),
            "seed": self.question.seed,
            "histories": self.draws * DICE_PER_DRAW,
            "search_histories": search.sample.histories,
            "outcome": self.outcome,
            "decision_maker": self.structure.makers,
            "collapse": self.structure.collapse,
            "target": search.goal.target,
            "direction": "above" if search.goal.above else "below",
            "most_sd": search.most,
            "probability": base,
            **self._found(search),
        }

    def _begin(self) -> tuple[Search, dict[str, Any]]:
        """Say on which side of the target the world as it was lies; refuse if that is open."""
        target = self.question.target
        draws = range(_SEARCH_DRAWS, _SEARCH_DRAWS + self.draws)
        sample = self._sample(draws, LANES)
        base = self.check.change((), True)
        self.check.run()
        self.stages.early = base["estimate"]
        goal = Goal(target, base["estimate"] < target)
        search = Search(sample, goal, self.question.most_sd)
        low, high = base["sampling"]
        if low <= target <= high or goal.gap(search.base()) >= 0.0:
            raise _undecided(base, target)
        self.stages.next()
        return search, base

    def _found(self, search: Search) -> dict[str, Any]:
        """Search, run what was found on fresh histories, and say where these contradict."""
        check = self.check
        priors = prior_rows(search, search.priors(), check)
        self.stages.next()
        readings = reading_rows(search, search.readings(self.factors), check)
        sets = sets_answer(self.case, search.sets(self.case, self.together), check)
        self.stages.next()
        nearest = search.nearest()
        self.stages.next()
        limit = min(_FEW_SD, search.most)
        few = few_answer(search, search.few(nearest, limit), limit, check)
        together = nearest_answer(search, nearest, check)
        self.stages.next()
        check.run()
        precision = self._sharpen()
        several = [*sets["sets"], *([sets["one_fewer"]] if sets["one_fewer"] else [])]
        for row in (*priors, *readings, *several, together, few):
            row["contradicted"] = contradicted(search.goal, row)
        awake = {row["id"] for row in priors}
        return {
            "precision": precision,
            "parameters": {
                "uncertain": search.n,
                "fixed": len(self.case.parameters) - search.n,
                "inert": [name for name in search.sample.names if name not in awake],
                "rows": _sorted(priors, "shift", search.goal),
            },
            "readings": _sorted(readings, "strength", search.goal),
            "factor_sets": sets,
            "nearest": together,
            "few": few,
        }

    def _sharpen(self) -> dict[str, float] | None:
        asked = self.question.precision
        if asked is None:
            return None
        reached = self.check.sharpen(asked, self.most_histories // DICE_PER_DRAW)
        return {"asked": asked, "reached": reached}


def _sorted(rows: list[dict[str, Any]], length: str, goal: Goal) -> list[dict[str, Any]]:
    """Put what reaches the target first, nearest first; then what comes nearest to it."""

    def order(row: dict[str, Any]) -> tuple[bool, float]:
        short = -float(goal.gap(row["probability"]["estimate"]))
        return not row["reached"], abs(row[length]) if row["reached"] else short

    return sorted(rows, key=order)


def _outcome(case: Case, question: Tipping) -> Outcome:
    """Check what is asked, and return the outcome it is about."""
    outcome = outcome_of(case, question.outcome or case.header.defaults.outcome)
    if outcome.campaign is not None:
        weekly = [item.id for item in case.outcomes.values() if item.campaign is None]
        raise UsageError(
            f"a tip cannot be asked about {outcome.id!r}, an outcome of a campaign on the map",
            cause="it runs thousands of worlds, each history of which would fight a war",
            hint="outcomes of the weeks: " + ", ".join(weekly),
        )
    if not 0.0 < question.target < 1.0:
        raise UsageError(
            f"--to {question.target:g} is no probability to be reached",
            hint="write a number between 0 and 1, such as 0.5",
        )
    if not MOST_SD[0] <= question.most_sd <= MOST_SD[1]:
        raise UsageError(
            f"--most-sd {question.most_sd:g} makes no sense",
            hint=f"between {MOST_SD[0]:g} and {MOST_SD[1]:g} standard deviations of a prior",
        )
    return outcome


def _undecided(base: dict[str, Any], target: float) -> UndefinedAnswer:
    """Say how many histories would tell on which side of the target the probability lies."""
    low, high = base["sampling"]
    away = abs(base["estimate"] - target)
    hint = "name another --to"
    if away > 0.0:
        needed = base["histories"] * max((0.5 * (high - low) / away) ** 2, 1.0) * 1.5
        draws = math.ceil(needed / DICE_PER_DRAW)
        hint = f"ask for --histories {draws * DICE_PER_DRAW} or more, or {hint}"
    return UndefinedAnswer(
        f"the probability, {base['estimate']:.2%} (sampling {low:.2%} to {high:.2%}), cannot be "
        f"told from {target:.2%} with {base['histories']:,} histories",
        cause="a change to reach the target could be one up or one down",
        hint=hint,
    )
