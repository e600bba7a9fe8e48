"""The slow reference: plain Python in double precision decides as the compiled engine does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from jukushi.engine.run import Engine, World
from jukushi.world.vocabulary import open_case

REPOSITORY = Path(__file__).resolve().parents[1]
DECISIONS = ("north_week", "south_choice_week", "collapse_week", "entry_week")
SEED = 1941


def _start(first: int, histories: int, outcome: str) -> subprocess.Popen[str]:
    """Start a reference process of `histories` from `first`, without compilation."""
    command = [
        sys.executable, "-m", "jukushi.engine.reference", "kantokuen", "--seed", str(SEED),
        "--first", str(first), "--histories", str(histories), "--outcome", outcome,
    ]  # fmt: skip
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": str(REPOSITORY / "src"),
    }
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _reference(histories: int, outcome: str) -> dict[str, list[int]]:
    """Run the reference in two processes, so that it uses two cores."""
    half = -(-histories // 128) * 64
    processes = [_start(0, half, outcome), _start(half, histories - half, outcome)]
    decisions: dict[str, list[int]] = {name: [] for name in DECISIONS}
    for process in processes:
        printed, complaint = process.communicate(timeout=900)
        assert process.returncode == 0, complaint
        for name, weeks in json.loads(printed)["decisions"].items():
            decisions[name] += weeks
    return decisions


def _compare(histories: int, outcome: str) -> None:
    """Compare every decision of every history; print those that differ."""
    engine = Engine(open_case("kantokuen"), SEED)
    compiled = engine.run([World("base")], 0, histories, outcome).outcome
    reference = _reference(histories, outcome)
    agreed = {}
    for name in DECISIONS:
        ours, theirs = compiled[name], np.array(reference[name])
        assert len(theirs) == histories
        agreed[name] = float(np.mean(ours == theirs))
        for history in np.flatnonzero(ours != theirs):
            print(
                f"history {history}: {name} {ours[history]} compiled, {theirs[history]} reference"
            )
    print("agreement:", agreed)
    assert min(agreed.values()) >= 0.99
    # Agreement on nothing but "never" would prove nothing.
    assert (compiled["north_week"] >= 0).sum() > histories / 100
    assert (compiled["south_choice_week"] >= 0).sum() > histories / 10
    if outcome == "soviet_entry":
        assert (compiled["entry_week"] >= 0).sum() > histories / 100


def test_the_reference_decides_alike_to_the_end_of_1941() -> None:
    _compare(1000, "attack_by_end_1941")


@pytest.mark.slow
def test_the_reference_decides_alike_to_the_end_of_the_case() -> None:
    _compare(256, "soviet_entry")


def test_the_reference_refuses_to_run_compiled() -> None:
    from jukushi.engine.reference import main

    assert main(["kantokuen"]) == 2
