"""The command `frontier`: where the answer flips."""

from __future__ import annotations

from typing import Annotated

import typer

from jukushi.errors import UsageError
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    Json,
    Language,
    Out,
    Precision,
    Quiet,
    Resume,
    Seed,
    Threads,
)
from jukushi.faces.output import precision_of, print_json, print_view

__all__ = ["levels_of", "register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("frontier")(knowing(command_frontier))


def levels_of(text: str) -> list[float]:
    """Read levels in percent such as ``5,10,25,50``; raises UsageError."""
    try:
        levels = [float(part) / 100.0 for part in text.split(",") if part.strip()]
    except ValueError:
        levels = []
    if not levels or not all(0.0 < level < 1.0 for level in levels):
        raise UsageError(f"--levels {text!r} are no chances in percent", hint="write 5,10,25,50")
    return levels


def command_frontier(
    case: CaseArgument,
    vary: Annotated[
        str | None,
        typer.Option(
            help="One lever or parameter, or two with a comma; NAME=LOW:HIGH:POINTS sets its "
            "values. The case's first lever if none is named."
        ),
    ] = None,
    opponent: Annotated[
        str | None,
        typer.Option(
            help="passive, best, or a decision-maker: doctrine, expected_value, factions, "
            "preset:NAME, policy:FILE, script:FILE; several with commas, or all."
        ),
    ] = None,
    levels: Annotated[
        str, typer.Option(help="Chances in percent whose thresholds are sought.")
    ] = "5,10,25,50",
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories",
            "-n",
            min=1,
            max=100_000_000,
            help="How many (16,384; of two quantities 8,192).",
        ),
    ] = None,
    precision: Precision = None,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    collapse: Collapse = None,
) -> None:
    """Say where the answer flips: a curve or map of chances, thresholds, what could leave."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    wanted, sharp = levels_of(levels), precision_of(precision)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.frontier import Question, frontier

        question = Question(
            vary, opponent, outcome, collapse, wanted, histories, seed, threads, sharp
        )
        answer = frontier(opened, question, options)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.frontier import frontier_view

    print_view(frontier_view(answer, opened, words), known_of(answer, opened, words))
