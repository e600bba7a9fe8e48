"""`jukushi card CASE`: the model card, made from code, case and evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jukushi.errors import UsageError
from jukushi.faces.options import CaseArgument, Json, Language
from jukushi.faces.output import print_json, say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("card")(command_card)


def command_card(
    case: CaseArgument,
    out: Annotated[Path | None, typer.Option(help="Write the page to this file.")] = None,
    as_json: Json = False,
    language: Language = "en",
) -> None:
    """Write the model card: purpose, parts, sources, checks and limits, as one page of Markdown."""
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    words = Words(language)
    opened = open_case(case)
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise UsageError(
            f"{str(out)!r} cannot hold the page",
            cause="it is a folder" if out.is_dir() else "its folder does not exist",
            hint="--out model-card.md",
        )
    from jukushi.calibration.card import card

    answer = card(opened)
    if as_json:
        print_json(answer)
    if as_json and out is None:
        return
    from jukushi.views.card_page import card_page

    page = card_page(answer, words)
    if out is None:
        typer.echo(page, nl=False)
        return
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError(f"{out} cannot be written", cause=cause) from None
    say(words("card.wrote", file=out))
