"""The first sentence of an answer: how often the event comes."""

from __future__ import annotations

from jukushi.case.schema import Outcome
from jukushi.views.words import Words

__all__ = ["headline"]


def headline(outcome: Outcome, probability: float, words: Words) -> str:
    """Say in how many histories an outcome comes; of none there is a sentence of its own."""
    sentence = outcome.sentence.to(words.language)
    percent = words.percent(probability)
    if probability == 0.0:
        return words("why.headline_none", sentence=sentence, percent=percent)
    counts = words.counts(probability)
    return words("why.headline", sentence=sentence, counts=counts, percent=percent)
