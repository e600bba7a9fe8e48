"""Names of what a campaign is made of, in one language."""

from __future__ import annotations

from collections.abc import Iterable

from jukushi.case.campaigns import Campaign
from jukushi.case.load import Case
from jukushi.views.words import Words

__all__ = ["Titles"]


class Titles:
    """Places, powers, formations, axes and phases of a campaign by their names.

    Parameters
    ----------
    case : Case
    campaign : Campaign
    words : Words
        The language.
    """

    def __init__(self, case: Case, campaign: Campaign, words: Words) -> None:
        language = words.language
        self.campaign = campaign.title.to(language)
        self.places = {row.id: getattr(row, f"name_{language}") for row in case.tables["places"]}
        self.powers = {power.id: power.title.to(language) for power in case.header.powers}
        self.axes = {axis.id: axis.title.to(language) for axis in campaign.axes}
        self.phases = {phase.id: phase.title.to(language) for phase in campaign.phases}
        self.formations = {
            row.formation: getattr(row, f"name_{language}")
            for row in case.tables["order_of_battle"]
            if row.order in campaign.orders_of_battle
        }

    def of(self, name: str) -> str:
        """Return the name of a power, a place or an axis."""
        for names in (self.powers, self.places, self.axes):
            if name in names:
                return str(names[name])
        return name

    def list_places(self, names: Iterable[str]) -> str:
        """Return places as a list."""
        return ", ".join(self.places[name] for name in names)
