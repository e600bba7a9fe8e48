"""The audit on a terminal: every claim in one table, what comes of all, or one claim whole."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
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
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["audit_view", "claim_view", "intro", "summary_lines"]


def audit_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say of every claim what scholarship and the model say, and what comes of it."""
    title, *rest = intro(answer, case, words)
    parts: list[RenderableType] = [Text(title, style="bold"), *rest, ""]
    parts.append(_table(answer, case, words))
    parts.append(heading(words("audit.summary_title")))
    first, second, *others = summary_lines(answer, case, words)
    parts += [first, second, "", words("audit.summary_table"), _cross(answer, words), *others]
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def intro(answer: dict[str, Any], case: Case, words: Words) -> list[str]:
    """Title, text, and how many histories stand behind it."""
    return [
        words("audit.title", title=case.header.title.to(words.language)),
        words("audit.text", text=words.of(answer["text"])),
        words(
            "audit.setting",
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        ),
    ]


def _table(answer: dict[str, Any], case: Case, words: Words) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), leading=1, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column(words("audit.column_claim"), ratio=10, overflow="fold")
    table.add_column(words("audit.column_scholarship"), min_width=8, overflow="fold")
    table.add_column(words("audit.column_model"), ratio=10, overflow="fold")
    table.add_column(words("audit.column_mechanism"), ratio=6, overflow="fold")
    for row in answer["claims"]:
        table.add_row(
            row["id"],
            Text(words.of(row["claim"])),
            words(f"audit.verdict_{row['verdict']}"),
            Text(short(row, case, words)),
            mechanisms(row),
        )
    return table


def _cross(answer: dict[str, Any], words: Words) -> Table:
    """Counts of claims by what scholarship says and what the model says."""
    by = answer["summary"]["verdicts_by_stance"]
    stances = list(answer["summary"]["stances"])
    table = table_of("", *(words(f"audit.stance_{stance}") for stance in stances))
    for verdict, counts in by.items():
        table.add_row(
            words(f"audit.verdict_{verdict}"), *(str(counts[stance]) for stance in stances)
        )
    return table


def summary_lines(answer: dict[str, Any], case: Case, words: Words) -> list[str]:
    """Counts, the claims that both deny, and those on which model and scholarship part."""
    summary = answer["summary"]
    lines = [
        words("audit.summary_scholarship", claims=summary["claims"], **summary["verdicts"]),
        words("audit.summary_model", **summary["stances"]),
    ]
    if summary["both_against"]:
        lines.append(words("audit.both_against", ids=", ".join(summary["both_against"])))
    rows = {row["id"]: row for row in answer["claims"]}
    contested = summary["model_against_scholarship"]
    key = "model_against_scholarship" if contested else "no_contest"
    lines.append(words(f"audit.{key}"))
    for name in contested:
        claim = words.of(rows[name]["claim"])
        told = short(rows[name], case, words)
        lines.append("- " + words("audit.contest_line", id=name, claim=claim, said=told))
    return [*lines, words("audit.rules")]


def claim_view(row: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """One claim whole."""
    parts: list[RenderableType] = [
        Text(head(row, words), style="bold"),
        Text(words.of(row["claim"])),
        "",
    ]
    figures = figures_line(row, words)
    if figures is not None:
        parts.append(figures)
    confidence = words(f"audit.confidence_{row['confidence']}")
    verdict = words(f"audit.verdict_{row['verdict']}")
    parts.append(words("audit.verdict_line", verdict=verdict, confidence=confidence))
    parts += [Text(f"- {line}") for line in finding_lines(row, words)]
    parts += ["", Text(stance_line(row, case, words))]
    if row["model"]["kind"] != "silent":
        parts.append(Text(words("audit.says", says=words.of(row["model"]["says"]))))
    parts += [Text(line) for line in details(row, case, words)]
    beside = list(beside_lines(row, case, words))
    if beside:
        parts += [words("audit.beside_title"), *(Text(f"- {line}") for line in beside)]
    parts.append(words("audit.mechanism_line", mechanisms=mechanisms(row)))
    return Group(*parts)
