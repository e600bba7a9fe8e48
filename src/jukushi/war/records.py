"""What a campaign is made of while it runs: formations, contacts, places, links, sides.

A campaign is one history's war. Unlike the weekly layer it runs alone, in ordinary code with
branches, because few histories are at war. Side 0 attacks first, side 1 is attacked.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "CONTACT", "FIELD", "FORMATION", "LINK", "MOST_AREAS", "MOST_AXES", "MOST_DAYS",
    "MOST_FORMATIONS", "MOST_LINKS", "MOST_OBJECTIVES", "MOST_PHASES", "MOST_PLACES",
    "MOST_RULES", "MOST_STEPS", "OPENING", "PATH", "PLACE", "PLAN", "RESULT", "SIDE", "START",
    "WAR", "Field", "LinkKind", "Order", "Plan", "Role", "Start", "Status", "War",
]  # fmt: skip

#: Room in the records: what a case may have at most. Fixed, so that another case, or an
#: edited one, needs no compilation.
MOST_PLACES = 160
MOST_LINKS = 320
MOST_AREAS = 12
MOST_FORMATIONS = 56
MOST_PHASES = 12
MOST_RULES = 64
MOST_STEPS = 1024
MOST_WORDS = 32
MOST_DAYS = 4100
#: Longest path of an axis or of a rail move, in places.
PATH = 24
#: Objectives whose dates a result keeps.
MOST_OBJECTIVES = 12
#: Axes whose advance on a marked day a result keeps.
MOST_AXES = 40


class LinkKind(IntEnum):
    """How a link is travelled."""

    RAIL = 0
    ROAD = 1
    RIVER = 2
    SEA = 3


class Role(IntEnum):
    """Part of a formation in its order of battle."""

    LINE = 0
    RESERVE = 1


class Status(IntEnum):
    """Where a formation stands."""

    WAITING = 0  # not yet in the theatre
    PRESENT = 1
    MOVING = 2  # by rail or on the march, behind its own lines
    GONE = 3  # destroyed, or laid down its arms


class Order(IntEnum):
    """What a table of operational rules may order."""

    HOLD = 0
    ATTACK = 1
    WITHDRAW = 2
    COUNTER_ATTACK = 3
    COMMIT = 4


_f, _i = np.float32, np.int32

#: One formation.
FORMATION = np.dtype(
    [
        ("side", _i), ("role", _i), ("status", _i), ("order", _i), ("axis", _i),
        ("place", _i), ("target", _i), ("contact", _i), ("bound_for", _i),
        ("arrives", _f), ("men", _f), ("men_first", _f), ("tanks", _f), ("guns", _f),
        ("motor", _f), ("worth", _f), ("stock_tons", _f), ("met", _f), ("cut", _f),
        ("since_attack", _f), ("settled_days", _f), ("trains_left", _f), ("travel_days", _f),
        ("lost", _f), ("captured", _f), ("committed", _f), ("rest_days", _f), ("power", _f),
        ("retreating", _f),
    ]
)  # fmt: skip

#: The fight along a link in one direction (0 from its origin, 1 from its destination).
CONTACT = np.dtype(
    [
        ("active", _i), ("number", _i), ("km", _f), ("clock", _f), ("tired", _f), ("battle_km", _f),
        ("rest", _f), ("last_fought", _f), ("error_w", _f), ("error_a", _f), ("error_d", _f),
        ("error_v", _f),
        ("noise_a", _f), ("noise_d", _f), ("men", _f), ("tanks", _f), ("guns", _f),
        ("power", _f), ("motor", _f), ("supply", _f), ("landed", _f), ("broken", _f),
    ]
)  # fmt: skip

#: A place: who holds it, when it was taken, and what the tree of supply says of it.
PLACE = np.dtype(
    [
        ("holder", _i), ("first_holder", _i), ("taken_day", _f), ("works", _f),
        ("men", _f, (2,)), ("power", _f, (2,)), ("attack", _f, (2,)), ("attackers", _f, (2,)),
        ("parent", _i, (2,)), ("distance", _f, (2,)), ("haul", _f, (2,)), ("stock", _f, (2,)),
        ("asked", _f), ("need", _f), ("want", _f), ("given", _f),
        ("reached", _i, (2,)), ("source", _i, (2,)),
    ]
)  # fmt: skip

#: A link: what it can carry this week, and what was carried.
LINK = np.dtype(
    [
        ("damage", _f), ("gauge_of", _i), ("trains", _f), ("tons", _f),
        ("trains_used", _f), ("tons_used", _f),
    ]
)  # fmt: skip

#: A side as a whole.
SIDE = np.dtype(
    [
        ("men_first", _f), ("men_left", _f), ("lost", _f), ("captured", _f), ("tanks_lost", _f),
        ("men_cut", _f), ("adrift", _f), ("aircraft", _f), ("aircraft_first", _f), ("phases", _i),
        ("held", _f), ("tons_needed", _f), ("tons_given", _f), ("broken_day", _f),
        ("lost_share", _f), ("cut_share", _f), ("ground_km", _f),
        ("met", _f), ("met_days", _f),
    ]
)  # fmt: skip

#: What a history hands to its campaign: scales of the order of battle and what is believed.
OPENING = np.dtype(
    [
        ("campaign", _i), ("day", _f), ("men", _f, (2,)), ("tanks", _f, (2,)),
        ("guns", _f, (2,)), ("aircraft", _f, (2,)), ("quality", _f), ("blood", _f),
        ("surprise", _f), ("air_quality", _f), ("sea", _f), ("supply", _f),
    ]
)  # fmt: skip

#: What is kept of a campaign (days since the opening; -1 where it did not happen).
RESULT = np.dtype(
    [
        ("campaign", _i), ("opened", _f), ("days", _f), ("success", _i), ("success_day", _f),
        ("taken", _f, (MOST_OBJECTIVES,)), ("broken_day", _f, (2,)), ("lost", _f, (2,)),
        ("captured", _f, (2,)), ("men_first", _f, (2,)), ("tanks_lost", _f, (2,)),
        ("aircraft_lost", _f, (2,)), ("ground_km", _f), ("supply", _f, (2,)),
        ("before_frost", _i), ("shipping_lost", _f), ("axis_km", _f, (MOST_AXES,)),
    ]
)  # fmt: skip


def _dtype(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    return np.dtype(list(fields))


#: The ground of a theatre, the same for all campaigns of a case. `links_at[first_link[p] :
#: first_link[p + 1]]` are the links at place p; ports are tons a day (-1: none); ice is days of
#: the year (-1: never); movement factors go by month and area.
FIELD = _dtype(
    ("n_places", _i), ("n_links", _i),
    ("origin", _i, (MOST_LINKS,)), ("destination", _i, (MOST_LINKS,)),
    ("kind", _i, (MOST_LINKS,)), ("area", _i, (MOST_LINKS,)), ("km", _f, (MOST_LINKS,)),
    ("train_pairs", _f, (MOST_LINKS,)), ("crossing", _f, (MOST_LINKS,)),
    ("rugged", _f, (MOST_LINKS,)), ("flat", _f, (MOST_LINKS,)), ("wood", _f, (MOST_LINKS,)),
    ("bare", _f, (MOST_LINKS,)), ("desert", _f, (MOST_LINKS,)),
    ("first_link", _i, (MOST_PLACES + 1,)), ("links_at", _i, (2 * MOST_LINKS,)),
    ("port", _f, (MOST_PLACES,)), ("ice_from", _f, (MOST_PLACES,)),
    ("ice_until", _f, (MOST_PLACES,)),
    ("move_mechanised", _f, (12, MOST_AREAS)), ("move_infantry", _f, (12, MOST_AREAS)),
)  # fmt: skip

#: A campaign's plan and rules: paths and lists of places end with -1; a rule is the steps
#: `rule_start` to `rule_stop` of one postfix program.
PLAN = _dtype(
    ("n_axes", _i), ("n_phases", _i),
    ("axis_path", _i, (MOST_AXES, PATH)), ("axis_side", _i, (MOST_AXES,)),
    ("axis_then", _i, (MOST_AXES,)),
    ("phase_side", _i, (MOST_PHASES,)), ("phase_axes", _i, (MOST_PHASES, MOST_AXES)),
    ("phase_objectives", _i, (MOST_PHASES, MOST_OBJECTIVES)), ("phase_rule", _i, (MOST_PHASES,)),
    ("rule_start", _i, (MOST_RULES,)), ("rule_stop", _i, (MOST_RULES,)),
    ("rule_order", _i, (MOST_RULES,)), ("side_rules", _i, (2, 2)), ("breakdown_rule", _i, (2,)),
    ("program", _i, (MOST_STEPS, 2)), ("constants", _f, (MOST_STEPS,)),
    ("objectives", _i, (MOST_OBJECTIVES,)), ("success", _i, (MOST_OBJECTIVES,)),
    ("success_yearday", _f), ("mark_day", _f),
)  # fmt: skip

#: A campaign as it opens: its order of battle, who holds what, tons in depots and a day,
#: aircraft by side, and 1 in `toll` if the war at sea costs the hunter shipping.
START = _dtype(
    ("n_formations", _i), ("formations", FORMATION, (MOST_FORMATIONS,)),
    ("holder", _i, (MOST_PLACES,)), ("works", _f, (MOST_PLACES,)),
    ("stock", _f, (2, MOST_PLACES)), ("inflow", _f, (2, MOST_PLACES)),
    ("aircraft", _f, (2,)), ("toll", _f),
    ("month", _i, (MOST_DAYS,)), ("yearday", _f, (MOST_DAYS,)),
)  # fmt: skip

#: The memory of one campaign, reused from one to the next by a thread. One record of nested
#: arrays: a bundle of arrays would count references at every call.
WAR = _dtype(
    ("n_formations", _i), ("n_links", _i), ("n_places", _i), ("day", _f),
    ("formations", FORMATION, (MOST_FORMATIONS,)), ("contacts", CONTACT, (2 * MOST_LINKS,)),
    ("places", PLACE, (MOST_PLACES,)), ("links", LINK, (MOST_LINKS,)), ("sides", SIDE, (2,)),
    ("words", _f, (MOST_WORDS,)), ("stack", _f, (MOST_WORDS,)), ("queue", _i, (MOST_PLACES,)),
    ("path", _i, (MOST_FORMATIONS, PATH)), ("axis_open", _i, (MOST_AXES,)),
    ("phase_open", _i, (MOST_PHASES,)),
)  # fmt: skip

#: Records of these types, as kernels see them.
Field: TypeAlias = Any
Plan: TypeAlias = Any
Start: TypeAlias = Any
War: TypeAlias = Any
