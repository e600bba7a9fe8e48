"""The same probability with the other numbers: a posterior beside priors, priors beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jukushi.case.knowledge import known_as
from jukushi.case.load import Case
from jukushi.case.posterior import PosteriorError, posterior_of
from jukushi.engine.run import Engine
from jukushi.engine.settings import World
from jukushi.questions.probability import Probability, draw_starts

__all__ = ["beside", "other_numbers"]

#: Histories that are run at once.
_AT_ONCE = 1 << 17


def other_numbers(case: Case) -> Case | None:
    """Return the case with a posterior in place of its priors, or the other way round.

    None if it has no posterior, or one of other numbers.
    """
    known = case.knowledge
    if known.joint is not None:
        numbers = "widened" if known.numbers.startswith("widened") else "prior"
        return known_as(case, replace(known, numbers=numbers, joint=None))
    try:
        return posterior_of(case)
    except PosteriorError:
        return None


def beside(
    case: Case, world: World, outcome: str, histories: int, seed: int, threads: int | None = None
) -> dict[str, Any] | None:
    """Return the probability of an outcome with the other numbers, on dice of the same seed.

    Returns
    -------
    dict or None
        `numbers` and `probability` with both intervals; None where there are no others.
    """
    other = other_numbers(case)
    if other is None:
        return None
    engine = Engine(other, seed, threads)
    found = Probability(1)
    for first in range(0, histories, _AT_ONCE):
        count = min(_AT_ONCE, histories - first)
        results = engine.run([world], first, count, outcome)
        found.add(results.events >= 0, draw_starts(first, count))
    return {"numbers": other.knowledge.numbers, "probability": found.answer(0)}
