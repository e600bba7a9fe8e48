"""The causes of one history, told in a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.words import Words

__all__ = ["causes_paragraph", "causes_view"]

_TOLD_SETS = 3


def causes_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Return a title, the paragraph, and what it does not say."""
    title = words(
        "causes.title",
        number=words.number(answer["history"]),
        case=answer["case"],
        seed=answer["seed"],
        decider=answer["decision_maker"],
        trigger=words("why.on" if answer["collapse"] else "why.off"),
    )
    parts: list[RenderableType] = [Text(title, style="bold")]
    if answer["do"]:
        parts.append(words("why.done", acts=", ".join(answer["do"])))
    return Group(*parts, causes_paragraph(answer, case, words), words("causes.caveat"))


def causes_paragraph(answer: dict[str, Any], case: Case, words: Words) -> str:
    """Tell the causes of a history in one paragraph."""
    sentence = case.outcomes[answer["outcome"]].sentence.to(words.language)
    if answer["came"]:
        said = [words("causes.asked_yes", sentence=sentence, date=words.day(answer["date"]))]
    else:
        said = [words("causes.asked_no", sentence=sentence)]
    if not answer["sets"]:
        n = len(answer["factors"])
        key = "causes.none" if n > 1 else "causes.none_one"
        return " ".join([*said, words(key, n=words.number(n))])
    titles = {row["id"]: words.of(row["title"]) for row in answer["factors"]}
    said += _sets(answer, titles, words)
    said += _roles(answer, words)
    return " ".join(said)


def _sets(answer: dict[str, Any], titles: dict[str, str], words: Words) -> list[str]:
    fewest = answer["fewest"]
    key = "causes.fewest_one" if fewest == 1 else "causes.fewest"
    said = [words(key, k=words.number(fewest))]
    for row in answer["sets"][:_TOLD_SETS]:
        factors = _joined([titles[name] for name in row["factors"]], words)
        if row["date"] is None:
            said.append(words("causes.set_stayed", factors=factors))
        else:
            said.append(words("causes.set_came", factors=factors, date=words.day(row["date"])))
        if row["parts_on"] is not None:
            said.append(words("causes.parts", parts_on=words.day(row["parts_on"])))
    more = answer["sets_found"] - _TOLD_SETS
    if more > 0:
        said.append(words("causes.more", more=words.number(more)))
    return said


def _roles(answer: dict[str, Any], words: Words) -> list[str]:
    """Who is responsible and how far, who stood in reserve, who had no part."""
    said = []
    if answer["over_determined"]:
        said.append(words("causes.over_determined"))
    reserve = [words.of(row["title"]) for row in answer["factors"] if row["pre_empted"]]
    if reserve:
        key = "causes.pre_empted" if len(reserve) == 1 else "causes.pre_empted_several"
        said.append(words(key, factors=_joined(reserve, words)))
    shares = [
        words("causes.share", factor=_quoted(words.of(row["title"]), words), degree=_degree(row))
        for row in answer["factors"]
        if row["contingency"] is not None
    ]
    said.append(words("causes.responsibility", list=", ".join(shares)))
    innocent = [words.of(row["title"]) for row in answer["factors"] if row["contingency"] is None]
    if innocent:
        said.append(words("causes.innocent", factors=_joined(innocent, words)))
    if not answer["monotone"]:
        said.append(words("causes.not_monotone"))
    return said


def _degree(row: dict[str, Any]) -> str:
    """Write 1/(1+k) as a fraction."""
    return "1" if row["contingency"] == 0 else f"1/{1 + row['contingency']}"


def _quoted(title: str, words: Words) -> str:
    return words("causes.quoted", title=title)


def _joined(titles: Sequence[str], words: Words) -> str:
    """Write titles in quotation marks, the last after an "and"."""
    quoted = [_quoted(title, words) for title in titles]
    if len(quoted) == 1:
        return quoted[0]
    return words("causes.pair", first=", ".join(quoted[:-1]), last=quoted[-1])
