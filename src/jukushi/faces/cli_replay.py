"""`replay`: one history told week by week, the course of a campaign, or the causes of a history."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jukushi.errors import UsageError
from jukushi.faces.cli_campaigns import Asked, retell_campaign
from jukushi.faces.knowledge import knowing, known_of, opened
from jukushi.faces.options import Campaign, CaseArgument, Collapse, Do, Json, Language, Maker, Seed
from jukushi.faces.output import pairs_of, print_json, print_view

if TYPE_CHECKING:
    from jukushi.study.chronicle import History
    from jukushi.views.words import Words

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("replay")(knowing(command_replay))


def command_replay(
    case: CaseArgument,
    history: Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the history.")],
    seed: Seed = 1,
    without: Annotated[
        list[str] | None,
        typer.Option(help="factor or factor=reading that is absent; may be given several times."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Details as well.")] = False,
    as_json: Json = False,
    language: Language = "en",
    decision_maker: Maker = None,
    collapse: Collapse = None,
    do: Do = None,
    campaign: Campaign = None,
    svg: Annotated[Path | None, typer.Option(help="File for the maps of a campaign.")] = None,
    week: Annotated[int | None, typer.Option(min=1, help="One week of a campaign.")] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Without which factors it would have gone otherwise.")
    ] = False,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about, with --why.")] = None,
    factors: Annotated[
        str | None, typer.Option(help="Factors, comma separated, with --why.")
    ] = None,
    reading: Annotated[
        list[str] | None, typer.Option(help="factor=reading, with --why; several times.")
    ] = None,
) -> None:
    """Tell one history week by week, how a campaign went, or why a history went as it did."""
    told_alone = {"--without": without, "--all": everything}
    on_map = {"--svg": svg, "--week": week}
    if why:
        _refuse({**told_alone, **on_map, "--campaign": campaign}, "cannot be used with --why")
        asked = {
            "history": history, "seed": seed, "outcome": outcome, "do": do or (),
            "decision_maker": decision_maker, "collapse": collapse,
            "factors": _names(factors), "readings": pairs_of(reading or [], "="),
        }  # fmt: skip
        _answer_causes(case, asked, as_json, language)
        return
    _refuse({"--outcome": outcome, "--factors": factors, "--reading": reading}, "needs --why")
    if campaign is not None:
        refused = {
            **told_alone, "--decision-maker": decision_maker, "--collapse": collapse, "--do": do,
        }  # fmt: skip
        retell_campaign(Asked(case, campaign, seed, as_json, language, refused), history, svg, week)
        return
    _refuse(on_map, "needs --campaign")
    from jukushi.questions.retell import retell
    from jukushi.views.tell import weekly
    from jukushi.views.words import Words

    words, absent = Words(language), _absent(without or [])
    told = retell(opened(case), history, seed, absent, decision_maker, collapse, do or ())
    weeks = weekly(told, words, everything)
    if as_json:
        print_json(_as_data(told, seed, weeks))
    else:
        _print_weeks(told, seed, weeks, words)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Refuse the first option that was given and has no meaning here; raises UsageError."""
    for name, value in options.items():
        if value:
            raise UsageError(f"{name} {why}", hint="jukushi replay --help")


def _names(factors: str | None) -> list[str] | None:
    return [name.strip() for name in (factors or "").split(",") if name.strip()] or None


def _absent(without: list[str]) -> dict[str, str | None]:
    """Read ``factor`` or ``factor=reading``."""
    pairs = (item.partition("=") for item in without)
    return {name: chosen or None for name, _, chosen in pairs}


def _answer_causes(case: str, asked: dict[str, Any], as_json: bool, language: str) -> None:
    """Print the causes of one history, as JSON or in words."""
    from jukushi.questions.causes import OneHistory, causes
    from jukushi.views.causes import causes_view
    from jukushi.views.words import Words

    words = Words(language)
    told_of = opened(case)
    answer = causes(told_of, OneHistory(**asked))
    if as_json:
        print_json(answer)
    else:
        print_view(causes_view(answer, told_of, words), known_of(answer, told_of, words))


def _as_data(told: History, seed: int, weeks: list[tuple[str, list[str]]]) -> dict[str, Any]:
    return {
        "schema": "jukushi.replay/1",
        "case": told.case.id,
        "case_hash": told.case.hash,
        "seed": seed,
        "history": told.number,
        "world": told.world.name,
        "weeks": [{"week": day, "events": lines} for day, lines in weeks],
    }


def _print_weeks(
    told: History, seed: int, weeks: list[tuple[str, list[str]]], words: Words
) -> None:
    from jukushi.questions.odds import week_date

    case, world = told.case, told.world.name
    print(words("replay.title", number=told.number, case=case.id, seed=seed, world=world))
    for day, lines in weeks:
        print(words("replay.week", date=words.day(day)))
        for line in lines:
            print(f"    {line}")
    ends = told.ends()
    if told.at("at_war", ends) > 0.5:
        print(words("replay.outcome_attack", date=words.day(week_date(case, ends))))
    else:
        print(words("replay.outcome_quiet"))
