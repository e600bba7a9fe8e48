"""Telling one history of a campaign, week by week, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.questions.campaign_events import Battle, Event, Standing, Week, weeks_of
from jukushi.questions.campaign_film import Film
from jukushi.views.campaign import rounded
from jukushi.views.campaign_titles import Titles
from jukushi.views.words import Words

__all__ = ["ending", "standing_line", "story"]

#: What happens to many formations is said in one sentence a week, in this order.
_GROUPED = ("arrived", "committed", "cut", "relieved", "ordered_back", "driven_back", "laid_down")
#: Battles of a week that get a sentence each; the places of the others are only named.
_TOLD_BATTLES = 6
_TOLD_COLUMNS = 5


def story(film: Film, words: Words) -> list[tuple[str, str, list[str]]]:
    """Return each week as (first day, last day, sentences), the days as ISO dates.

    Parameters
    ----------
    film : Film
    words : Words
        The language.
    """
    titles = Titles(film.case, film.theatre.campaign, words)
    teller = _Teller(film, titles, words)
    return [
        (
            film.date_of(week.first_day).isoformat(),
            film.date_of(week.last_day).isoformat(),
            list(teller.week(week)),
        )
        for week in weeks_of(film)
    ]


def ending(film: Film, words: Words) -> str:
    """Say in one sentence how it ended."""
    day = int(film.result["success_day"])
    if day < 0:
        return words("film.ends_never", days=film.last_day)
    key = "film.ends_success" if film.result["success"] == 1 else "film.ends_late"
    return words(key, date=words.day(film.date_of(day)), days=film.last_day)


def standing_line(power: str, standing: Standing, words: Words) -> str:
    """Say how one side stands."""
    key = "film.standing" if standing.men > 0 else "film.standing_gone"
    return words(
        key,
        power=power,
        supply=words.percent(standing.supply, 0),
        lost=rounded(standing.lost, words),
        tanks=rounded(standing.tanks, words),
        captured=rounded(standing.captured, words),
    )


class _Teller:
    """Says the events of one film."""

    def __init__(self, film: Film, titles: Titles, words: Words) -> None:
        self.film, self.titles, self.words = film, titles, words
        self.powers = [titles.powers[power] for power in film.theatre.sides]

    def week(self, week: Week) -> Iterator[str]:
        """Say one week."""
        told = [*self._dated(week), *self._grouped(week), *self._battles(week)]
        told += self._columns(week.last_day)
        yield from told or [self.words("film.quiet")]
        yield self._held(week)
        for power, standing in zip(self.powers, week.standings, strict=True):
            yield standing_line(power, standing, self.words)

    def _dated(self, week: Week) -> Iterator[str]:
        """Say phases, places and the ends, day by day."""
        places = self.titles.places
        for key, day, side, events in _together(week.events):
            said: dict[str, Any] = {
                "date": self.words.day(self.film.date_of(day)),
                "power": self.powers[side],
            }
            if key == "phase":
                said["names"] = "; ".join(self.titles.phases[event.name] for event in events)
                yield self.words("film.phase", **said)
            elif key in ("taken", "retaken"):
                said["names"] = ", ".join(places[event.name] for event in events)
                yield self.words(f"film.{key}", **said)
            elif key == "broken":
                yield self.words("film.broken", **said, men=rounded(events[0].men, self.words))
            elif key == "success":
                late = self.film.result["success"] != 1
                yield self.words("film.success_late" if late else "film.success", **said)

    def _grouped(self, week: Week) -> Iterator[str]:
        for key in _GROUPED:
            for side, power in enumerate(self.powers):
                events = [e for e in week.events if e.key == key and e.side == side]
                if events:
                    names = ", ".join(dict.fromkeys(self._formation(event) for event in events))
                    yield self.words(f"film.{key}", power=power, names=names)

    def _formation(self, event: Event) -> str:
        name = self.titles.formations[event.name]
        if event.key not in ("laid_down", "cut"):
            return str(name)
        return self.words("film.with_men", name=name, men=rounded(event.men, self.words))

    def _battles(self, week: Week) -> Iterator[str]:
        for battle in week.battles[:_TOLD_BATTLES]:
            yield self._battle(battle)
        told = {battle.place for battle in week.battles[:_TOLD_BATTLES]}
        rest = dict.fromkeys(b.place for b in week.battles[_TOLD_BATTLES:] if b.place not in told)
        if rest:
            yield self.words("film.more_battles", names=self.titles.list_places(rest))

    def _battle(self, battle: Battle) -> str:
        over = battle.won + battle.repulsed > 0
        return self.words(
            "film.battle" if over else "film.battle_going",
            power=self.powers[battle.side],
            place=self.titles.places[battle.place],
            origin=self.titles.places[battle.origin],
            days=battle.days,
            won=battle.won,
            repulsed=battle.repulsed,
        )

    def _columns(self, day: int) -> Iterator[str]:
        """Say how far the largest columns have come that are on their way and not in battle."""
        film, field = self.film, self.film.theatre.field[0]
        km = film.array(day, "contacts", "km")
        clock = film.array(day, "contacts", "clock")
        for side, power in enumerate(self.powers):
            men: dict[int, float] = {}
            for contact, amount in _columns_of(film, day, side):
                if 0.0 < km[contact] < field["km"][contact >> 1] and clock[contact] < 0.5:
                    men[contact] = men.get(contact, 0.0) + amount
            largest = sorted(men, key=lambda contact: (-men[contact], contact))[:_TOLD_COLUMNS]
            if largest:
                names = ", ".join(self._column(c, float(km[c])) for c in largest)
                yield self.words("film.columns", power=power, names=names)

    def _column(self, contact: int, km: float) -> str:
        field = self.film.theatre.field[0]
        end = field["destination" if contact % 2 == 0 else "origin"][contact >> 1]
        return self.words(
            "film.column",
            place=self.titles.places[self.film.theatre.places[int(end)]],
            done=self.words.number(km),
            km=self.words.number(float(field["km"][contact >> 1])),
        )

    def _held(self, week: Week) -> str:
        power, count = self.powers[0], len(week.held)
        every = len(self.film.theatre.campaign.objectives)
        if not count:
            return self.words("film.held_none", power=power, all=every)
        names = self.titles.list_places(week.held)
        return self.words("film.held", power=power, count=count, all=every, names=names)


def _together(events: list[Event]) -> Iterator[tuple[str, int, int, list[Event]]]:
    """Put events of one kind, day and side together, in the order in which they came."""
    groups: dict[tuple[str, int, int], list[Event]] = {}
    for event in events:
        groups.setdefault((event.key, event.day, event.side), []).append(event)
    for (key, day, side), found in groups.items():
        yield key, day, side, found


def _columns_of(film: Film, day: int, side: int) -> Iterator[tuple[int, float]]:
    """Yield contact and men of each formation of a side that is on a contact."""
    contact = film.array(day, "formations", "contact")
    sides, men = film.array(day, "formations", "side"), film.array(day, "formations", "men")
    for index, number in enumerate(contact):
        if number >= 0 and sides[index] == side:
            yield int(number), float(men[index])
