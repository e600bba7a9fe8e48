"""What depends on what: changes that act only with another, events that come only after another.

The parameters named here are those that the mechanisms need; a case that lacks one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from jukushi.errors import UsageError
from jukushi.questions.interventions.plan import Plan

__all__ = ["NEEDS", "Need", "idle", "out_of_order"]


@dataclass(frozen=True)
class Need:
    """Parameters that act only while another is above zero."""

    parameters: tuple[str, ...]
    needs: str
    why: str


#: A name that ends in ``_`` stands for all parameters that begin so.
NEEDS = (
    Need(("freeze_week", "embargo_cut"), "embargo_chance", "no embargo comes"),
    Need(
        ("freeze_week", "embargo_cut", "embargo_chance"), "indochina_chance",
        "there is no move into Indochina to answer",
    ),
    Need(("khasan_",), "khasan_fought", "the battle is never fought"),
    Need(("khalkhin_", "yasuoka_"), "khalkhin_fought", "the battle is never fought"),
    Need(("forced_north_week",), "forced_north", "no attack is forced"),
    Need(("departure_share", "departure_week"), "departure_ordered", "no departure is ordered"),
    Need(("departure_ordered", "departure_week"), "departure_share", "the departing share is 0"),
    Need(
        ("south_prepare", "south_deliberation", "south_opportunism", "southern_oil"),
        "south_possible", "there is no southern war to choose",
    ),
    Need(("collapse_margin",), "collapse_trigger", "the collapse trigger is off"),
    Need(("season_spread",), "season_severity", "no season slows anything"),
)  # fmt: skip


def idle(plan: Plan) -> None:
    """A change that can do nothing because something else is switched off."""
    for part in plan.parts:
        for need in NEEDS:
            touched = [name for name in part.parameters if _meant(name, need)]
            if not touched or len(touched) < len(part.parameters):
                continue  # something else of it acts, or it changes what is needed as well
            if need.needs in plan.space.index and plan.value(need.needs) <= 0.0:
                raise UsageError(
                    f"{part.text} changes nothing: {need.why}",
                    cause=f"{touched[0]} acts only while {need.needs} is above 0, and it is 0",
                    hint=f"leave it out, or set {need.needs} as well",
                )


def _meant(name: str, need: Need) -> bool:
    return name != need.needs and any(
        name.startswith(listed) if listed.endswith("_") else name == listed
        for listed in need.parameters
    )


#: Events that cannot come after another, by the parameters that date them.
_IN_ORDER = (("pact_week", "pact_expiry_week", "a pact is in force before it expires"),)
#: An event and what it answers: it cannot come before that was decided (evidence date).
_ANSWERS = (("freeze_week", "indochina_chance", "the freeze answers the move into Indochina"),)
#: Events that act only while the world runs by itself.
_RUNNING = ("forced_north_week", "departure_week")


def out_of_order(plan: Plan) -> None:
    """An event moved before something that it depends on."""
    moved = {
        part.name: (part, part.move.after)
        for part in plan.parts
        if part.kind == "parameter" and part.move is not None and part.move.after is not None
    }
    for earlier, later, why in _IN_ORDER:
        if {earlier, later} & {*moved} and plan.value(earlier) > plan.value(later):
            part, _ = moved.get(earlier) or moved[later]
            raise UsageError(
                f"{part.text} moves it out of order",
                cause=why,
                hint=f"mind both {earlier} and {later}",
            )
    for name, cause, why in _ANSWERS:
        if name in moved and cause in plan.case.parameters:
            known = plan.case.parameters[cause].evidence_date
            part, day = moved[name]
            if day < known:
                raise UsageError(
                    f"{part.text} moves it before what it depends on",
                    cause=f"{why}, decided on {known}",
                    hint=f"move it to {known} or later",
                )
    first = plan.case.header.period.runs_from
    for name in _RUNNING:
        if name in moved and moved[name][1] < first:
            raise UsageError(
                f"{moved[name][0].text} lies before the world runs by itself",
                cause=f"up to {first} the record is followed",
                hint=f"give {first} or a later day",
            )
