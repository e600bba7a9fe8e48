"""Does each mechanism still vectorise? Counts instructions of its machine code.

    python bench/vectorised.py

A vector loop is followed by a scalar one for the remainder, so scalar instructions are no
fault. A mechanism with hardly any packed ones has lost its vector loop (a branch, a
double-precision literal, a call, a signed index): exit code 1. The wrapper alone has 16.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from jukushi.dice import DICE, ONCE
from jukushi.doctrines.expected_value import expected_value
from jukushi.engine.week import FIRST, LAST
from jukushi.kernel import _KernelCompiler
from jukushi.mechanisms.assessment import assessment
from jukushi.mechanisms.build_up import build_up
from jukushi.mechanisms.diplomacy import diplomacy
from jukushi.mechanisms.distant_front import distant_front
from jukushi.mechanisms.garrison import garrison
from jukushi.mechanisms.intelligence import intelligence
from jukushi.mechanisms.oil import oil
from jukushi.mechanisms.redeployment import redeployment
from jukushi.mechanisms.season import season
from jukushi.world.calendar import WEEK
from jukushi.world.parameters import PARAMETERS
from jukushi.world.state import STATE

MECHANISMS: list[Callable[..., Any]] = [
    season, distant_front, garrison, build_up, diplomacy, oil, intelligence, assessment,
    expected_value, redeployment,
]  # fmt: skip

#: Packed instructions that even a mechanism without a vector loop has, and a few more.
FEWEST = 20

PACKED = re.compile(r"\bv\w+ps\b.*%[yz]mm")
SCALAR = re.compile(r"\bv\w+ss\b")


def instructions(mechanism: Any) -> tuple[int, int]:
    """Return the numbers of packed and of scalar single-precision instructions."""
    fresh = numba.njit(error_model="numpy", nogil=True, pipeline_class=_KernelCompiler)(
        mechanism.py_func
    )
    records = [np.zeros(1, dtype)[0] for dtype in (STATE, PARAMETERS, WEEK, DICE, ONCE)]
    fresh(*records, FIRST, LAST)
    code = "\n".join(fresh.inspect_asm().values())
    return len(PACKED.findall(code)), len(SCALAR.findall(code))


def main() -> int:
    lost = 0
    print(f"{'mechanism':20s} {'packed':>8s} {'scalar':>8s}")
    for mechanism in MECHANISMS:
        packed, scalar = instructions(mechanism)
        lost += packed < FEWEST
        note = "   LOST" if packed < FEWEST else ""
        print(f"{mechanism.__name__:20s} {packed:8d} {scalar:8d}{note}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
