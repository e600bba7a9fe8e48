"""`jukushi whatif CASE`: the world with an intervention beside the world as it was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jukushi.draws import DEFAULT_HISTORIES
from jukushi.errors import UsageError
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    Do,
    FailIf,
    Json,
    Language,
    Maker,
    Out,
    Precision,
    Quiet,
    Resume,
    Seed,
    Threads,
)
from jukushi.faces.output import (
    precision_of,
    print_json,
    print_view,
    stop_if_crossed,
    threshold_of,
)

__all__ = ["register"]

_SET = "factor=reading, parameter=5, parameter*1.5, parameter+2, parameter~uniform(1,2)."
_MOVE = "An event in time: freeze_week+30d, conference:1941-09-03=1941-08-20."
_ADD = "To a stock at a date: garrison_tanks=500@1941-07-21, oil*0.5@1941-07-21."
_RULE = "A gate shifted, or a gate or rule replaced: ripe+0.2, wait='conference and ripe'."

Texts = list[str] | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("whatif")(knowing(command_whatif))


def command_whatif(
    case: CaseArgument,
    set_: Annotated[Texts, typer.Option("--set", help=_SET)] = None,
    move: Annotated[Texts, typer.Option("--move", help=_MOVE)] = None,
    add: Annotated[Texts, typer.Option("--add", help=_ADD)] = None,
    rule: Annotated[Texts, typer.Option("--rule", help=_RULE)] = None,
    script: Annotated[Path | None, typer.Option(help="YAML list of dated acts of a power.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Date from which the world is changed.")
    ] = None,
    redraw: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Another fate, by its number.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories",
            "-n",
            min=1,
            max=100_000_000,
            help=f"How many ({DEFAULT_HISTORIES}; fewer for an outcome on the map).",
        ),
    ] = None,
    precision: Precision = None,
    seed: Seed = 1,
    do: Do = None,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
    fail_if: FailIf = None,
) -> None:
    """Say what an intervention would change: both odds, the difference, dates, twins."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    threshold = threshold_of(fail_if)
    day, sharp = day_of(since), precision_of(precision)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.interventions.worlds import Asked
        from jukushi.questions.whatif import Whatif, whatif

        asked = Asked(
            set_ or (), move or (), add or (), rule or (), script, do or (), day, redraw,
            decision_maker, collapse,
        )  # fmt: skip
        answer = whatif(opened, Whatif(asked, outcome, histories, seed, threads, sharp), options)
    if as_json:
        print_json(answer)
    else:
        from jukushi.views.whatif import whatif_view

        print_view(whatif_view(answer, opened, words), known_of(answer, opened, words))
    stop_if_crossed(answer["changed"]["estimate"], threshold)


def day_of(text: str | None) -> date | None:
    """Read the date of --from; raises UsageError."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--from {text!r} is no date", cause="dates are ISO", hint="write --from 1941-07-02"
        ) from None
