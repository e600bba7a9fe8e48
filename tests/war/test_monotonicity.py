"""More force is not worse: the audit of verification/monotonicity.py, in small."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from workshop import CAMPAIGNS, audit_program, case

#: Two or three levels of each factor, few histories.
SMALL = {
    "attacker's men, tanks and guns": (0.5, 1.0),
    "attacker's tanks": (0.0, 1.0, 2.0),
    "attacker's aircraft": (0.5, 2.0),
    "defender's men, tanks and guns": (1.0, 2.0),
    "defender's tanks": (0.0, 1.0),
    "surprise": (0.0, 3.0),
    "quality (log)": (-0.6, 0.0, 0.6),
    "attacker's depots": (0.0, 0.5, 2.0),
}


def factors() -> list[Any]:
    program = audit_program()
    chosen = [factor for factor in program.FACTORS if factor.name in SMALL]
    assert len(chosen) == len(SMALL)
    return [replace(factor, levels=SMALL[factor.name]) for factor in chosen]


@pytest.mark.slow
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_more_force_is_not_worse(name: str) -> None:
    program = audit_program()
    lines = list(program.audit(case(), name, 250, 3, factors()))
    assert len(lines) == 4 * len(SMALL)
    wrong = [program.show(line) for line in lines if line.violates and not line.known]
    assert not wrong, "\n".join(wrong)
    # The audit sees what there is to see: more force helps, beyond doubt.
    seen = [line for line in lines if line.measure == "objectives"]
    strong = [line for line in seen if abs(line.steps[-1].change) > 3 * line.steps[-1].error]
    assert len(strong) >= 3


def step(*changes: float) -> Any:
    after = np.array(changes)
    return audit_program()._step(0.0, 1.0, np.zeros_like(after), after)


def test_a_step_knows_its_error() -> None:
    one = step(*([0.0] * 50 + [1.0] * 50))
    assert one.change == 0.5
    assert one.error == pytest.approx(math.sqrt(0.25 * 100 / 99) / 10)
    assert one.against(1) == 0.0
    assert one.against(-1) == pytest.approx(0.5 / one.error)
    assert one.against(0) == 0.0
    # No change in any history is no violation, and no certainty either.
    none = step(*([0.0] * 100))
    assert none.error > 0.0
    assert none.against(1) == none.against(-1) == 0.0


def test_known_violations_name_what_the_audit_asks() -> None:
    program = audit_program()
    names = {factor.name for factor in program.FACTORS}
    for campaign, factor, measure in program.KNOWN:
        assert campaign in program.CAMPAIGNS
        assert factor in names
        assert measure in program.MEASURES
