"""What a command writes, and how it reads its options: stdout holds the answer alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import typer

from jukushi.errors import UsageError

__all__ = [
    "pairs_of",
    "precision_of",
    "print_json",
    "print_view",
    "say",
    "stop_if_crossed",
    "threshold_of",
]


def say(text: str) -> None:
    """Write a line to stderr."""
    print(text, file=sys.stderr)


def print_json(answer: Any) -> None:
    """Write an answer to stdout as one JSON object."""
    from jukushi.faces.progress import without_nan

    print(json.dumps(without_nan(answer), ensure_ascii=False, indent=1, allow_nan=False))


def print_view(view: Any, first: Sequence[Any] = ()) -> None:
    """Write a view to stdout, with colour only on a terminal; `first` goes before it."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for part in first:
        console.print(part)
    console.print(view)


def threshold_of(text: str | None) -> tuple[str, float] | None:
    """Read a threshold such as ``>0.1``; raises UsageError before anything is run."""
    if text is None:
        return None
    sign, number = text[:1], text[1:]
    try:
        limit = float(number)
    except ValueError:
        limit = -1.0
    if sign not in ("<", ">") or not 0.0 <= limit <= 1.0:
        raise UsageError(f"--fail-if {text!r} is no threshold", hint="write '>0.1' or '<0.1'")
    return sign, limit


def precision_of(text: str | None) -> float | None:
    """Read a precision such as ``0.5pp`` or ``0.005``; raises UsageError before anything is run."""
    if text is None:
        return None
    number, points = text.strip().removesuffix("pp").strip(), text.strip().endswith("pp")
    try:
        value = float(number) / (100.0 if points else 1.0)
    except ValueError:
        value = -1.0
    if not 0.0 < value < 0.5:
        raise UsageError(
            f"--precision {text!r} is no precision",
            cause="it is half the width of the sampling interval: percentage points, as 0.5pp, "
            "or a fraction of one below 0.5, as 0.005; 0.5% could mean either",
            hint="write 0.5pp for half a percentage point",
        )
    return value


def stop_if_crossed(probability: float, threshold: tuple[str, float] | None) -> None:
    """Exit with 3 if the probability crosses the threshold."""
    if threshold is None:
        return
    sign, limit = threshold
    if probability > limit if sign == ">" else probability < limit:
        say(f"the probability {probability:.4g} crosses the threshold {sign}{limit:g}")
        raise typer.Exit(3)


def pairs_of(items: Sequence[str], sign: str) -> dict[str, str]:
    """Read ``factor=reading`` options; raises UsageError."""
    pairs = {}
    for item in items:
        name, found, value = item.partition(sign)
        if not found or not name or not value:
            raise UsageError(f"{item!r} is not of the form factor{sign}reading")
        pairs[name] = value
    return pairs
