"""The audit as one page of Markdown that stands by itself: the table, and each claim whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.case.load import Case
from jukushi.views.audit import intro, summary_lines
from jukushi.views.audit_told import (
    beside_lines,
    details,
    figures_line,
    finding_lines,
    head,
    mechanisms,
    short,
    stance_line,
)
from jukushi.views.words import Words

__all__ = ["audit_page"]


def audit_page(answer: dict[str, Any], case: Case, words: Words) -> str:
    """Return the whole page."""
    title, *rest = intro(answer, case, words)
    lines = [f"# {title}", ""]
    for text in [*rest, words("why.rests_warning")]:
        lines += [text, ""]
    lines += [f"## {words('audit.summary_title')}", ""]
    first, second, *others = summary_lines(answer, case, words)
    lines += [first, "", second, "", words("audit.summary_table"), "", *_cross(answer, words), ""]
    for line in others:
        lines += [line, ""]
    lines += [*_table(answer, case, words), ""]
    for row in answer["claims"]:
        lines += [*_claim(row, case, words)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _table(answer: dict[str, Any], case: Case, words: Words) -> Iterator[str]:
    names = ("claim", "scholarship_page", "model", "mechanism")
    yield _row("id", *(words(f"audit.column_{name}") for name in names))
    yield "|---|---|---|---|---|"
    for row in answer["claims"]:
        yield _row(
            row["id"],
            words.of(row["claim"]),
            words(f"audit.verdict_{row['verdict']}"),
            short(row, case, words),
            mechanisms(row),
        )


def _cross(answer: dict[str, Any], words: Words) -> Iterator[str]:
    stances = list(answer["summary"]["stances"])
    yield _row("", *(words(f"audit.stance_{stance}") for stance in stances))
    yield "|---|" + "---:|" * len(stances)
    for verdict, counts in answer["summary"]["verdicts_by_stance"].items():
        numbers = (str(counts[stance]) for stance in stances)
        yield _row(words(f"audit.verdict_{verdict}"), *numbers)


def _claim(row: dict[str, Any], case: Case, words: Words) -> Iterator[str]:
    yield from (f"## {head(row, words)}", "", words.of(row["claim"]), "")
    figures = figures_line(row, words)
    if figures is not None:
        yield from (figures, "")
    verdict = words(f"audit.verdict_{row['verdict']}")
    confidence = words(f"audit.confidence_{row['confidence']}")
    yield from (words("audit.verdict_line", verdict=verdict, confidence=confidence), "")
    yield from (f"- {line}" for line in finding_lines(row, words))
    yield from ("", stance_line(row, case, words), "")
    if row["model"]["kind"] != "silent":
        yield from (words("audit.says", says=words.of(row["model"]["says"])), "")
    for line in details(row, case, words):
        yield from (line, "")
    beside = list(beside_lines(row, case, words))
    if beside:
        yield from (words("audit.beside_title"), "", *(f"- {line}" for line in beside), "")
    yield from (words("audit.mechanism_line", mechanisms=mechanisms(row)), "")
