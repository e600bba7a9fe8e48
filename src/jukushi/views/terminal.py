"""Answers for a terminal: tables and sentences, narrow or wide, with or without colour."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.causation import causation_part
from jukushi.views.headline import headline
from jukushi.views.precision import precision_said
from jukushi.views.survival import ranks_part, survival_part
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words, short_title

__all__ = ["odds_view", "plain", "why_view"]

_BAR = 14


def plain(view: RenderableType, width: int = 100) -> str:
    """Render a view as plain text of a given width."""
    buffer = StringIO()
    Console(file=buffer, width=width, no_color=True, highlight=False).print(view)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def odds_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Odds and dates of every outcome."""
    table = table_of(
        *(
            words(f"run.{name}")
            for name in ("outcome", "probability", "sampling", "ignorance", "date", "record")
        )
    )
    for row in answer["outcomes"]:
        probability, date = row["probability"], row["date"]
        outcome = case.outcomes[row["id"]]
        when = words("run.never")
        if date is not None:
            when = words(
                "run.range",
                median=words.short_day(date["median"]),
                low=words.short_day(date["low"]),
                high=words.short_day(date["high"]),
            )
        record = words("run.no")
        if row["happened"]:
            record = words("run.yes", date=words.short_day(row["happened_on"]))
        table.add_row(
            outcome.title.to(words.language),
            words.percent(probability["estimate"]),
            words.span(probability["sampling"]),
            words.span(probability["ignorance"]),
            when,
            record,
        )
    title = Text(words("run.title", title=case.header.title.to(words.language)), style="bold")
    return Group(
        title, _setting(answer, words), table, words("run.ends"), words("why.rests_warning")
    )


def _setting(answer: dict[str, Any], words: Words) -> str:
    said = words(
        "why.setting",
        histories=words.number(answer["histories"]),
        seed=answer["seed"],
        decider=answer["decision_maker"],
        collapse=words("why.on" if answer["collapse"] else "why.off"),
    )
    if answer["do"]:
        said += " " + words("why.done", acts=", ".join(answer["do"]))
    if answer["precision"]:
        said += " " + precision_said(answer["precision"], words)
    return said


def why_view(
    answer: dict[str, Any], case: Case, words: Words, stories: list[tuple[str, str]]
) -> RenderableType:
    """The answer to why: sentence, locks, factors, pairs, sets, structures, stories, ground."""
    parts: list[RenderableType] = [*_headline(answer, case, words)]
    parts += _locks(answer, case, words)
    parts += _factors(answer, case, words)
    parts += causation_part(answer, words)
    parts += _readings(answer, case, words)
    parts += _sets(answer, case, words)
    parts += _structures(answer, case, words)
    parts += ranks_part(answer, words)
    if answer["survives"] is not None:
        parts += survival_part(answer, case, words)
    if stories:
        parts.append(heading(words("why.stories_title")))
        for title, text in stories:
            parts += [Text(title, style="italic"), text]
    parts += _ground(case, words)
    return Group(*parts)


def _beside(other: dict[str, Any], words: Words) -> str:
    """The same with the other numbers."""
    chance = other["probability"]
    return words(
        "why.beside_posterior" if other["numbers"].endswith("posterior") else "why.beside_prior",
        percent=words.percent(chance["estimate"]),
        sampling=words.interval(chance["sampling"]),
        ignorance=words.interval(chance["ignorance"]),
    )


def _headline(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    outcome = case.outcomes[answer["outcome"]]
    probability = answer["probability"]
    nearest = answer["nearest_to_ripe"]
    lines: list[RenderableType] = [
        Text(
            headline(outcome, probability["estimate"], words),
            style="bold",
        ),
        words("why.sampling", interval=words.interval(probability["sampling"])),
        words("why.ignorance", interval=words.interval(probability["ignorance"])),
        words("why.happened" if outcome.happened else "why.not_happened"),
    ]
    if answer["beside"] is not None:
        lines.append(_beside(answer["beside"], words))
    every, ratio = nearest["all_gates"], nearest["ratio"]
    if every is not None and ratio is not None:
        lines.append(
            words(
                "why.nearest",
                median=words.day(every["median"]),
                low=words.day(every["low"]),
                high=words.day(every["high"]),
                ratio=words.day(ratio["median"]),
                ratio_low=words.day(ratio["low"]),
                ratio_high=words.day(ratio["high"]),
            )
        )
    absent = answer["all_absent"]
    lines.append(
        words(
            "why.absent" if len(answer["factors"]) > 1 else "why.absent_one",
            n=len(answer["factors"]),
            percent=words.percent(absent["estimate"]),
            sampling=words.interval(absent["sampling"]),
            ignorance=words.interval(absent["ignorance"]),
        )
    )
    lines.append(_setting(answer, words))
    return lines


def _locks(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    months = [entry["month"] for entry in answer["locks"][0]["by_month"]]
    table = table_of(
        words("why.locks_gate"),
        words("why.locks_shut"),
        words("why.locks_alone"),
        *(words.month(month) for month in months),
    )
    titles = {gate.id: short_title(gate.title.to(words.language)) for gate in case.doctrines.gates}
    for row in answer["locks"]:
        table.add_row(
            titles[row["gate"]],
            _with_interval(row["closed"], words),
            _with_interval(row["alone"], words),
            *(words.percent(entry["closed"]["estimate"], 0) for entry in row["by_month"]),
        )
    for key in ("collapse_known", "decided"):
        name = words("why.trigger_row" if key == "collapse_known" else "why.decided_row")
        cells = [words.percent(entry[key]["estimate"], 0) for entry in answer["triggers"]]
        table.add_row(name, "", "", *cells, style="dim")
    widest = max(
        max(value["sampling"][1] - value["estimate"], value["estimate"] - value["sampling"][0])
        for entry in [month for row in answer["locks"] for month in row["by_month"]]
        + answer["triggers"]
        for value in entry.values()
        if isinstance(value, dict)
    )
    error = words("why.locks_error", points=words.number(100 * widest, 1))
    return [heading(words("why.locks_title")), words("why.locks_note"), table, error]


def _with_interval(value: dict[str, Any], words: Words) -> str:
    low, high = value["sampling"]
    return f"{words.percent(value['estimate'])} [{words.percent(low)}-{words.percent(high)}]"


def _factors(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    table = table_of(
        words("why.factor"), words("why.share"), "", words("why.but_for"), words("why.ranks")
    )
    largest = max((abs(row["shapley"]) for row in answer["factors"]), default=1.0) or 1.0
    warnings = []
    for row in answer["factors"]:
        low, high = row["rank_range"]
        table.add_row(
            words.of(row["title"]),
            f"{words.points(row['shapley'])} ± {words.number(100 * row['shapley_se'], 1)}",
            Text(_bar(row["shapley"] / largest)),
            f"{words.points(row['but_for'])} ± {words.number(100 * row['but_for_se'], 1)}",
            str(low) if low == high else f"{low}-{high}",
        )
        if row["sign_warning"]:
            warnings.append(words("why.sign_warning", factor=words.of(row["title"])))
    residual = words.number(abs(100 * answer["residual"]), 6)
    return [
        heading(words("why.factors_title")),
        words("why.factors_note"),
        table,
        words("why.residual", residual=residual),
        *warnings,
    ]


def _bar(share: float) -> str:
    """A signed bar about a middle line."""
    filled = round(abs(share) * _BAR)
    bar = "█" * filled or "·"
    if share >= 0:
        return " " * 4 + "|" + bar
    return bar[:4].rjust(4) + "|"


def _readings(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    readings = [
        words(
            "why.leaves",
            factor=words.of(row["title"]),
            reading=words.of(row["reading_title"]),
            since=words.day(row["since"]),
            rewrite=words(f"why.{row['rewrite']}"),
            leaves=words.of(row["leaves"]),
        )
        for row in answer["factors"]
    ]
    return [heading(words("why.readings_title")), *readings]


def _names(case: Case, factors: list[str], words: Words) -> str:
    return " + ".join(case.factors[name].title.to(words.language) for name in factors)


def _sets(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if answer["interactions"]:
        lines.append(heading(words("why.pairs_title")))
    for row in answer["interactions"][:4]:
        first, second = (case.factors[name].title.to(words.language) for name in row["factors"])
        lines.append(
            words(
                "why.pair",
                first=first,
                second=second,
                points=words.points(row["interaction"]),
                error=words.number(100 * row["interaction_se"], 1),
            )
        )
    fewest = answer["fewest"]
    lines.append(heading(words("why.fewest_title")))
    counts = [
        words(
            "why.fewest",
            number=row["factors"],
            percent=words.percent(row["share"]["estimate"]),
            interval=words.interval(row["share"]["sampling"]),
        )
        for row in fewest["by_number"]
        if row["share"]["estimate"] > 0
    ]
    counts.append(
        words(
            "why.fewest_never",
            percent=words.percent(fewest["never"]["estimate"]),
            interval=words.interval(fewest["never"]["sampling"]),
        )
    )
    lines.append("; ".join(counts))
    if answer["smallest_sets"]:
        lines.append(heading(words("why.sets_title")))
    lines += [
        words(
            "why.set_line",
            factors=_names(case, row["factors"], words),
            percent=words.percent(row["share"]["estimate"]),
            interval=words.interval(row["share"]["sampling"]),
            probability=words.percent(row["probability"]["estimate"]),
            sampling=words.interval(row["probability"]["sampling"]),
            ignorance=words.interval(row["probability"]["ignorance"]),
        )
        for row in answer["smallest_sets"][:6]
    ]
    return lines


def _structures(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = [heading(words("why.structures_title"))]
    firsts = set()
    own = ""
    for row in answer["structures"]:
        ranked = sorted(row["factors"], key=lambda item: (item["rank"], item["id"]))
        if ranked:
            firsts.add(ranked[0]["id"])
        same = row["decision_maker"] == answer["decision_maker"]
        if ranked and same and row["collapse"] == answer["collapse"]:
            own = ranked[0]["id"]
        ranking = ", ".join(
            f"{case.factors[item['id']].title.to(words.language)} "
            f"({words.points(item['but_for'])} ± {words.number(100 * item['but_for_se'], 1)})"
            for item in ranked[:3]
        )
        trigger = words("why.on" if row["collapse"] else "why.off")
        lines.append(
            words(
                "why.structure_line",
                name=f"{row['decision_maker']} / {trigger}",
                percent=words.percent(row["probability"]["estimate"]),
                sampling=words.interval(row["probability"]["sampling"]),
                ignorance=words.interval(row["probability"]["ignorance"]),
                ranking=ranking or words("why.none_applies"),
            )
        )
        if row["shapley"]:
            lines.append(words("why.full_shares", shares=_shares(row["shapley"], case, words)))
    if answer["reading_shares"]:
        lines.append(heading(words("why.reading_title")))
        for row in answer["reading_shares"]:
            factor = case.factors[row["factor"]]
            reading = next(item for item in factor.readings if item.id == row["reading"])
            lines.append(
                words(
                    "why.reading_line",
                    factor=factor.title.to(words.language),
                    reading=reading.title.to(words.language),
                    shares=_shares(row["shapley"], case, words),
                )
            )
    if own and answer["survives"] is None:
        key = "why.survives_yes" if firsts == {own} else "why.survives"
        lines.append(words(key, factor=case.factors[own].title.to(words.language)))
    return lines


def _shares(shapley: dict[str, Any], case: Case, words: Words) -> str:
    ordered = sorted(shapley.items(), key=lambda item: -abs(item[1]["shapley"]))
    return ", ".join(
        f"{case.factors[name].title.to(words.language)} {words.points(value['shapley'])}"
        f" ± {words.number(100 * value['shapley_se'], 1)}"
        for name, value in ordered
    )


def _ground(case: Case, words: Words) -> list[RenderableType]:
    items = list(case.parameters.values())
    count = {
        status: sum(item.status == status for item in items)
        for status in ("sourced", "recalled", "assumption")
    }
    fitted = sum("verification/fit_record.py" in item.note for item in items)
    return [
        heading(words("why.rests_title")),
        words(
            "why.rests_numbers",
            sourced=count["sourced"],
            recalled=count["recalled"],
            assumed=count["assumption"],
            share=words.percent(count["assumption"] / max(len(items), 1), 0),
            total=len(items),
            case=case.id,
        ),
        words("why.rests_disputed", rivals=sum(bool(item.rivals) for item in items)),
        words("why.rests_score", fitted=fitted),
        Text(words("why.rests_warning"), style="bold"),
    ]
