"""`jukushi tip CASE`: the smallest change that brings the war to a probability."""

from __future__ import annotations

from typing import Annotated

import typer

from jukushi.draws import DEFAULT_HISTORIES
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    Json,
    Language,
    Maker,
    Precision,
    Quiet,
    Seed,
    Threads,
)
from jukushi.faces.output import precision_of, print_json, print_view

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("tip")(knowing(_tip))


def _tip(
    case: CaseArgument,
    to: Annotated[float, typer.Option("--to", help="Probability to be reached.")] = 0.5,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories",
            "-n",
            min=1,
            max=100_000_000,
            help=f"Of each probability ({DEFAULT_HISTORIES}); half as many others for the search.",
        ),
    ] = None,
    seed: Seed = 1,
    most_sd: Annotated[
        float, typer.Option(help="Largest shift of one prior, in its standard deviations.")
    ] = 4.0,
    precision: Precision = None,
    as_json: Json = False,
    language: Language = "en",
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
) -> None:
    """Find the smallest change that brings the war to 50 %: of numbers, factors, combinations."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    sharp = precision_of(precision)
    opened = opened_as_asked(case)
    with watching(words, quiet, None, False) as options:
        from jukushi.questions.tip import Tipping, tip

        question = Tipping(
            to, outcome, decision_maker, collapse, histories, seed, threads, most_sd, sharp
        )
        answer = tip(opened, question, options)
    if as_json:
        print_json(answer)
    else:
        from jukushi.views.tip import tip_view

        print_view(tip_view(answer, opened, words), known_of(answer, opened, words))
