"""With which numbers, and of which histories, a question was asked."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.views.words import Words

__all__ = ["knowledge_lines"]


def knowledge_lines(answer: dict[str, Any], case: Case, words: Words) -> list[Text]:
    """Say what was taken to be known; nothing of a case with its own priors.

    Where more parameter draws were run than histories count as like the record, the sampling
    intervals are too narrow, and that is said.
    """
    known = answer["knowledge"]
    lines = []
    if known["numbers"] != "prior":
        until = case.record.split.until.isoformat() if case.record else ""
        lines.append(Text(words(f"knowledge.{known['numbers']}", until=words.day(until))))
    if known["known_by"] is not None:
        lines.append(Text(words("knowledge.known_by", day=words.day(known["known_by"]))))
    if known["like_record"] is not None:
        lines += _like_record(known["like_record"], answer, words)
    return lines


def _like_record(like: dict[str, Any], answer: dict[str, Any], words: Words) -> list[Text]:
    lines = [
        Text(
            words(
                "knowledge.like_record",
                day=words.day(like["until"]),
                observations=words.number(like["observations"]),
                events=words.number(like["events"]),
                effective=words.number(round(like["effective"])),
                bank=words.number(like["bank"]),
            )
        )
    ]
    draws = answer.get("histories", 0) / DICE_PER_DRAW
    if draws > like["effective"]:
        lines.append(Text(words("knowledge.too_narrow", draws=words.number(draws)), style="bold"))
    return lines
