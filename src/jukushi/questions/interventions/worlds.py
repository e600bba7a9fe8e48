"""From the texts of an intervention to the two worlds that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from jukushi.case.load import Case
from jukushi.case.schema import Change, Outcome
from jukushi.doctrines.policy import Policy
from jukushi.engine.settings import Fate, Later, Order, World
from jukushi.errors import UsageError
from jukushi.questions.interventions import names
from jukushi.questions.interventions.acts import changes_of
from jukushi.questions.interventions.calendars import edit_calendar
from jukushi.questions.interventions.contradictions import check_plan
from jukushi.questions.interventions.events import event_part, new_event_part
from jukushi.questions.interventions.grammar import Item, parse_all
from jukushi.questions.interventions.parts import Part
from jukushi.questions.interventions.plan import Plan
from jukushi.questions.interventions.rules import edit_rules, rule_part
from jukushi.questions.interventions.script import script_part
from jukushi.questions.interventions.stocks import stock_part
from jukushi.questions.interventions.values import check_values, parameter_part
from jukushi.questions.odds import structure_of
from jukushi.questions.worlds import Structure, factor_of, reading_of
from jukushi.world.parameters import ParameterSpace

__all__ = ["Asked", "Intervention", "intervene", "world_of"]

#: The reading of a factor that changes nothing.
AS_IT_WAS = "as_it_was"
#: Parameter draws in which values are held against their units.
_DRAWS_CHECKED = 4096


@dataclass(frozen=True)
class Asked:
    """The texts of an intervention.

    Attributes
    ----------
    set, move, add, rule : sequence of str
        See `jukushi.questions.interventions.grammar`.
    script : Path, optional
    do : sequence of str
        What is done in both worlds, such as ``attack@1941-08-29``.
    since : date, optional
        The day of --from.
    redraw : int, optional
        Number of the other fate.
    decision_maker, collapse
        Structure of both worlds; None is the case's own.
    """

    set: Sequence[str] = ()
    move: Sequence[str] = ()
    add: Sequence[str] = ()
    rule: Sequence[str] = ()
    script: Path | None = None
    do: Sequence[str] = ()
    since: date | None = None
    redraw: int | None = None
    decision_maker: str | None = None
    collapse: bool | None = None


@dataclass(frozen=True)
class Intervention:
    """Two worlds and the fate that both meet.

    Attributes
    ----------
    plan : Plan
    baseline, changed : World
    fate : Fate, optional
    week : int, optional
        Week from which the world is changed.
    items : tuple of Item
        Without the script.
    """

    plan: Plan
    baseline: World
    changed: World
    fate: Fate | None
    week: int | None
    items: tuple[Item, ...] = field(default=())

    @property
    def parts(self) -> tuple[Part, ...]:
        """The items, resolved."""
        return self.plan.parts


def intervene(case: Case, asked: Asked, outcome: Outcome, seed: int, n_draws: int) -> Intervention:
    """Read an intervention, refuse what contradicts itself, and build both worlds.

    Parameters
    ----------
    case : Case
    asked : Asked
    outcome : Outcome
        What is asked about.
    seed, n_draws : int
        Whose parameter draws are held against the units.

    Raises
    ------
    UsageError
        If a text is not understood, a name unknown, a value impossible, or two items contradict
        each other.
    """
    space = ParameterSpace(case)
    structure = structure_of(case, asked.decision_maker, asked.collapse)
    items = parse_all(set=asked.set, move=asked.move, add=asked.add, rule=asked.rule)
    parts = [resolve(case, item) for item in items]
    if asked.script is not None:
        parts.append(script_part(case, asked.script))
    plan = Plan(
        case, space, outcome, structure, asked.decision_maker is not None,
        _other(case, parts, asked.collapse), tuple(parts), changes_of(case, asked.do, outcome),
        asked.since,
    )  # fmt: skip
    check_plan(plan)
    draws = np.arange(min(n_draws, _DRAWS_CHECKED), dtype=np.int64)
    for part in parts:
        if part.kind in ("parameter", "lever"):
            check_values(case, space, part, seed, draws)
    week = None if asked.since is None else int(case.week_of(asked.since))
    fate = None
    if asked.redraw is not None:
        fate = Fate(case.first_running_week if week is None else week, asked.redraw)
    baseline = structure.world("baseline", (*structure.changes, *plan.done))
    changed = world_of(plan, plan.parts, week)
    return Intervention(plan, baseline, changed, fate, week, tuple(items))


def resolve(case: Case, item: Item) -> Part:
    """Turn one item into what it does; raises UsageError."""
    if item.option == "move":
        return event_part(case, item)
    if item.option == "rule":
        return rule_part(case, item)
    if item.option == "add":
        return new_event_part(case, item) if item.how == "new" else stock_part(case, item)
    kind = names.kind_of(case, item.name, isinstance(item.value, str))
    if kind == "parameter":
        return parameter_part(case, item)
    if item.how != "set":
        raise UsageError(
            f"{item.text}: a {kind.replace('_', '-')} is set, not scaled or shifted",
            cause=f"{item.name} is no parameter",
            hint=f"write --set {item.name}=VALUE",
        )
    if kind == "lever":
        return _lever(case, item)
    if not isinstance(item.value, str):
        raise UsageError(
            f"{item.text}: {item.name} takes a word, not {item.value}",
            cause=f"it is a {kind.replace('_', '-')}",
            hint=_words_of(case, kind, item.name),
        )
    if kind == names.DECISION_MAKER:
        other = structure_of(case, item.value, None)
        return Part(item.text, kind, kind, orders=other.orders, maker=item.value)
    return _factor(case, item.text, item.name, item.value)


def _words_of(case: Case, kind: str, name: str) -> str:
    if kind == names.DECISION_MAKER:
        return f"write {name}=expected_value"
    readings = [reading.id for reading in case.factors[name].readings]
    return f"readings: {', '.join([*readings, AS_IT_WAS])}"


def _factor(case: Case, text: str, name: str, word: str) -> Part:
    factor = factor_of(case, name)
    if word == AS_IT_WAS:
        return Part(text, "factor", name)
    reading = reading_of(factor, word)
    return Part(
        text, "factor", name, tuple(reading.changes), begins=reading.since,
        rewrite=reading.rewrite, leaves=reading.leaves,
    )  # fmt: skip


def _lever(case: Case, item: Item) -> Part:
    if not isinstance(item.value, float):
        raise UsageError(
            f"{item.text}: the lever {item.name} takes a number", hint=f"write {item.name}=20"
        )
    changes = names.levers_of(case)[item.name](item.value)
    return Part(item.text, "lever", item.name, tuple(changes))


def _other(case: Case, parts: Sequence[Part], collapse: bool | None) -> Structure | None:
    """Return the decision-maker that an item puts in."""
    maker = next((part.maker for part in parts if part.maker), None)
    return None if maker is None else structure_of(case, maker, collapse)


def _tables(structure: Structure) -> tuple[str, str]:
    """Return the tables by which a structure lets hunter and prey decide."""
    return structure.hunter_table, structure.prey_table


def _orders(
    structure: Structure, other: Structure | None, parts: Sequence[Part], week: int | None
) -> tuple[Order, ...]:
    """Return the orders of a changed world: past ones, those of who decides now, a script's."""
    if other is None:
        kept = structure.orders
    else:
        past = () if week is None else structure.orders
        kept = (*(order for order in past if order.week < (week or 0)), *other.orders)
    scripts = (part for part in parts if not part.maker)
    return (*kept, *(order for part in scripts for order in part.orders))


def _policy(structure: Structure, other: Structure | None, week: int | None) -> Policy | None:
    """Return the policy of a changed world: from a date on, that of the past is needed too."""
    if other is None or (week is not None and other.policy is None):
        return structure.policy
    past, now = structure.policy, other.policy
    if week is not None and past and now and past.digest != now.digest:
        raise UsageError(
            f"--set decision_maker={other.decision_maker} cannot begin at a date",
            cause="a world has one policy from its first week to its last",
            hint="leave --from out",
        )
    return other.policy


def _put_in(structure: Structure, other: Structure) -> tuple[Change, ...]:
    """Return what puts one decision-maker in the place of another."""
    back = structure.prey_by_script and not other.prey_by_script
    return (*other.changes, *([Change(parameter="prey_decider", set=0.0)] if back else []))


def world_of(plan: Plan, parts: Sequence[Part], week: int | None) -> World:
    """Return the world that some parts of a plan make, from `week` on (None: from the start)."""
    structure = plan.structure
    other = plan.other if any(part.maker for part in parts) else None
    changes: list[Change] = list(_put_in(structure, other)) if other else []
    for part in parts:
        changes += part.changes
    if other is not None and week is not None and _tables(other) != _tables(structure):
        raise UsageError(
            f"--set decision_maker={other.decision_maker} cannot begin at a date",
            cause="a world has one table for each power from its first week to its last",
            hint="leave --from out",
        )
    hunter, prey = _tables(other or structure)
    edited = edit_rules(edit_calendar(plan.case, parts), parts, week, hunter)
    own = edited is not plan.case
    texts = [part.text for part in parts if part.calendar is not None or part.rule is not None]
    texts += [f"from week {week}"] if week is not None else []
    first = (*structure.changes, *plan.done)
    world = World(
        "changed: " + " ".join(part.text for part in parts),
        first if week is not None else (*first, *changes),
        shocks=tuple(shock for part in parts for shock in part.shocks),
        orders=_orders(structure, other, parts, week),
        hunter_table=hunter,
        prey_table=prey,
        case=edited if own else None,
        variant=" ".join(texts) if own else "",
        policy=_policy(structure, other, week),
    )
    return replace(world, later=(Later(week, tuple(changes)),)) if week is not None else world
