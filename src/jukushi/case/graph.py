"""Ways between places: what can be reached, and the weakest link of a railway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

__all__ = ["Link", "rail_capacity", "reachable"]


class Link(Protocol):
    """What these functions read of a link."""

    @property
    def origin(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def train_pairs_per_day(self) -> float | None: ...


def _neighbours(links: Iterable[Link], kinds: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    ways: dict[str, list[tuple[str, float]]] = {}
    for link in links:
        if link.kind in kinds:
            capacity = link.train_pairs_per_day or 0.0
            ways.setdefault(link.origin, []).append((link.destination, capacity))
            ways.setdefault(link.destination, []).append((link.origin, capacity))
    return ways


def reachable(links: Iterable[Link], origin: str, kinds: Sequence[str]) -> set[str]:
    """Return every place that can be reached from `origin` by links of these kinds."""
    ways = _neighbours(links, kinds)
    found, queue = {origin}, [origin]
    while queue:
        for place, _ in ways.get(queue.pop(), []):
            if place not in found:
                found.add(place)
                queue.append(place)
    return found


def rail_capacity(links: Iterable[Link], origin: str, destination: str) -> float:
    """Return the train pairs per day of the best way's weakest link (a widest path).

    Links without a known capacity do not count; 0 if no way is left.
    """
    ways = _neighbours(links, ("rail",))
    best = {origin: float("inf")}
    queue = [origin]
    while queue:
        queue.sort(key=lambda place: best[place])
        here = queue.pop()
        for place, capacity in ways.get(here, []):
            width = min(best[here], capacity)
            if width > best.get(place, 0.0):
                best[place] = width
                queue.append(place)
    return best.get(destination, 0.0)
