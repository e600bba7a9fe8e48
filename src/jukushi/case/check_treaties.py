"""Checks of pacts and plans: parties, clauses that lean on one another, objectives in reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jukushi.case.checker import Checker, Where
from jukushi.case.graph import reachable

__all__ = ["circle", "pacts", "plans"]


def pacts(check: Checker) -> None:
    powers = {power.id for power in check.items("case.yaml", "powers")}
    parameters = check.ids("parameters.yaml", "parameters")
    for index, pact in check.numbered("pacts.yaml", "pacts"):
        where = ("pacts", index)
        for party in pact.parties:
            if powers:
                check.known("pacts.yaml", (*where, "parties"), "unknown power", party, powers)
        if pact.breach_cost is not None and parameters:
            cost = (*where, "breach_cost")
            check.known("pacts.yaml", cost, "unknown parameter", pact.breach_cost, parameters)
        clauses = {clause.id: clause.depends_on for clause in pact.clauses}
        for number, clause in enumerate(pact.clauses):
            for other in clause.depends_on:
                at: Where = (*where, "clauses", number, "depends_on")
                check.known("pacts.yaml", at, "clause depends on an unknown clause", other, clauses)
        round_trip = circle(clauses)
        if round_trip:
            shown = " -> ".join(round_trip)
            at = (*where, "clauses", list(clauses).index(round_trip[0]), "depends_on")
            check.add("pacts.yaml", at, "clauses depend on one another in a circle", shown)


def circle(graph: Mapping[str, list[str]]) -> list[str]:
    """Return one circle of a small directed graph, or an empty list."""
    done: set[str] = set()
    for start in graph:
        path = [start]
        stack = [iter(graph.get(start, []))]
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                done.add(path.pop())
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following in graph and following not in done:
                path.append(following)
                stack.append(iter(graph[following]))
    return []


def plans(check: Checker) -> None:
    places = check.places()
    links = [row for _, row in check.tables["links"]]
    powers = {power.id for power in check.items("case.yaml", "powers")}
    if not places:
        return
    for index, plan in check.numbered("plans.yaml", "plans"):
        where = ("plans", index)
        if powers:
            check.known("plans.yaml", (*where, "power"), "unknown power", plan.power, powers)
        base = (*where, "base")
        if not check.known("plans.yaml", base, "unknown place", plan.base, places):
            continue
        within = reachable(links, plan.base, tuple(plan.by))
        for at, name in _objectives(plan, where):
            if not check.known("plans.yaml", at, "unknown place", name, places):
                continue
            if check.whole("links") and name not in within:
                ways = ", ".join(plan.by)
                check.add("plans.yaml", at, "objective cannot be reached from the base", name, ways)


def _objectives(plan: Any, where: Where) -> Iterable[tuple[Where, str]]:
    """List every objective of a plan and of its stages, with its place in the file."""
    for number, name in enumerate(plan.objectives):
        yield (*where, "objectives", number), name
    for index, stage in enumerate(plan.stages):
        for number, name in enumerate(stage.objectives):
            yield (*where, "stages", index, "objectives", number), name
