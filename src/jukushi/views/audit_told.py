"""An audit's claims in words: figures with their units, one line for a table, all for a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.case.load import Case
from jukushi.views.words import Words

__all__ = [
    "beside_lines", "details", "figures_line", "finding_lines", "head", "mechanisms", "said",
    "short", "stance_line",
]  # fmt: skip

#: Units that say nothing beside a number, or are days already.
_PURE = frozenset({"ratio", "share", "probability", "weight", "log_ratio", "logit", "week", "day"})
#: Units that have a name in both languages.
_NAMED = frozenset(
    {"divisions", "thousand_men", "men", "weeks", "days", "months", "year", "years", "times"}
)


def short(row: dict[str, Any], case: Case, words: Words) -> str:
    """How the model speaks to a claim, in one cell of a table."""
    stance = words(f"audit.stance_{row['model']['stance']}")
    return words("audit.cell", stance=stance, said=said(row["model"], case, words))


def mechanisms(row: dict[str, Any]) -> str:
    """The mechanisms that a claim touches."""
    return ", ".join(row["mechanism"])


def said(model: dict[str, Any], case: Case, words: Words) -> str:
    """What the model says, without which way that leans."""
    return _TOLD[model["kind"]](model, case, words)


def _silent(model: dict[str, Any], _case: Case, words: Words) -> str:
    return words.of(model["says"])


def _share(model: dict[str, Any], case: Case, words: Words) -> str:
    told = _chance(model["share"], words)
    outcome = model["outcome"]
    on_the_map = outcome is not None and case.outcomes[outcome].campaign is not None
    if model.get("among") is None and not on_the_map:
        return words("audit.share", **told)
    return words("audit.share_among", counted=words.number(model["histories"]), **told)


def _chance(share: dict[str, Any], words: Words) -> dict[str, str]:
    return {
        "percent": words.percent(share["estimate"]),
        "sampling": words.interval(share["sampling"]),
        "ignorance": words.interval(share["ignorance"]),
    }


def _value(model: dict[str, Any], _case: Case, words: Words) -> str:
    unit, median = model["unit"], model["median"]
    low, high = (_number(end, words) for end in median["sampling"])
    return words(
        "audit.value",
        median=_measured(median["estimate"], unit, words),
        sampling=words("audit.from_to", low=low, high=high),
        low=_number(model["range"][0], words),
        high=_number(model["range"][1], words),
        figure=_figure(model["figure"], words),
    )


def _effect(model: dict[str, Any], _case: Case, words: Words) -> str:
    return _difference(model["difference"], words)


def _difference(difference: dict[str, Any], words: Words) -> str:
    (low, high), (least, most) = difference["sampling"], difference["ignorance"]
    return words(
        "audit.effect",
        points=words.points(difference["estimate"]),
        low=words.points(low),
        high=words.points(high),
        least=words.points(least),
        most=words.points(most),
    )


def _parameter(model: dict[str, Any], _case: Case, words: Words) -> str:
    return words(
        "audit.parameter",
        value=_measured(model["value"], model["unit"], words),
        low=_number(model["range"][0], words),
        high=_number(model["range"][1], words),
        figure=_figure(model["figure"], words),
    )


def _record(model: dict[str, Any], case: Case, words: Words) -> str:
    value, figure = model["value"], model["figure"]
    if isinstance(figure, dict):
        return words("audit.record", value=_number(value, words), figure=_figure(figure, words))
    names = _places(figure, case, words)
    if model["stance"] == "given":
        return words("audit.record_names", names=names)
    listed = value if isinstance(value, list) else [value]
    return words("audit.record_names_otherwise", names=names, value=_places(listed, case, words))


_TOLD = {
    "silent": _silent,
    "share": _share,
    "value": _value,
    "effect": _effect,
    "parameter": _parameter,
    "record": _record,
}


def _places(names: list[str], case: Case, words: Words) -> str:
    """Names of places in words; what is no place stays as it is written."""
    titles = {row.id: getattr(row, f"name_{words.language}") for row in case.tables["places"]}
    return ", ".join(titles.get(name, name) for name in names)


def _number(value: float | str | None, words: Words) -> str:
    if value is None:
        return words("audit.never")
    if isinstance(value, str):
        return words.short_day(value)
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    while digits and round(value, digits) == round(value, digits - 1):
        digits -= 1  # no zeros at the end
    return words.number(value, digits).replace("-", "−")


def _measured(value: float | str | None, unit: str, words: Words) -> str:
    number = _number(value, words)
    if unit in _PURE:
        return number
    name = words(f"audit.unit_{unit}") if unit in _NAMED else unit
    return words("audit.with_unit", number=number, unit=name)


def _figure(figure: dict[str, Any], words: Words) -> str:
    """A figure: a value, an end, or both ends."""
    told = {name: _number(value, words) for name, value in figure.items() if value is not None}
    key = "between" if {"low", "high"} <= told.keys() else next(iter(told))
    return words(f"audit.figure_{key}", **told)


def head(row: dict[str, Any], words: Words) -> str:
    """Number and date of a claim."""
    dates = row["date"].replace("/", " – ")
    return words("audit.claim_heading", id=row["id"], date=dates)


def finding_lines(row: dict[str, Any], words: Words) -> Iterator[str]:
    """What scholarship has found, each finding with its source."""
    for item in row["scholarship"]:
        yield words(
            "audit.finding",
            finding=words.of(item["finding"]),
            source=item["source"],
            status=words(f"audit.status_{item['status']}"),
            confidence=words(f"audit.confidence_{item['confidence']}"),
        )


def stance_line(row: dict[str, Any], case: Case, words: Words) -> str:
    """Which way the model leans on a claim, by what kind of answer, and the answer."""
    model = row["model"]
    if model["kind"] == "silent":
        return words("audit.silent_line", said=said(model, case, words))
    return words(
        "audit.stance_line",
        stance=words(f"audit.stance_{model['stance']}"),
        kind=words(f"audit.kind_{model['kind']}"),
        said=said(model, case, words),
    )


def details(row: dict[str, Any], case: Case, words: Words) -> Iterator[str]:
    """What else is to be told of the model's answer: sources, chances, what stands beside."""
    model = row["model"]
    if model["kind"] == "value":
        key = "value_within" if model["share_up_to"] is None else "value_up_to"
        share = model["share_within"] or model["share_up_to"]
        yield words(f"audit.{key}", **_chance(share, words))
        if model["scholars"] is not None:
            yield words("audit.value_scholars", figure=_figure(model["scholars"], words))
    elif model["kind"] == "effect":
        yield from _effect_details(model, case, words)
    elif model["kind"] == "parameter":
        for item in model["parameters"]:
            yield words(
                "audit.parameter_source",
                title=words.of(item["title"]),
                id=item["id"],
                status=item["status"],
                source=item["source"],
                confidence=words(f"audit.confidence_{item['confidence']}"),
            )
    elif model["kind"] == "record":
        yield words("audit.record_source", place=model["place"], source=model["source"])


def _effect_details(model: dict[str, Any], case: Case, words: Words) -> Iterator[str]:
    for item in model["absent"]:
        yield words("audit.effect_absent", **_absence(item, words))
    base, changed = _chance(model["baseline"], words), _chance(model["changed"], words)
    yield words(
        "audit.effect_chances",
        outcome=case.outcomes[model["outcome"]].title.to(words.language),
        base=base["percent"],
        base_sampling=base["sampling"],
        base_ignorance=base["ignorance"],
        changed=changed["percent"],
        changed_sampling=changed["sampling"],
        changed_ignorance=changed["ignorance"],
    )


def _absence(item: dict[str, Any], words: Words) -> dict[str, str]:
    return {"factor": words.of(item["title"]), "reading": words.of(item["reading_title"])}


def beside_lines(row: dict[str, Any], case: Case, words: Words) -> Iterator[str]:
    """Shares and effects that stand beside the answer and decide nothing."""
    model = row["model"]
    for item in model.get("beside", ()):
        if model["kind"] == "effect":
            told = _difference(item["difference"], words)
            yield words("audit.beside_effect", said=told, **_absence(item, words))
        else:
            told = _share({**item, "among": model["among"]}, case, words)
            yield words("audit.beside", says=words.of(item["says"]), said=told)


def figures_line(row: dict[str, Any], words: Words) -> str | None:
    """The figures that the claim itself gives, or None."""
    if not row["figures"]:
        return None
    told = []
    for item in row["figures"]:
        number = _measured(item["to"] or item["value"], item["unit"], words)
        if item["to"] is not None:
            low = _number(item["value"], words)
            number = words("audit.from_to", low=low, high=number)
        told.append(words("audit.figure_named", name=words.of(item["name"]), value=number))
    return words("audit.figures_line", figures="; ".join(told))
