"""Same bytes: threads, parts and instruction sets do not change a single outcome."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from jukushi.case.schema import Change
from jukushi.engine.run import Engine, Results, World
from jukushi.world.vocabulary import open_case

REPOSITORY = Path(__file__).resolve().parents[1]
OUTCOME = "attack_by_end_1941"
HISTORIES = 4096
WORLDS = (
    World("base"),
    World("no embargo", (Change(parameter="embargo_chance", set=0.0),)),
    World("weighs values", (Change(parameter="decider", set=1.0),)),
)

#: What a process with other instruction sets is asked to print.
PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import numba
from test_bytes import digest, run
print(numba.config.CPU_NAME, digest(run(threads=1, count=512, outcome="soviet_entry")))
"""


def run(threads: int, first: int = 0, count: int = HISTORIES, outcome: str = OUTCOME) -> Results:
    """Run some histories in all worlds."""
    engine = Engine(open_case("kantokuen"), seed=7, threads=threads)
    return engine.run(WORLDS, first, count, outcome)


def digest(results: Results) -> str:
    """Hash of every byte of the outcome."""
    whole = hashlib.blake2s(results.outcome.tobytes())
    whole.update(np.ascontiguousarray(results.events).tobytes())
    return whole.hexdigest()


@cache
def whole() -> Results:
    return run(threads=1)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_do_not_change_a_byte(threads: int) -> None:
    assert digest(run(threads)) == digest(whole())


@pytest.mark.parametrize("cuts", [(0, 2048, 4096), (0, 128, 1280, 3968, 4096)])
def test_parts_make_up_the_whole(cuts: tuple[int, ...]) -> None:
    parts = [run(2, first, last - first) for first, last in itertools.pairwise(cuts)]
    assert b"".join(part.outcome.tobytes() for part in parts) == whole().outcome.tobytes()
    assert (np.concatenate([part.events for part in parts], axis=1) == whole().events).all()


def test_a_block_in_the_middle_of_a_parameter_draw_is_the_same_block() -> None:
    part = run(1, first=192, count=64)
    assert part.outcome.tobytes() == whole().outcome[192:256].tobytes()


def test_a_shorter_study_is_the_beginning_of_a_longer_one() -> None:
    part = run(2, first=0, count=1000)
    assert len(part.outcome) == 1000
    assert part.outcome.tobytes() == whole().outcome[:1000].tobytes()
    assert (part.events == whole().events[:, :1000]).all()


def test_the_same_again_is_the_same() -> None:
    assert digest(run(2)) == digest(run(2))


@pytest.mark.slow
@pytest.mark.parametrize("features", ["", "+sse4.2,+avx"])
def test_instruction_sets_do_not_change_a_byte(features: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": features,
        "JUKUSHI_CACHE": str(tmp_path),
        "PYTHONPATH": str(REPOSITORY / "src"),
    }
    program = PROGRAM.format(folder=str(Path(__file__).parent))
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    expected = digest(run(threads=1, count=512, outcome="soviet_entry"))
    assert found.stdout.split() == ["generic", expected]
