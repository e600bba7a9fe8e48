"""Verify the program: known answers, and a second implementation of the weekly layer.

    uv run python -m verification                    all checks at full size, a few minutes
    uv run python -m verification --small            the same at the size of the tests
    uv run python -m verification --only walk        one check
    uv run python -m verification --break all        spoil each check; each must notice

Prints a table, writes a plot of each check to docs/verification/ and the evidence, which a model
card may quote, to verification/evidence.json (only when all checks are run at full size). Ends
with code 1 if a check fails, or, with --break, if a spoilt check passes. docs/verification.md says
what each shows. Not part of the continuous integration.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from jukushi.version import __version__
from verification.checks import Check, Finding
from verification.closed_forms import (
    birth_death,
    collapse,
    counting,
    lanchester,
    lesson,
    stopping,
    synthetic,
    walk,
)
from verification.closed_forms.world import SEED, engine
from verification.plots import save
from verification.weekly import compare

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "jukushi.verification/1"

CHECKS: tuple[Check, ...] = (
    birth_death.CHECK, collapse.CHECK, lanchester.LAW, lanchester.DUELS, walk.CHECK,
    counting.CHECK, lesson.CHECK, stopping.CHECK, synthetic.CHECK,
    compare.CHECK,
)  # fmt: skip


def evidence(check: Check, finding: Finding) -> dict[str, Any]:
    """One check as plain data."""
    return {
        "check": check.name,
        "title": check.title,
        "test": finding.test,
        "statistic": finding.statistic,
        "limit": finding.limit,
        "level": finding.level,
        "observations": finding.size,
        "detectable": finding.detectable,
        "verdict": "holds" if finding.passed else "fails",
        "sentence": finding.sentence,
        "plot": f"docs/verification/{check.name}.svg",
    }


def table(rows: list[tuple[Check, Finding, float]], broken: bool) -> Table:
    """What was found, one line a check."""
    shown = Table(title="Verification" + (" of spoilt checks" if broken else ""))
    for column in ("check", "verdict", "statistic", "must be", "would find", "seconds"):
        shown.add_column(column, overflow="fold")
    for check, finding, seconds in rows:
        verdict = "holds" if finding.passed else "FAILS"
        if broken:
            verdict = "NOT NOTICED" if finding.passed else "noticed"
        shown.add_row(
            check.name, verdict, f"{finding.test} {finding.statistic}", finding.limit,
            finding.detectable, f"{seconds:.0f}",
        )  # fmt: skip
    return shown


def arguments() -> argparse.Namespace:
    """Read the command line."""
    names = [check.name for check in CHECKS]
    parser = argparse.ArgumentParser(prog="python -m verification")
    parser.add_argument("--small", action="store_true", help="the size of the tests")
    parser.add_argument("--only", choices=names, action="append", help="run this check")
    parser.add_argument("--break", dest="broken", choices=[*names, "all"], help="spoil a check")
    parser.add_argument("--plots", type=Path, help="folder of the plots")
    return parser.parse_args()


def main() -> int:
    """Run the checks asked for; return the exit code."""
    asked = arguments()
    broken = asked.broken is not None
    only = asked.only or ([asked.broken] if broken and asked.broken != "all" else None)
    rows = []
    console = Console()
    for check in CHECKS:
        if only is not None and check.name not in only:
            continue
        start = perf_counter()
        finding = check.run(asked.small, broken)
        rows.append((check, finding, perf_counter() - start))
        console.print(f"{check.name}: {finding.sentence}", markup=False, highlight=False)
        folder = asked.plots or (None if broken or asked.small else ROOT / "docs/verification")
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            save(finding.figure, folder / f"{check.name}.svg", check.title, finding.passed)
    console.print(table(rows, broken))
    if only is None and not broken and not asked.small:
        write([evidence(check, finding) for check, finding, _ in rows])
    return int(any(finding.passed == broken for _, finding, _ in rows))


def write(checks: list[dict[str, Any]]) -> None:
    """Write the evidence."""
    case = engine().case
    content = {
        "schema": SCHEMA,
        "version": __version__,
        "case": case.header.id,
        "case_hash": case.hash,
        "seed": SEED,
        "date": datetime.now(UTC).date().isoformat(),
        "checks": checks,
    }
    path = ROOT / "verification" / "evidence.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
