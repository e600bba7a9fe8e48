"""The numbered week: what happens in which order, and why there.

`jukushi.engine.week` must call the mechanisms in exactly this order; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WEEK_ORDER", "Step"]


@dataclass(frozen=True)
class Step:
    """One step of the week: the mechanism's name, whether it runs before the war, and why here."""

    name: str
    scripted_weeks: bool
    why: str


WEEK_ORDER: tuple[Step, ...] = (
    Step(
        "lessons", True, "battles lie in the past of the great war; all else reads what they taught"
    ),
    Step("season", False, "movement this week depends on nothing else"),
    Step("distant_front", False, "the great war moves first: all others react to it"),
    Step("garrison", False, "trains leave for a front as it stands at the end of the week"),
    Step("build_up", False, "ships and men follow last week's decisions"),
    Step("diplomacy", False, "embargo, settlement and openings fall due before stocks are counted"),
    Step("oil", False, "the stock feels this week's embargo"),
    Step("intelligence", False, "reports describe a week that is over"),
    Step("assessment", False, "the staff turns reports into one ratio before anyone decides"),
    Step("expected_value", False, "a decision-maker reads beliefs only, so it comes after them"),
    Step("decisions", False, "tables of rules, likewise; what they decide acts from next week"),
    Step("redeployment", False, "the prey's trains turn east after its decision is known"),
)
