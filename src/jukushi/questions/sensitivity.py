"""Which uncertain numbers move the odds: indices of Sobol, by month, with intervals.

Of the variance of the probability over the parameters, the *first-order* index of one is what
it makes by itself, the *total* index what it makes alone and together with others. A parameter
of no use has both zero. The variance that the dice make is stated apart.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.draws import LANES
from jukushi.engine.run import Engine, thread_count
from jukushi.errors import UndefinedAnswer, UsageError, nearest
from jukushi.questions.index_answer import outcome_answer, reached
from jukushi.questions.index_rows import WIDEST
from jukushi.questions.index_study import IndexStudy
from jukushi.questions.months import month_of, months_of
from jukushi.questions.odds import outcome_of, structure_of
from jukushi.questions.saltelli import Rows
from jukushi.questions.unit_cube import UnitCube
from jukushi.study.conduct import Options
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance

__all__ = ["SCALES", "SensitivityQuestion", "sensitivity", "usual_samples"]

SCALES = ("probability", "logit")
#: Fewest rows, for the intervals; most, for the memory of the design.
LEAST_SAMPLES, MOST_SAMPLES = 64, 16_384
#: Rows times running weeks of the usual design, which is also the largest: 1,024 rows to the
#: end of 1941, measured to answer in well under a minute on two cores.
_USUAL_WEEKS = 1_024 * 28


@dataclass(frozen=True)
class SensitivityQuestion:
    """What is asked.

    Attributes
    ----------
    outcomes : sequence of str
        Empty for the case's usual one.
    month : str, optional
        ``1941-08``: the month by which the parameters are ordered; the last one if None.
    scale : str
        ``probability``, or ``logit``: log odds of the smoothed frequency.
    samples : int, optional
        Rows of the design, the most that are run if a precision is asked for; None for a
        size that answers within a minute, eight times that with a precision.
    dice : int
        Histories of each point, a multiple of 64.
    seed : int
    threads : int, optional
        The answer is the same for any number.
    decision_maker : str, optional
    collapse : bool, optional
    precision : float, optional
        Stop when half the interval of each of the ten largest total indices is at most this.
    """

    outcomes: Sequence[str] = ()
    month: str | None = None
    scale: str = "probability"
    samples: int | None = None
    dice: int = LANES
    seed: int = 1
    threads: int | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    precision: float | None = None


def usual_samples(case: Case, outcome: Outcome) -> int:
    """Return the usual number of rows: a power of two, fewer for more weeks."""
    weeks = int(case.week_of(outcome.by)) + 1 - case.first_running_week
    rows = 1 << int(math.log2(_USUAL_WEEKS / weeks))
    return min(max(rows, 256), 1_024)


def sensitivity(
    case: Case, question: SensitivityQuestion | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Say which uncertain numbers move the odds.

    Parameters
    ----------
    case : Case
    question : SensitivityQuestion, optional
    options : Options, optional
        Only its progress is used: nothing is kept on disk.

    Returns
    -------
    dict
        As described in ``docs/formats/sensitivity.md``.

    Raises
    ------
    UsageError
        If outcome, month or scale do not exist, or an outcome is fought on the map.
    UndefinedAnswer
        If there are too few rows for any interval.
    """
    question, options = question or SensitivityQuestion(), options or Options()
    outcomes = _checked(case, question)
    started = time.perf_counter()
    structure = structure_of(case, question.decision_maker, question.collapse)
    engine = Engine(case, question.seed, 1)
    cube = UnitCube(case, engine.space, question.seed, structure.changes)
    rows = []
    for outcome in outcomes:
        months = months_of(case, outcome)
        month = month_of(months, question.month)
        usual = usual_samples(case, outcome) * (1 if question.precision is None else 8)
        sized = replace(question, samples=question.samples or usual)
        rows_of = Rows(
            engine, cube, outcome.id, sized.dice, sized.samples or LEAST_SAMPLES,
            thread_count(sized.threads), structure.world("points", structure.changes),
        )  # fmt: skip
        study = _conducted(rows_of, outcome, sized, month, options)
        answer = outcome_answer(study, outcome.id, month)
        told = question.precision and {
            "asked": question.precision, "reached": reached(study, month)
        }  # fmt: skip
        rows.append({**answer, "samples": study.done, "precision": told or None})
    return {
        "schema": "jukushi.sensitivity/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "scale": question.scale,
        "dice": question.dice,
        "widest": WIDEST,
        "outcomes": rows,
        "provenance": provenance(time.perf_counter() - started, thread_count(question.threads), ""),
    }


def _checked(case: Case, question: SensitivityQuestion) -> list[Outcome]:
    """Return the outcomes asked about; refuse what cannot be asked, before anything is run."""
    if question.scale not in SCALES:
        close = nearest(question.scale, SCALES)
        raise UsageError(
            f"there is no scale {question.scale!r}",
            hint=f"did you mean {close!r}?" if close else "one of: " + ", ".join(SCALES),
        )
    if case.knowledge.joint is not None:
        raise UsageError(
            "indices of numbers that depend on each other are not defined here",
            cause="a posterior is a joint sample; variance is divided among independent numbers",
            hint="ask with --prior; `jukushi fit` lists what the record has moved",
        )
    if question.dice < LANES or question.dice % LANES:
        raise UsageError(
            f"{question.dice} dice cannot be run: histories run {LANES} at a time",
            hint=f"ask for --dice {max(round(question.dice / LANES), 1) * LANES}",
        )
    _check_samples(question.samples)
    names = question.outcomes or [case.header.defaults.outcome]
    outcomes = [outcome_of(case, name) for name in names]
    for outcome in outcomes:
        if outcome.campaign is not None:
            raise UsageError(
                f"the outcome {outcome.id!r} is fought on the map: it takes too long here",
                hint="ask about an outcome before the war on the map, such as the attack itself",
            )
        month_of(months_of(case, outcome), question.month)
    return outcomes


def _check_samples(samples: int | None) -> None:
    if samples is None:
        return
    if samples & (samples - 1) or samples > MOST_SAMPLES:
        raise UsageError(
            f"{samples:,} samples are no size of the design",
            cause=f"a sequence of Sobol is even at powers of two, up to {MOST_SAMPLES:,} here",
            hint=f"ask for --samples {min(1 << max(samples.bit_length() - 1, 6), MOST_SAMPLES)}",
        )
    if samples < LEAST_SAMPLES:
        raise UndefinedAnswer(
            f"with {samples} samples no interval of an index is defined",
            hint=f"ask for --samples {LEAST_SAMPLES} or more",
        )


def _conducted(
    rows: Rows,
    outcome: Outcome,
    question: SensitivityQuestion,
    month: str,
    options: Options,
) -> IndexStudy:
    """Run the rows of one outcome, all of them or until the precision is reached."""
    samples = question.samples or LEAST_SAMPLES
    months = months_of(rows.engine.case, outcome)
    study = IndexStudy(rows, months, month, question.scale == "logit", question.seed)

    def progress(done: int, early: float) -> None:
        options.progress(done, samples, early)

    for size in _sizes(samples, question.precision is not None):
        study.run_to(size, progress)
        if question.precision is not None and reached(study, month) <= question.precision:
            break
    return study


def _sizes(samples: int, watched: bool) -> Iterator[int]:
    """Sizes at which the precision is looked at: powers of two from 256 on."""
    size = min(256, samples) if watched else samples
    while size < samples:
        yield size
        size *= 2
    yield samples
