"""The three histories of a "why": typical, nearest miss, and a pair of twins."""

from __future__ import annotations

from typing import Any

from jukushi.case.load import Case
from jukushi.questions.retell import retell
from jukushi.questions.worlds import factor_of, reading_of
from jukushi.views.tell import paragraph
from jukushi.views.words import Words

__all__ = ["told_stories"]


def told_stories(answer: dict[str, Any], case: Case, words: Words) -> list[tuple[str, str]]:
    """Return (title, paragraph) for each story of an answer."""
    stories = answer["stories"]
    last = int(case.week_of(case.outcomes[answer["outcome"]].by))
    told: list[tuple[str, str]] = []

    def tell(number: int, without: dict[str, str | None]) -> str:
        history = retell(
            case, number, answer["seed"], without, answer["decision_maker"], answer["collapse"],
            answer["do"],
        )  # fmt: skip
        return paragraph(history, words, last)

    for key, name in (("typical", "why.typical"), ("nearest_miss", "why.miss")):
        if stories[key] is not None:
            told.append((words(name, number=words.number(stories[key])), tell(stories[key], {})))
    if not stories["twins"]:
        told.append((words("why.no_twin"), ""))
        return told
    effects = {row["id"]: row["but_for"] for row in answer["factors"]}
    twin = max(stories["twins"], key=lambda item: effects[item["factor"]])
    row = next(row for row in answer["factors"] if row["id"] == twin["factor"])
    factor = factor_of(case, twin["factor"])
    reading = reading_of(factor, row["reading"])
    number = words.number(twin["history"])
    title = words("why.twin", number=number, factor=factor.title.to(words.language))
    told.append((title, tell(twin["history"], {})))
    told.append(
        (
            words("why.twin_without", reading=reading.title.to(words.language)),
            tell(twin["history"], {factor.id: reading.id}),
        )
    )
    return told
