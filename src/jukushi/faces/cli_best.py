"""`jukushi best`: the best policy of a power, what the others leave, what knowing more is worth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jukushi.errors import UsageError
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import CaseArgument, Collapse, Json, Language, Quiet, Seed, Threads
from jukushi.faces.output import print_json, print_view, say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("best")(knowing(command_best))


def command_best(
    case: CaseArgument,
    power: Annotated[
        str | None, typer.Option(help="Whose policy: the hunter (as usual), or the prey.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Last day of the problem, such as 1943-12-31.")
    ] = None,
    fit_draws: Annotated[
        int | None,
        typer.Option(
            min=1, max=20_000, help="Parameter draws to fit on (2,048; for the prey 512)."
        ),
    ] = None,
    judge_draws: Annotated[
        int, typer.Option(min=1, max=10_000, help="Other parameter draws to judge on.")
    ] = 512,
    outer: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Outer histories of the upper bound (256)."),
    ] = None,
    seed: Seed = 1,
    precision: Annotated[
        str | None, typer.Option(help="Refused: say --judge-draws and --outer.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="File for the hunter's policy, as JSON.")
    ] = None,
    as_json: Json = False,
    language: Language = "en",
    threads: Threads = None,
    quiet: Quiet = False,
    collapse: Collapse = None,
) -> None:
    """Find the best policy of a power: its gain over each decider, its bound, worth of knowing."""
    from jukushi.faces.progress import stepping
    from jukushi.views.words import Words

    _refuse_precision(precision)
    words = Words(language)
    day = _day(until)
    opened = opened_as_asked(case)
    if save is not None:
        from jukushi.questions.policies import check_place

        check_place(save, opened, power)
    with stepping(words, "best", quiet) as progress:
        from jukushi.questions.best import Asked, best

        asked = Asked(power, day, fit_draws, judge_draws, outer, collapse, seed, threads)
        answer = best(opened, asked, progress)
    if save is not None:
        from jukushi.questions.policies import save_policy

        save_policy(answer, save)
        say(words("best.saved", file=save))
    if as_json:
        print_json(answer)
        return
    from jukushi.views.best import best_view

    print_view(best_view(answer, opened, words), known_of(answer, opened, words))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is no day", hint="write 1943-12-31") from None


def _refuse_precision(text: str | None) -> None:
    if text is not None:
        raise UsageError(
            "best cannot run until a precision is reached",
            cause="its figures have errors of their own, and a policy is fitted once",
            hint="--judge-draws and --outer make errors smaller, as one over their root",
        )
