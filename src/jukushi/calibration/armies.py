"""Who fought where: the names under which armies and theatres are learned.

An army is a side and an era ("USSR WW2"); Japan from 1936 to 1945 is one army. A theatre is a
front of a war ("East WW2"); theatres carry bloodiness and mobility, armies carry quality.
"""

from __future__ import annotations

__all__ = ["army", "era", "theatre"]

#: Last year of each era and its name.
_ERAS = ((1913, "1900s"), (1918, "WW1"), (1935, "1920s"), (1945, "WW2"))

#: Word in the name of a war, and the theatre it names.
_FRONTS = (
    ("WESTERN FRONT", "West"),
    ("EASTERN FRONT", "East"),
    ("ITALIAN FRONT", "Italy"),
    ("SERBIAN FRONT", "Balkans"),
    ("TURKISH FRONT", "Near East"),
    ("NORTH AFRICA", "North Africa"),
    ("(ITALY", "Italy"),
    ("PACIFIC", "Pacific"),
    ("OKINAWA", "Pacific"),
    ("MANCHURIA", "Manchuria"),
)

#: Theatre by place, where the name of the war does not say it.
_PLACES = (
    ("Italy", ("ITALY", "AUSTRIA AND ITALY", "SICILY")),
    ("East", ("USSR", "SOVIET UNION", "RUSSIA", "POLAND", "RUSSIAN POLAND", "ROMANIA")),
    ("East", ("AUSTRIAN GALICIA", "GALICIA", "EAST PRUSSIA", "HUNGARY", "UKRAINE")),
    ("West", ("FRANCE", "BELGIUM", "LUXEMBOURG", "HOLLAND", "NETHERLANDS", "GERMANY")),
    ("West", ("NORTHWEST EUROPE", "GERMANY AND FRANCE")),
    ("North Africa", ("EGYPT", "LIBYA", "TUNISIA", "ALGERIA")),
    ("Near East", ("PALESTINE", "MESOPOTAMIA", "TURKEY", "SYRIA", "IRAQ")),
    ("Balkans", ("SERBIA", "GREECE", "ALBANIA", "BULGARIA", "CRETE")),
    ("Pacific", ("JAPAN", "MALAYA", "SINGAPORE", "PHILIPPINES", "IWO JIMA", "BURMA", "TARAWA")),
)

_BY_PLACE = {place: name for name, places in _PLACES for place in places}


def era(year: int) -> str:
    """Return the era of a year: 1900s, WW1, 1920s, WW2 or post45."""
    return next((name for last, name in _ERAS if year <= last), "post45")


def army(side: str, year: int) -> str:
    """Return the name under which a side's army is learned, e.g. ``USSR WW2``."""
    return f"{side.strip()} {era(year)}"


def theatre(war: str, location: str, year: int) -> str:
    """Return the theatre of a battle from the name of its war, its place and its year."""
    war, place = war.upper().strip(), location.upper().strip()
    if "ARAB-ISRAELI" in war or "ISRAEL-LEBANON" in war:
        return f"Arab-Israeli {year}"
    if place in ("MANCHURIA", "MONGOLIA"):
        return f"Manchuria {era(year)}"
    world_war = war.startswith("WORLD WAR")
    found = next((name for word, name in _FRONTS if word in war), "")
    if world_war and not found:
        found = _front_by_place(place, year)
    return f"{found} {era(year)}" if found else war.title()


def _front_by_place(place: str, year: int) -> str:
    """Return the front of a world war that a place belonged to, or an empty string."""
    if era(year) == "WW1" and place == "AUSTRIA":
        return "Italy"
    return _BY_PLACE.get(place, "")
