"""What is said of rival hypotheses: what each does in the model, what the record says of it."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["weigh_view"]

_VERSIONS = ("absent", "stronger")


def weigh_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Weigh the hypotheses in words and tables."""
    title = words("weigh.title", title=case.header.title.to(words.language))
    parts: list[RenderableType] = [Text(title, style="bold"), *_setting(answer, case, words)]
    parts += [heading(words("weigh.model")), _model_table(answer, words), ""]
    makers = {row["decision_maker"] for row in answer["hypotheses"]}
    usual = case.header.defaults.decision_maker
    others = ", ".join(f"[{maker}]" for maker in sorted(makers - {usual}))
    parts.append(Text(words("weigh.model_note", maker=others)))  # brackets are no markup here
    parts += [heading(words("weigh.chances")), _chance_table(answer, words)]
    parts += _record(answer, words)
    parts += [heading(words("weigh.worlds")), *_worlds(answer, words)]
    parts += ["", words("weigh.warning")]
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _setting(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = [
        words(
            "weigh.setting",
            outcome=case.outcomes[answer["outcome"]].title.to(words.language),
            histories=words.number(answer["histories"]),
            draws=words.number(answer["draws"]),
            seed=answer["seed"],
            numbers=words(f"weigh.numbers_{answer['numbers']['record']}"),
        ),
        words("weigh.as_written"),
    ]
    usual = case.header.defaults.decision_maker
    for row in answer["as_written"]:
        chance = row["probability"]
        lines.append(
            words(
                "weigh.as_written_row",
                maker=row["id"].partition("/")[2] or usual,
                percent=words.percent(chance["estimate"]),
                sampling=words.interval(chance["sampling"]),
                ignorance=words.interval(chance["ignorance"]),
            )
        )
    return lines


def _model_table(answer: dict[str, Any], words: Words) -> Table:
    usual = answer["as_written"][0]["id"]
    table = table_of(
        words("weigh.hypothesis"), words("weigh.share"), words("weigh.but_for"),
        words("weigh.absent"), words("weigh.stronger"),
    )  # fmt: skip
    for row in answer["hypotheses"]:
        maker = row["decision_maker"]
        other = any(item["id"] == f"{usual}/{maker}" for item in answer["as_written"])
        name = f"{row['id'].upper()} {words.of(row['title'])}" + (f" [{maker}]" if other else "")
        share = row["share"]
        table.add_row(
            Text(name),
            _points(share, "shapley", words),
            _points(share, "but_for", words),
            *(_odds(row[key], words) for key in _VERSIONS),
        )
    return table


def _points(share: dict[str, Any] | None, key: str, words: Words) -> str:
    if share is None:
        return words("weigh.none")
    return f"{words.points(share[key])} ±{words.number(100.0 * share[f'{key}_se'], 1)}"


def _odds(version: dict[str, Any] | None, words: Words) -> str:
    if version is None:
        return words("weigh.none")
    return words.percent(version["probability"]["estimate"])


def _chance_table(answer: dict[str, Any], words: Words) -> Table:
    columns = ("version", "odds", "sampling", "ignorance", "less")
    table = table_of(*(words(f"weigh.{name}") for name in columns))
    for name, version in _versions(answer, words):
        chance, gap = version["probability"], version["difference"]
        low, high = (words.points(end) for end in gap["sampling"])
        table.add_row(
            name,
            words.percent(chance["estimate"]),
            *(
                f"{words.percent(chance[key][0])} – {words.percent(chance[key][1])}"
                for key in ("sampling", "ignorance")
            ),
            f"{words.points(gap['estimate'])} [{low}, {high}]",
        )
    return table


def _versions(answer: dict[str, Any], words: Words) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{row['id'].upper()} {words(f'weigh.{key}')}", row[key])
        for row in answer["hypotheses"]
        for key in _VERSIONS
        if row[key] is not None
    ]


def _record(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    columns = ("version", "evidence", "verdict", "weight", "weight_range")
    table = table_of(*(words(f"weigh.{name}") for name in columns))
    rows = [(item["id"], item["record"]) for item in answer["as_written"]]
    rows += [(name, version["record"]) for name, version in _versions(answer, words)]
    changed = []
    for name, said in rows:
        table.add_row(
            name,
            "" if said["verdict"] == "same" else _signed(said["difference"], said, words),
            words(f"weigh.verdict_{said['verdict']}"),
            words.percent(said["weight"]["estimate"], 0),
            " – ".join(words.percent(said["weight"][end], 0) for end in ("low", "high")),
        )
        if said["not_scripted"]["verdict"] != said["verdict"]:
            changed.append(name)
    record = answer["record"]
    counts = {key: words.number(record[key]) for key in ("observations", "clusters")}
    parts: list[RenderableType] = [heading(words("weigh.record")), table, ""]
    parts.append(words("weigh.record_note", **counts))
    names = ", ".join(changed)
    parts.append(
        words("weigh.scripted_note", names=names) if changed else words("weigh.scripted_none")
    )
    return [*parts, *_told(answer, words)]


def _signed(value: float, said: dict[str, Any], words: Words) -> str:
    digits = 1 if abs(value) >= 1.0 or said["difference_se"] >= 1.0 else 2
    sign = "+" if value >= 0 else "−"
    error = words.number(said["difference_se"], digits)
    return f"{sign}{words.number(abs(value), digits)} ±{error}"


def _told(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    record = answer["record"]
    mixture = record["mixture"]
    sign = "+" if mixture["difference"] >= 0 else "−"
    told = [row["id"].upper() for row in answer["hypotheses"] if row["record_tells"]]
    untold = [row["id"].upper() for row in answer["hypotheses"] if not row["record_tells"]]
    lines: list[RenderableType] = [
        words(
            "weigh.mixture",
            difference=f"{sign}{words.number(abs(mixture['difference']), 1)}",
            error=words.number(mixture["difference_se"], 1),
            verdict=words(f"weigh.mixture_{mixture['verdict']}"),
        ),
        "",
        Text(words("weigh.untold", names=", ".join(untold)), style="bold"),
        words("weigh.told", names=", ".join(told)) if told else words("weigh.told_none"),
        words("weigh.pairs", pairs=len(record["pairs"]), apart=record["pairs_apart"]),
    ]
    common = _common([pair["hypotheses"] for pair in record["pairs"] if pair["apart"]])
    if common:
        lines.append(words("weigh.pairs_list", names=", ".join(name.upper() for name in common)))
    return lines


def _common(pairs: list[list[str]]) -> list[str]:
    """Return the fewest hypotheses, by frequency, of which every pair holds one."""
    found: list[str] = []
    left = list(pairs)
    while left:
        names = sorted({name for pair in left for name in pair})
        best = max(names, key=lambda name: sum(name in pair for pair in left))
        found.append(best)
        left = [pair for pair in left if best not in pair]
    return found


def _worlds(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for row in answer["hypotheses"]:
        name = row["id"].upper()
        said = {"id": name, "title": words.of(row["title"]), "holders": row["held_by"]}
        lines.append(
            words("weigh.denied_by", deniers=row["denied_by"], **said)
            if row["denied_by"]
            else words("weigh.held_by", **said)
        )
        for key in _VERSIONS:
            version = row[key]
            if version is not None:
                title, leaves = words.of(version["title"]), words.of(version["leaves"])
                lines.append(
                    "  " + words(f"weigh.world_{key}", id=name, title=title, leaves=leaves)
                )
        if row["as_written"]:
            lines.append(
                "  " + words("weigh.world_none", id=name, reason=words.of(row["as_written"]))
            )
    return lines
