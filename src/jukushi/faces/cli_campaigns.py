"""Commands about wars on the map: campaigns run, told and drawn; battles fitted and foretold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from jukushi.errors import Interrupted, UsageError
from jukushi.faces.knowledge import known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    BattlesFile,
    Json,
    KeepHoldout,
    Language,
    MaybeCase,
    Quiet,
    Seed,
    Threads,
)
from jukushi.faces.output import print_json, print_view, say, stop_if_crossed, threshold_of

__all__ = ["Asked", "answer_campaign", "register", "retell_campaign"]

_HISTORIES = 4096
_NOT_YET = "the {what} of a case against its record belongs to another question, for now"


@dataclass(frozen=True)
class Asked:
    """What `run` and `replay` are told of a campaign.

    Attributes
    ----------
    case, campaign : str
    seed : int
    as_json : bool
    language : str
    refused : mapping of str to object
        Options of the same command that say nothing about a campaign, and their values.
    """

    case: str
    campaign: str
    seed: int
    as_json: bool
    language: str
    refused: Mapping[str, Any]


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Say on Ctrl-C that these commands keep nothing that could be resumed."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("stopped; nothing is kept", hint="run the same command again") from None


def _refuse(asked: Asked) -> None:
    """Refuse options without a meaning for a campaign; raises UsageError."""
    given = [
        name
        for name, value in asked.refused.items()
        if value or (value is False and name == "--collapse")
    ]
    if not given:
        return
    kept = {"--out", "--resume"} & set(given)
    cause = "a campaign keeps nothing on disk" if kept else "it says nothing about a campaign"
    names = " and ".join(given)
    raise UsageError(f"{names} cannot be used with --campaign", cause=cause, hint="leave it away")


def answer_campaign(
    asked: Asked, histories: int | None, threads: int | None, quiet: bool, fail_if: str | None
) -> None:
    """Run a campaign and print what it brings."""
    from jukushi.faces.progress import announce_compilation
    from jukushi.views.words import Words

    _refuse(asked)
    words = Words(asked.language)
    threshold = threshold_of(fail_if)
    opened = opened_as_asked(asked.case)
    if not quiet:
        announce_compilation()
    from jukushi.questions.campaign import campaign_odds

    count = histories or _HISTORIES
    with _nothing_kept():
        answer = campaign_odds(opened, asked.campaign, count, asked.seed, threads, _teller(quiet))
    if asked.as_json:
        print_json(answer)
    else:
        from jukushi.views.campaign import campaign_view

        print_view(campaign_view(answer, opened, words), known_of(answer, opened, words))
    stop_if_crossed(answer["success"]["probability"]["estimate"], threshold)


def _teller(quiet: bool) -> Callable[[str], None] | None:
    """Return who is told of progress: a person at a terminal, or nobody."""
    return None if quiet or not sys.stderr.isatty() else say


def retell_campaign(asked: Asked, history: int, svg: Path | None, week: int | None) -> None:
    """Tell one history of a campaign; draw it if a file is named."""
    from jukushi.views.words import Words

    _refuse(asked)
    words = Words(asked.language)
    opened = opened_as_asked(asked.case)
    from jukushi.questions.campaign_film import film_of

    with _nothing_kept():
        film = film_of(opened, asked.campaign, history, asked.seed)
    if week is not None and week > film.weeks:
        raise UsageError(
            f"there is no week {week} in this history", hint=f"it has {film.weeks} weeks"
        )
    if svg is not None:
        from jukushi.views.campaign_map import film_sheet_svg, week_svg

        drawn = film_sheet_svg(film, words) if week is None else week_svg(film, week, words)
        _write(svg, drawn)
        say(words("film.written", file=svg))
    _print_story(asked, film, words, week)


def _print_story(asked: Asked, film: Any, words: Any, week: int | None) -> None:
    from jukushi.views.campaign_story import ending, story
    from jukushi.views.campaign_titles import Titles

    told = list(enumerate(story(film, words), 1))
    if week is not None:
        told = told[week - 1 : week]
    if asked.as_json:
        rows = [
            {"week": first, "until": last, "number": number, "events": lines}
            for number, (first, last, lines) in told
        ]
        head = {"schema": "jukushi.campaign_replay/1", "case": film.case.id}
        head |= {"case_hash": film.case.hash, "campaign": asked.campaign, "seed": asked.seed}
        print_json({**head, "history": film.history, "weeks": rows, "ends": ending(film, words)})
        return
    title = Titles(film.case, film.theatre.campaign, words).campaign
    said = {"number": film.history, "case": film.case.id, "seed": asked.seed}
    print(words("film.title", title=title, **said))
    for number, (first, last, lines) in told:
        print(words("film.week", week=number, first=words.day(first), last=words.day(last)))
        for line in lines:
            print(f"    {line}")
    print(ending(film, words))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        cause = error.strerror or type(error).__name__
        hint = "name a file in a folder that exists and that you may write to"
        raise UsageError(f"{path} cannot be written", cause=cause, hint=hint) from None


def register(app: typer.Typer) -> None:
    """Add the commands about battles to the command line."""
    app.command("fit")(command_fit)
    app.command("hindcast")(command_hindcast)


def command_fit(
    case: MaybeCase = None,
    battles: BattlesFile = None,
    surface: Annotated[
        bool, typer.Option("--surface", help="The staff's estimate of a CASE instead.")
    ] = False,
    campaigns: Annotated[
        int, typer.Option(min=2_000, max=10_000_000, help="Campaigns for the surface.")
    ] = 60_000,
    seed: Seed = 1,
    out: Annotated[Path | None, typer.Option(help="Where to write what was fitted.")] = None,
    keep_holdout: KeepHoldout = False,
    no_validate: Annotated[
        bool, typer.Option("--no-validate", help="No cross-validation (a minute or two).")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=256, max=10_000_000, help="Parameter draws, for the record.")
    ] = 32_768,
    records: Annotated[
        int, typer.Option(min=20, max=10_000, help="Synthetic records that check the fit.")
    ] = 200,
    as_json: Json = False,
    language: Language = "en",
    quiet: Quiet = False,
) -> None:
    """Fit the numbers of a CASE to the part of its record that may be fitted.

    With --surface: fit the staff's estimate of success of a CASE to campaigns on the map.
    With --battles and no CASE: fit the combat model to a file of battles.
    """
    if case is not None and not surface and battles is None:
        from jukushi.faces.cli_fit_record import answer_record

        answer_record(case, draws, records, seed, out, as_json, language, quiet)
        return
    if surface:
        from jukushi.faces.cli_surface import answer_surface

        with _nothing_kept():
            answer_surface(case, campaigns, seed, out, as_json, quiet)
        return
    from jukushi.views.words import Words

    words = Words(language)
    path = _battles(case, battles, "fit", quiet)
    from jukushi.calibration.fit import fit_battles

    tell = None if quiet else say
    try:
        with _nothing_kept():
            answer = fit_battles(
                path, keep_holdout=keep_holdout, out=out, say=tell, validate=not no_validate
            )
    except OSError as error:
        cause = error.strerror or type(error).__name__
        hint = "name a folder that you may write to"
        raise UsageError(f"{out} cannot be written", cause=cause, hint=hint) from None
    if as_json:
        print_json(answer)
        return
    from jukushi.views.battles import fit_view

    print_view(fit_view(answer, words))


def command_hindcast(
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Name of a case, or its folder.")
    ] = None,
    battles: BattlesFile = None,
    keep_holdout: KeepHoldout = False,
    draws: Annotated[
        int, typer.Option(min=1, max=20_000, help="Of a CASE: parameter draws, 64 histories each.")
    ] = 512,
    seed: Seed = 1,
    threads: Threads = None,
    as_json: Json = False,
    language: Language = "en",
    quiet: Quiet = False,
) -> None:
    """Score a CASE against the later part of its record, beside naive forecasts.

    With --battles: score the shipped combat model against a file of battles that happened.
    """
    from jukushi.views.words import Words

    words = Words(language)
    if (case is None) == (battles is None):
        hint = "jukushi hindcast CASE, or jukushi hindcast --battles PATH"
        raise UsageError("hindcast needs a case or a file of battles, and not both", hint=hint)
    if case is not None:
        if keep_holdout:
            raise UsageError("--keep-holdout says nothing about a case", hint="leave it away")
        from jukushi.faces.cli_hindcast import answer_record

        answer_record(case, draws, seed, threads, as_json, words, quiet)
        return
    path = _battles(case, battles, "hindcast", quiet)
    from jukushi.calibration.hindcast import hindcast_battles

    with _nothing_kept():
        answer = hindcast_battles(path, keep_holdout=keep_holdout, say=None if quiet else say)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.battles import hindcast_view

    print_view(hindcast_view(answer, words))


def _battles(case: str | None, battles: str | None, what: str, quiet: bool) -> Path:
    """Return the file of battles that is meant; fetch it if that is asked for."""
    if case is not None:
        hint = f"jukushi {what} --battles PATH scores the combat model"
        raise UsageError(_NOT_YET.format(what=what), hint=hint)
    if battles is None:
        hint = f"jukushi {what} --battles PATH, or --battles download"
        raise UsageError(f"{what} needs a file of battles", hint=hint)
    if battles != "download":
        return Path(battles)
    from jukushi.calibration.download import download

    if not quiet:
        say("fetching the battles, once")
    return download()
