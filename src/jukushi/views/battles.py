"""What is said of the combat model and its battles: a fit, and how well battles are foretold."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["fit_view", "hindcast_view"]

_WINNER = ("brier", "log_loss", "accuracy")
_RESULTS = ("loss_attacker", "loss_defender", "advance")


def fit_view(answer: dict[str, Any], words: Words) -> RenderableType:
    """Say what was fitted, and how well it foretells battles that it has not seen."""
    origin = answer["provenance"]
    table = table_of(words("fit.coefficient"), words("fit.value"), words("fit.error"))
    for name, row in answer["coefficients"].items():
        table.add_row(name, words.number(row["value"], 3), words.number(row["se"], 3))
    title = words("fit.title", battles=words.number(origin["battles"]))
    parts: list[RenderableType] = [Text(title, style="bold")]
    parts += [words("fit.checksum", sha256=origin["training_sha256"]), "", table]
    plain = {
        name: value
        for name, value in answer["diagnostics"].items()
        if isinstance(value, int | float)
    }
    values = ", ".join(f"{name} {value:.4g}" for name, value in plain.items())
    parts += ["", words("fit.diagnostics", values=values)]
    if answer["cross_validation"] is not None:
        parts += _validation(answer["cross_validation"], words)
    written = ", ".join(answer["written"])
    parts.append(words("fit.written", names=written) if written else words("fit.not_written"))
    return Group(*parts)


def _validation(scores: dict[str, Any], words: Words) -> list[RenderableType]:
    said = {name: scores[name] for name in ("folds", "repeats")}
    shares = {name: words.percent(scores["coverage_80"][name], 0) for name in _RESULTS}
    return [
        heading(words("fit.validation", **said)),
        _scores(scores["scores"], words),
        *_versus(scores["versus_logistic"], words),
        words("fit.coverage", **shares),
    ]


def hindcast_view(answer: dict[str, Any], words: Words) -> RenderableType:
    """Say how well the shipped combat model foretells battles."""
    battles = answer["battles"]
    said = {name: words.number(battles[name]) for name in ("n", "families")}
    parts: list[RenderableType] = [Text(words("hindcast.title", **said), style="bold")]
    origin = answer["provenance"]
    fitted = words.day(origin["date"])
    parts.append(words("hindcast.fitted_on", battles=origin["battles"], fitted=fitted))
    parts += [
        words(f"hindcast.{key}", names=", ".join(name or "?" for name in battles[key]))
        for key in ("unknown_armies", "unknown_theatres")
        if battles[key]
    ]
    own = {name: answer[name] for name in ("winner", *_RESULTS)}
    parts.append(heading(words("hindcast.scores")))
    parts.append(_scores({"combat": own, **answer["rivals"]}, words))
    parts += _versus(answer["versus_logistic"], words)
    return Group(*parts)


def _scores(models: dict[str, dict[str, Any]], words: Words) -> Table:
    """One row for each score of each model; a model that foretells nothing has no row."""
    table = table_of(words("hindcast.score"), words("hindcast.model"), "", "5-95 %")
    for name in _WINNER:
        for model, scores in models.items():
            what = f"{words('hindcast.winner')}: {words(f'hindcast.{name}')}"
            table.add_row(what, model, *_figure(scores["winner"][name], words))
    for result in _RESULTS:
        for name in ("r2", "mdae"):
            for model, scores in models.items():
                if scores[result] is not None:
                    what = f"{words(f'hindcast.{result}')}: {words(f'hindcast.{name}')}"
                    table.add_row(what, model, *_figure(scores[result][name], words))
    return table


def _figure(figure: dict[str, Any], words: Words) -> tuple[str, str]:
    if figure["estimate"] is None:
        return "-", words("hindcast.undefined", reason=figure["reason"])
    value = words.number(figure["estimate"], 3)
    if figure["low"] is None:
        return value, words("hindcast.undefined", reason=figure["reason"])
    return value, f"{words.number(figure['low'], 3)} / {words.number(figure['high'], 3)}"


def _versus(figures: dict[str, Any], words: Words) -> list[RenderableType]:
    table = table_of("", "", "5-95 %")
    for name, figure in figures.items():
        table.add_row(words(f"hindcast.{name}"), *_figure(figure, words))
    return [heading(words("hindcast.versus")), table]
