"""How fast histories run, side by side with the same source run as plain Python.

python bench/speed.py [--repeats 5]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from jukushi.engine.run import Engine, World
from jukushi.world.vocabulary import open_case


def spread(work: Callable[[], None], units: float, repeats: int) -> str:
    """Return the median rate and its range over repeats."""
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        rates.append(units / (time.perf_counter() - start))
    return f"{statistics.median(rates):>12,.0f}  ({min(rates):,.0f} to {max(rates):,.0f})"


def plain_rate(histories: int) -> float:
    """Histories a second of the uncompiled twin to the end of 1941, in a process of its own."""
    command = [sys.executable, "-m", "jukushi.engine.reference", "kantokuen"]
    command += ["--histories", str(histories), "--outcome", "attack_by_end_1941"]
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, check=True, capture_output=True
    )
    json.loads(done.stdout)
    return histories / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    engine = Engine(open_case("kantokuen"), seed=1)
    start = time.perf_counter()
    engine.run([World("warm")], 0, 128, "attack_by_end_1941")
    print(f"machine: {platform.machine()}, {engine.threads} threads, {platform.platform()}")
    print(f"first history after {time.perf_counter() - start:.1f} s (compilation or cache)")
    for outcome in ("attack_by_end_1941", "attack_ever"):
        rate = spread(
            lambda o=outcome: engine.run([World("b")], 0, 65_536, o), 65_536, options.repeats
        )
        print(f"histories/s, one world, {outcome:20s} {rate}")
    worlds = [World(str(i)) for i in range(256)]
    rate = spread(
        lambda: engine.run(worlds, 0, 4_096, "attack_by_end_1941"), 256 * 4_096, options.repeats
    )
    print(f"world-histories/s, 256 worlds               {rate}")
    single = Engine(engine.case, seed=1, threads=1)
    start = time.perf_counter()
    single.run([World("b")], 0, 16_384, "attack_by_end_1941")
    compiled = 16_384 / (time.perf_counter() - start)
    plain = plain_rate(64)
    print(f"one thread, compiled over plain Python      {compiled / plain:>12,.0f} times")


if __name__ == "__main__":
    main()
