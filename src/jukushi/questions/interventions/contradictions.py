"""What an intervention may not ask for: found from the items alone, before anything is run.

Each check is a function of a `Plan`; its first line says what it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

from jukushi.case.doctrines import DOCTRINE
from jukushi.errors import UsageError
from jukushi.mechanisms.decisions import Action
from jukushi.questions.interventions.dependencies import idle, out_of_order
from jukushi.questions.interventions.parts import Part
from jukushi.questions.interventions.plan import Plan
from jukushi.questions.worlds import applies

__all__ = ["CHECKS", "check_plan"]


def _changing(plan: Plan) -> None:
    """A question that changes nothing at all."""
    if not plan.parts:
        raise UsageError(
            "nothing is changed",
            cause="a whatif compares the world as it was with another",
            hint="give --set, --move, --add, --rule or --script; to put in another "
            "decision-maker: --set decision_maker=expected_value",
        )


def _since(plan: Plan) -> None:
    """A date of --from outside the weeks that run, or after the last day asked about."""
    if plan.since is None:
        return
    first, last = plan.case.header.period.runs_from, plan.outcome.by
    if plan.since < first:
        raise UsageError(
            f"--from {plan.since} lies before the world runs by itself",
            cause=f"up to {first} the record is followed; only battles are fought",
            hint=f"leave --from out, or give {first} or a later day",
        )
    if plan.since > last:
        raise UsageError(
            f"--from {plan.since} lies after the last day asked about",
            cause=f"{plan.outcome.id} asks about the time to {last}",
            hint="name a later --outcome",
        )


def _twice(plan: Plan) -> None:
    """The same thing set twice: two readings of a factor, a parameter, event, stock or rule."""
    seen: dict[tuple[str, str], Part] = {}
    for part in plan.parts:
        first = seen.setdefault((part.kind, part.name), part)
        if first is part:
            continue
        what = "two readings of one factor" if part.kind == "factor" else "the same thing twice"
        raise UsageError(
            f"{first.text} and {part.text} contradict each other",
            cause=f"{what}: {part.name}",
            hint="keep one of them",
        )


def _overlap(plan: Plan) -> None:
    """Two items that change one parameter differently, or one that follows what another changes."""
    for first, second in combinations(plan.parts, 2):
        for name in sorted({*first.parameters} & {*second.parameters}):
            one = [change for change in first.changes if change.parameter == name]
            two = [change for change in second.changes if change.parameter == name]
            same = one == two and all(change.set is not None for change in one)
            if not same:
                raise UsageError(
                    f"{first.text} and {second.text} contradict each other",
                    cause=f"both change {name}, and their order would decide",
                    hint="leave one out, or set the parameters one by one",
                )
        for leader, follower in ((first, second), (second, first)):
            for change in follower.changes:
                if (
                    change.follows in leader.parameters
                    and change.follows not in follower.parameters
                ):
                    raise UsageError(
                        f"{leader.text} and {follower.text} contradict each other",
                        cause=f"{change.parameter} follows {change.follows}, set by the other",
                        hint="leave one out",
                    )


def _applicable(plan: Plan) -> None:
    """A factor that does not apply to the decision-maker."""
    maker = plan.other or plan.structure
    for part in plan.parts:
        if part.kind == "factor" and not applies(plan.case, plan.case.factors[part.name], maker):
            known = ", ".join(plan.case.factors[part.name].deciders)
            raise UsageError(
                f"{part.text}: the factor does not apply to {maker.decision_maker!r}",
                cause=f"it applies to {known}",
                hint="leave it out, or ask another --decision-maker",
            )


def _deciders(plan: Plan) -> None:
    """Two deciders for one power: a script with another decision-maker or a forced attack."""
    script = next((part for part in plan.parts if part.kind == "script"), None)
    swapped = next((part for part in plan.parts if part.kind == "decision_maker"), None)
    _two_scripts(plan, script)
    by_script = script is not None and "hunter" in script.roles
    if by_script and (swapped is not None or plan.maker_given):
        named = swapped.text if swapped else f"--decision-maker {plan.structure.decision_maker}"
        raise UsageError(
            f"a script of the hunter and {named} contradict each other",
            cause="the hunter decides by one or the other",
            hint="leave one out",
        )
    if plan.value("forced_north") < 0.5:
        return
    mute = swapped or (script if by_script else None) or next(_rules_of(plan, "hunter"), None)
    if mute is not None:
        raise UsageError(
            f"{mute.text} and a forced attack contradict each other",
            cause="when the attack is forced, the hunter decides nothing",
            hint="leave --do or forced_north out, or the other",
        )


def _two_scripts(plan: Plan, script: Part | None) -> None:
    """Refuse a --script of a prey that decides by the script of a decision-maker."""
    for maker in (plan.other, plan.structure):
        if script is not None and "prey" in script.roles and maker and maker.prey_by_script:
            raise UsageError(
                f"a --script of the prey and {maker.prey} contradict each other",
                cause="the prey decides by one or the other",
                hint="leave one out, or change the script with --set decision_maker=",
            )


def _rules_of(plan: Plan, role: str) -> Iterator[Part]:
    power = plan.case.power_of(role).id
    for part in plan.parts:
        if part.rule is None:
            continue
        owner = plan.case.power_of("hunter").id
        if not part.rule.gate:
            owner = plan.case.doctrines.tables[part.rule.table].power
        if owner == power:
            yield part


def _unread_rules(plan: Plan) -> None:
    """A rule of a power that does not decide by its table."""
    script = next((part for part in plan.parts if part.kind == "script"), None)
    maker = plan.other or plan.structure
    by_table = all(change.set == 0 for change in maker.changes if change.parameter == "decider")
    for role in ("hunter", "prey"):
        scripted = script is not None and role in script.roles
        scripted = scripted or (role == "prey" and maker.prey_by_script)
        table = maker.hunter_table if role == "hunter" else maker.prey_table
        for part in _rules_of(plan, role):
            other = table != DOCTRINE and not (part.rule and part.rule.gate)
            if scripted or other or (role == "hunter" and not by_table):
                named = maker.decision_maker if role == "hunter" else maker.prey
                by = "a script" if scripted else named
                which = "that table is not" if other else "no table is"
                raise UsageError(
                    f"{part.text} changes nothing: {which} read",
                    cause=f"the {role} decides by {by}",
                    hint="leave it out, or let the power decide by its table",
                )


def _kept_past(plan: Plan) -> None:
    """With --from: an event, stock or order before that day, or moved out of or into the past."""
    if plan.since is None:
        return
    since = plan.week(plan.since)
    for part in plan.parts:
        days = [day for day in (part.move.before, part.move.after) if day] if part.move else []
        days += [part.begins] if part.kind == "stock" and part.begins else []
        early = [day for day in days if plan.week(day) < since]
        early += [plan.since for order in part.orders if order.week < since][:1]
        if early:
            raise UsageError(
                f"{part.text} reaches into the past that --from {plan.since} keeps",
                cause=f"{min(early)} lies before the week of {plan.since}"
                if not part.orders
                else "an act of the script lies before it",
                hint="give an earlier --from, or leave it out",
            )


def _too_late(plan: Plan) -> None:
    """A stock added to, or an order given, after the last day asked about."""
    last = plan.week(_last_day(plan))
    for part in plan.parts:
        weeks = [shock.week for shock in part.shocks] + [order.week for order in part.orders]
        if weeks and min(weeks) > last:
            raise UsageError(
                f"{part.text} comes after the last day asked about",
                cause=f"{plan.outcome.id} asks about the time to {_last_day(plan)}",
                hint="name a later --outcome",
            )


def _impossible_order(plan: Plan) -> None:
    """An order to go south when there is no southern war to choose."""
    ordered = any(
        order.action == Action.CHOOSE_SOUTH for part in plan.parts for order in part.orders
    )
    if ordered and plan.value("south_possible") < 0.5:
        raise UsageError(
            "the script orders the southern war, and it is not possible",
            cause="south_possible is 0",
            hint="leave one out",
        )


def _last_day(plan: Plan) -> date:
    return plan.outcome.by


#: Every check, in the order in which they are made.
CHECKS: tuple[Callable[[Plan], None], ...] = (
    _changing, _since, _twice, _overlap, _applicable, _deciders, _unread_rules, idle, out_of_order,
    _kept_past, _too_late, _impossible_order,
)  # fmt: skip


def check_plan(plan: Plan) -> None:
    """Refuse an intervention that contradicts itself.

    Raises
    ------
    UsageError
        Naming the items, why they cannot stand together, and what to do.
    """
    for check in CHECKS:
        check(plan)
