"""What the fitted part of the record has taught: numbers moved, checks, coverage."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.case.targets import record_of
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["fit_record_view"]


def fit_record_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say what each fit has moved, what it could not, and whether fits find what is known."""
    title = case.header.title.to(words.language)
    split = answer["split"]
    parts: list[RenderableType] = [
        Text(words("fit_record.title", title=title), style="bold"),
        words(
            "fit_record.setting",
            until=words.day(split["until"]),
            draws=words.number(answer["draws"]),
            seed=answer["seed"],
        ),
    ]
    for fit in answer["fits"]:
        parts.append(heading(words(f"fit_record.fit_{fit['split']}_{fit['base']}")))
        parts += _one(fit, case, words)
    parts += _coverage(answer["coverage"], words)
    parts += ["", words("fit_record.kept", path=answer["posterior"])]
    return Group(*parts, "", Text(words("fit_record.warning"), style="bold"))


def _one(fit: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    likeliest = max(fit["evidence"], key=lambda row: row["log_evidence"])
    return [
        words(
            "fit_record.found",
            observations=words.number(len(fit["checks"])),
            ruled=words.percent(fit["ruled_out"]["share"]),
            effective=words.number(round(fit["effective"])),
        ),
        "",
        _parameters(fit, words),
        "",
        _checks(fit, case, words),
        "",
        words(
            "fit_record.not_moved",
            names=", ".join(fit["not_moved"]) or words("fit_record.none"),
            others=words.number(len(fit["not_fitted"])),
        ),
        words(
            "fit_record.evidence",
            times=words.number(likeliest["discrepancy_times"], 1),
            log=words.number(likeliest["log_evidence"], 1),
        ),
    ]


def _parameters(fit: dict[str, Any], words: Words) -> Table:
    keys = ("parameter", "prior", "posterior", "shift", "narrowed")
    table = table_of(*(words(f"fit_record.{key}") for key in keys))
    for row in fit["parameters"]:
        mark = "" if row["moved"] else " °"
        table.add_row(
            f"{row['id']}{mark}",
            _range(row["prior"], words),
            _range(row["posterior"], words),
            _signed(row["shift"], words),
            words.percent(max(row["narrowed"], 0.0)),
        )
    return table


def _range(summary: dict[str, float], words: Words) -> str:
    mean, low, high = (_figure(summary[key], words) for key in ("mean", "low", "high"))
    return f"{mean} [{low}; {high}]"


def _figure(value: float, words: Words) -> str:
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    return words.number(value, digits).replace("-", "−")


def _signed(value: float, words: Words) -> str:
    return ("+" if value >= 0 else "−") + words.number(abs(value), 2)


def _checks(fit: dict[str, Any], case: Case, words: Words) -> Table:
    keys = ("observation", "day", "before", "after", "without")
    table = table_of(*(words(f"fit_record.{key}") for key in keys))
    titles = {item.id: item.title.to(words.language) for item in record_of(case).series}
    for row in fit["checks"]:
        ranks = (words.percent(row[f"rank_{key}"]) for key in ("prior", "posterior", "without"))
        table.add_row(titles[row["series"]], words.day(row["date"]), *ranks)
    return table


def _coverage(coverage: dict[str, Any] | None, words: Words) -> list[RenderableType]:
    if coverage is None:
        return []
    within, joint = coverage["within"], coverage["joint"]
    return [
        heading(words("fit_record.coverage")),
        words(
            "fit_record.covered",
            records=words.number(coverage["records"]),
            share=words.percent(within["estimate"]),
            interval=words.interval(within["sampling"]),
        ),
        words("fit_record.joint", p=words.number(joint["p_value"], 2)),
        words("fit_record.few", share=words.percent(coverage["too_few_effective"])),
    ]
