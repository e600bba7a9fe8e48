"""Options of the command line that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "BattlesFile", "Campaign", "CaseArgument", "Collapse", "Do", "FailIf", "Histories", "Json",
    "KeepHoldout", "Language", "Maker", "MaybeCase", "Out", "Precision", "Quiet", "Resume",
    "Seed", "Threads",
]  # fmt: skip

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Name of a case, or its folder.")]
Histories = Annotated[
    int, typer.Option("--histories", "-n", min=1, max=100_000_000, help="How many.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Seed of the dice.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Language = Annotated[str, typer.Option("--lang", help="Language of results: en or fr.")]
Out = Annotated[Path | None, typer.Option(help="Folder to keep the study in.")]
Resume = Annotated[bool, typer.Option(help="Go on with a study that was stopped.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Threads (the answer is the same).")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Maker = Annotated[
    str | None,
    typer.Option(
        help="doctrine, expected_value, factions, preset:NAME, policy:FILE (of best --save), "
        "script:FILE (dated acts); human in play alone. The prey's after a slash."
    ),
]
Collapse = Annotated[bool | None, typer.Option(help="Collapse trigger on or off.")]
Do = Annotated[
    list[str] | None,
    typer.Option("--do", help="attack@1941-08-29: the attack opens on that day."),
]
FailIf = Annotated[
    str | None, typer.Option("--fail-if", help="Exit with 3 if the probability is, say, '>0.1'.")
]
Campaign = Annotated[
    str | None, typer.Option(help="A campaign on the map, from its recorded or planned forces.")
]
Precision = Annotated[
    str | None,
    typer.Option(
        help="Stop when half the sampling interval is at most this, such as 0.5pp or 0.005; "
        "--histories is then the most that are run."
    ),
]
MaybeCase = Annotated[
    str | None, typer.Argument(metavar="[CASE]", help="Name of a case, or its folder.")
]
BattlesFile = Annotated[str | None, typer.Option("--battles", help="CSV of battles, or: download.")]
KeepHoldout = Annotated[
    bool, typer.Option("--keep-holdout", help="Also the battles kept apart for the last test.")
]
