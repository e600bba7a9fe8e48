"""`jukushi audit CASE`: what a text claims, against scholarship and against the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jukushi.draws import DEFAULT_HISTORIES
from jukushi.errors import UsageError
from jukushi.faces.options import CaseArgument, Histories, Json, Language, Quiet, Seed, Threads
from jukushi.faces.output import print_json, print_view, say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("audit")(command_audit)


def command_audit(
    case: CaseArgument,
    claim: Annotated[
        list[str] | None, typer.Option(help="Show this claim whole; may be given several times.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--md", help="Write the page to this file, as Markdown.")
    ] = None,
    histories: Histories = DEFAULT_HISTORIES,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Set every claim of a text against scholarship and against the model."""
    from jukushi.faces.progress import stepping
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    words = Words(language)
    opened = open_case(case)
    _check_place(markdown)
    with stepping(words, "audit", quiet) as progress:
        from jukushi.calibration.audit import Audit, audit

        answer = audit(opened, Audit(claim, histories, seed, threads), progress)
    if markdown is not None:
        from jukushi.views.audit_page import audit_page

        markdown.write_text(audit_page(answer, opened, words), encoding="utf-8")
        say(words("audit.wrote", file=markdown))
    if as_json:
        print_json(answer)
    elif claim:
        from rich.console import Group

        from jukushi.views.audit import claim_view

        views = [claim_view(row, opened, words) for row in answer["claims"]]
        print_view(Group(*(part for view in views for part in (view, ""))))
    elif markdown is None:
        from jukushi.views.audit import audit_view

        print_view(audit_view(answer, opened, words))


def _check_place(file: Path | None) -> None:
    """Refuse a place that cannot hold the page, before anything is run."""
    if file is not None and (file.is_dir() or not file.parent.is_dir()):
        raise UsageError(
            f"{str(file)!r} cannot hold the page",
            cause="it is a folder" if file.is_dir() else "its folder does not exist",
            hint="--md audit.md",
        )
