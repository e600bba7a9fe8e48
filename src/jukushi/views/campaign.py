"""The answer of a campaign for a terminal: success, objectives, losses, advance, record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.campaign_titles import Titles
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["campaign_view", "rounded"]

#: Digits that a quantity keeps: the model knows no more.
_DIGITS = 3


def rounded(value: float, words: Words) -> str:
    """Write a quantity with three digits that count."""
    size = abs(value)
    if size >= 10.0**_DIGITS:
        step = 10 ** (len(str(int(size))) - _DIGITS)
        return words.number(round(value / step) * step)
    return words.number(value, 0 if size >= 1 or size == 0 else 2)


def campaign_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say what a campaign brings."""
    titles = Titles(case, case.campaigns[answer["campaign"]], words)
    parts: list[RenderableType] = [*_head(answer, titles, words)]
    parts += _objectives(answer, titles, words)
    parts += _losses(answer, titles, words)
    parts += _advance(answer, words)
    parts += _record(answer, case, titles, words)
    fit = answer["combat_fit"]
    rests = words("campaign.fit", battles=fit["battles"], fitted=words.day(fit["date"]))
    parts += ["", rests, Text(words("why.rests_warning"), style="bold")]
    return Group(*parts)


def _head(answer: dict[str, Any], titles: Titles, words: Words) -> list[RenderableType]:
    success = answer["success"]
    chance = success["probability"]
    return [
        Text(words("campaign.title", title=titles.campaign), style="bold"),
        words(
            "campaign.setting",
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            opens=words.day(answer["opens"]),
            days=answer["days"],
        ),
        "",
        Text(_success(success, titles, words), style="bold"),
        words("why.sampling", interval=words.interval(chance["sampling"])),
        words("why.ignorance", interval=words.interval(chance["ignorance"])),
        words("campaign.before_frost", **_chance(answer["before_frost"]["probability"], words)),
        _collapse(answer, titles, words),
    ]


def _success(success: dict[str, Any], titles: Titles, words: Words) -> str:
    """Say in how many histories the campaign succeeds; of none there is a sentence of its own."""
    estimate = success["probability"]["estimate"]
    said = {
        "places": titles.list_places(success["meaning"]["places"]),
        "date": words.day(success["meaning"]["by"]),
        "percent": words.percent(estimate),
    }
    if estimate == 0.0:
        return words("campaign.success_none", **said)
    return words("campaign.success", counts=words.counts(estimate), **said)


def _chance(chance: dict[str, Any], words: Words) -> dict[str, str]:
    return {
        "percent": words.percent(chance["estimate"]),
        "sampling": words.interval(chance["sampling"]),
        "ignorance": words.interval(chance["ignorance"]),
    }


def _collapse(answer: dict[str, Any], titles: Titles, words: Words) -> str:
    collapse = answer["collapse_days"]
    said = _chance(collapse["probability"], words)
    said["power"] = titles.powers[answer["defender"]]
    if collapse["days"] is None:
        return words("campaign.collapse_rare", **said)
    return words("campaign.collapse", **said, **collapse["days"])


def _objectives(answer: dict[str, Any], titles: Titles, words: Words) -> list[RenderableType]:
    names = ("objective", "taken", "sampling", "ignorance", "days", "date")
    table = table_of(*(words(f"campaign.{name}") for name in names))
    for row in answer["objectives"]:
        chance = row["probability"]
        came = row["days"] is not None
        table.add_row(
            words.of(row["title"]),
            words.percent(chance["estimate"]),
            _pair(chance["sampling"], words),
            _pair(chance["ignorance"], words),
            words("campaign.range", **row["days"]) if came else "-",
            words.short_day(row["date"]["median"]) if came else "-",
        )
    power = titles.powers[answer["attacker"]]
    return [heading(words("campaign.objectives_title", power=power)), table]


def _pair(pair: list[float], words: Words) -> str:
    return f"{words.percent(pair[0])}-{words.percent(pair[1])}"


def _range(values: dict[str, Any], words: Words) -> str:
    kept = {name: rounded(values[name], words) for name in ("median", "low", "high")}
    return words("campaign.range", **kept)


def _losses(answer: dict[str, Any], titles: Titles, words: Words) -> list[RenderableType]:
    powers = (answer["attacker"], answer["defender"])
    table = table_of("", *(titles.powers[power] for power in powers))
    for name in ("men", "captured", "tanks", "aircraft"):
        cells = [_range(answer["losses"][power][name], words) for power in powers]
        table.add_row(words(f"campaign.{name}"), *cells)
    shares = [_share(answer["supply"][power], words) for power in powers]
    table.add_row(words("campaign.supply"), *shares)
    shipping = answer["shipping_lost_mt"]
    ground = words("campaign.ground_land", km=_range(answer["ground_km"], words))
    if shipping["high"] > 0:
        ground = words(
            "campaign.ground",
            km=_range(answer["ground_km"], words),
            shipping=_range(shipping, words),
        )
    title = heading(words("campaign.losses_title"))
    return [title, table, words("campaign.losses_note"), ground]


def _share(values: dict[str, Any], words: Words) -> str:
    kept = {name: words.percent(values[name], 0) for name in ("median", "low", "high")}
    return words("campaign.range", **kept)


def _advance(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    table = table_of(words("campaign.axis"), words("campaign.km"))
    for row in answer["advance"].values():
        table.add_row(words.of(row["title"]), _range(row, words))
    day = date.fromisoformat(answer["opens"]) + timedelta(days=answer["mark_day"])
    title = words("campaign.advance_title", date=words.day(day), day=answer["mark_day"])
    return [heading(title), table]


def _record(
    answer: dict[str, Any], case: Case, titles: Titles, words: Words
) -> list[RenderableType]:
    title = heading(words("campaign.record_title"))
    rows = answer["record"]
    if not rows:
        return [title, words("campaign.record_none")]
    table = table_of("", words("campaign.record"), words("campaign.model"), words("campaign.below"))
    for row in rows:
        of = titles.of(row["of"])
        what = words(f"campaign.of_{row['quantity']}", of=of, day=answer["mark_day"])
        mark = "" if row["inside"] else " !"
        below = words.percent(row["quantile"], 0) + mark
        table.add_row(what, words.number(row["value"]), _model(row["model"], words), below)
        for rival in row["rivals"]:
            share = words.percent(rival["quantile"], 0) + mark.replace("!", " ")
            table.add_row(words("campaign.rival"), words.number(rival["value"]), "", share)
    inside = sum(row["inside"] for row in rows)
    note = case.campaigns[answer["campaign"]].record_note
    lines = [words("campaign.record_count", inside=inside, count=len(rows))]
    if note is not None:
        lines.append(note.to(words.language))
    return [title, words("campaign.record_note"), table, *lines]


def _model(values: dict[str, Any], words: Words) -> str:
    kept = {
        name: words("campaign.never") if values[name] is None else rounded(values[name], words)
        for name in ("median", "low", "high")
    }
    return words("campaign.range", **kept)
