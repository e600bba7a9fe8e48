"""The state of a history: every field, its unit, and who may believe what.

One record holds the state of a block of `LANES` histories; each field is an array of
lanes, so that `state.oil[lane]` reads as a formula and still vectorises. Every field is a
number of the same precision (switches are 0 or 1, dates are weeks since the start of the
case), so that the whole state is also a plain table of fields and lanes.

Fields are of two kinds. *Truth* is what is so. *Belief* is what a power thinks; decisions
may read only beliefs, the power's own affairs and the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jukushi.draws import LANES

__all__ = [
    "FIELDS",
    "FIELD_INDEX",
    "NEVER",
    "STATE",
    "Field",
    "state_dtype",
]

#: The week number that means "not so far" (beyond every case).
NEVER = 9999.0


@dataclass(frozen=True)
class Field:
    """One field of the state.

    Attributes
    ----------
    name, unit, meaning : str
        Identifier, unit and one line in words.
    known_to : str
        ``hunter``, ``prey`` or ``both`` if that power's decisions may read it, else empty.
    stock : bool
        True if the field can never be negative.
    """

    name: str
    unit: str
    meaning: str
    known_to: str = ""
    stock: bool = False


def _fields(*rows: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(
        Field(row[0], row[1], row[2], row[3] if len(row) > 3 else "", "stock" in row[4:])
        for row in rows
    )


FIELDS: tuple[Field, ...] = _fields(
    # season
    ("mobility", "share", "movement on the distant front, 1 in dry summer", "both", "stock"),
    (
        "theatre_mobility",
        "share",
        "movement in the theatre between the two powers",
        "both",
        "stock",
    ),
    ("theatre_later", "share", "the same when an attack decided now would open", "both", "stock"),
    # distant front
    ("front_km", "km", "distance of the main axis of the distant front from the capital", "prey"),
    ("south_km", "km", "advance on the southern axis", "prey", "stock"),
    ("axis_men", "million_men", "attacker's men on the distant front", "", "stock"),
    ("soviet_men", "million_men", "prey's field army on the distant front", "prey", "stock"),
    ("axis_supply", "km", "advance that the attacker's stocks allow", "", "stock"),
    ("soviet_supply", "km", "advance that the prey's stocks allow", "", "stock"),
    ("front_momentum", "log_ratio", "passing advantage of the attacker"),
    ("axis_offensive", "switch", "an offensive of the attacker is running", "prey", "stock"),
    ("axis_drive", "ratio", "how well the running offensive is led and supplied", "", "stock"),
    ("soviet_offensive", "switch", "an offensive of the prey is running", "prey", "stock"),
    ("soviet_drive", "ratio", "the same for the prey's offensive", "", "stock"),
    ("front_ratio", "log_ratio", "advantage of the attacker at the front this week"),
    ("axis_advance", "km", "advance of the attacker this week", "", "stock"),
    ("soviet_advance", "km", "advance of the prey this week", "", "stock"),
    ("axis_pace", "km/week", "net movement of the front toward the capital this week"),
    ("encirclement", "switch", "an army was encircled this week", "", "stock"),
    ("collapsed", "switch", "the prey's state has collapsed", "prey", "stock"),
    ("collapse_week", "week", "when it collapsed", "prey", "stock"),
    ("ally_defeated", "switch", "the hunter's ally has surrendered", "both", "stock"),
    ("ally_defeat_week", "week", "when it surrendered", "both", "stock"),
    # garrison
    ("old_divisions", "divisions", "prewar divisions still in the garrison", "prey", "stock"),
    ("new_divisions", "divisions", "divisions raised locally since the war began", "prey", "stock"),
    ("new_quality", "divisions", "those divisions counted in prewar ones", "prey", "stock"),
    ("garrison_tanks", "tanks", "tanks of the garrison", "prey", "stock"),
    ("garrison_aircraft", "aircraft", "aircraft of the garrison", "prey", "stock"),
    ("garrison_men", "thousand_men", "men of the garrison", "prey", "stock"),
    (
        "sent_week",
        "divisions",
        "divisions that left for the distant front this week",
        "prey",
        "stock",
    ),
    ("sent_total", "divisions", "divisions that left since the war began", "prey", "stock"),
    ("in_transit", "divisions", "divisions that have been one week under way", "prey", "stock"),
    (
        "threat_belief",
        "probability",
        "the prey's belief that the hunter will strike",
        "prey",
        "stock",
    ),
    ("build_up_belief", "share", "the hunter's build-up as the prey sees it", "prey", "stock"),
    ("all_clear", "switch", "the prey's agent reported that no attack is coming", "prey", "stock"),
    ("posture", "ratio", "the prey's decision how fast to send divisions", "prey", "stock"),
    # build-up of the hunter
    ("mobilisation", "share", "progress of the hunter's build-up", "hunter", "stock"),
    ("hunter_divisions", "divisions", "the hunter's divisions in the theatre", "hunter", "stock"),
    (
        "available_divisions",
        "divisions",
        "divisions the hunter could bring to bear",
        "hunter",
        "stock",
    ),
    ("fleet", "Mt", "merchant fleet", "hunter", "stock"),
    ("shipping_free", "Mt", "shipping that a northern war could get", "hunter"),
    ("ready_week", "week", "when the build-up will be complete", "hunter", "stock"),
    # diplomacy
    ("pact_in_force", "switch", "the neutrality pact binds", "both", "stock"),
    ("embargo", "switch", "the oil embargo is on", "both", "stock"),
    ("embargo_week", "week", "when the embargo began", "both", "stock"),
    ("settled", "switch", "a settlement lifted the embargo", "both", "stock"),
    ("alliance_pressure", "share", "how hard the ally urges an attack", "hunter", "stock"),
    # oil
    ("oil", "Mbbl", "the hunter's oil stock", "hunter", "stock"),
    ("oil_months", "months", "how long the stock lasts at the present use", "hunter", "stock"),
    # lessons of the border battles
    ("lesson_quality", "log_ratio", "believed log quality of the prey less the hunter", "hunter"),
    ("lesson_variance", "ratio", "variance of that belief", "hunter", "stock"),
    ("lesson_blood", "log_ratio", "believed bloodiness of the theatre", "hunter"),
    ("lesson_blood_variance", "ratio", "variance of that belief", "hunter", "stock"),
    ("lesson_covariance", "ratio", "covariance of the two beliefs", "hunter"),
    ("khasan_result", "ratio", "result of Khasan: 1 prey won, 0 draw, -1 hunter won", "both"),
    (
        "khalkhin_result",
        "ratio",
        "result of Khalkhin Gol: 1 prey won, 0 draw, -1 hunter won",
        "both",
    ),
    ("khasan_prey_losses", "thousand_men", "men the prey lost at Khasan", "", "stock"),
    ("khasan_hunter_losses", "thousand_men", "men the hunter lost at Khasan", "", "stock"),
    ("khalkhin_prey_losses", "thousand_men", "men the prey lost at Khalkhin Gol", "", "stock"),
    ("khalkhin_hunter_losses", "thousand_men", "men the hunter lost there", "", "stock"),
    # intelligence of the hunter
    (
        "believed_divisions",
        "divisions",
        "the garrison as the hunter believes it",
        "hunter",
        "stock",
    ),
    ("believed_before", "divisions", "the same a week ago", "hunter", "stock"),
    ("believed_variance", "ratio", "variance of that belief", "hunter", "stock"),
    ("believed_trend", "divisions/week", "recent change of that belief", "hunter"),
    ("believed_tanks", "tanks", "tanks of the garrison as believed", "hunter", "stock"),
    ("believed_aircraft", "aircraft", "aircraft of the garrison as believed", "hunter", "stock"),
    ("believed_departed", "divisions", "departures that the hunter has counted", "hunter", "stock"),
    ("victory_logit", "logit", "log odds that the ally wins, as believed", "hunter"),
    ("victory_belief", "probability", "belief that the ally wins", "hunter", "stock"),
    ("deepest_km", "km", "deepest penetration so far, as reported", "hunter"),
    ("pace_seen", "km/week", "speed of the front as reported", "hunter"),
    ("front_lag_1", "km", "the front one week ago"),
    ("front_lag_2", "km", "the front two weeks ago"),
    ("pace_lag_1", "km/week", "speed one week ago"),
    ("pace_lag_2", "km/week", "speed two weeks ago"),
    # assessment of the hunter's staff
    (
        "trigger_divisions",
        "divisions",
        "garrison that the available force can beat (D*)",
        "hunter",
        "stock",
    ),
    ("ratio", "ratio", "believed garrison over D*: ripe at 1 or less", "hunter", "stock"),
    (
        "collapse_ratio",
        "ratio",
        "the same for a garrison whose state has collapsed",
        "hunter",
        "stock",
    ),
    ("arms_share", "ratio", "believed air and armour as a share of the start", "hunter", "stock"),
    ("opening_week", "week", "earliest week in which the attack could open", "hunter", "stock"),
    (
        "consent_draw",
        "probability",
        "disposition of navy and court in this history",
        "hunter",
        "stock",
    ),
    ("rule_form", "probability", "which form of the rule binds in this history", "hunter", "stock"),
    (
        "resolve",
        "log_ratio",
        "mood of the conference: shifts the ratio that is called ripe",
        "hunter",
    ),
    (
        "opportunity_draw",
        "probability",
        "chance of the week for a southern move",
        "hunter",
        "stock",
    ),
    ("collapse_known", "switch", "the hunter knows of the prey's collapse", "hunter", "stock"),
    ("success_belief", "probability", "believed chance that the plan succeeds", "hunter", "stock"),
    ("true_success", "probability", "chance of the plan as things are", "", "stock"),
    # decisions
    ("north_decided", "switch", "the hunter has decided to attack the prey", "hunter", "stock"),
    ("north_week", "week", "when the attack opens", "hunter", "stock"),
    (
        "north_trigger",
        "ratio",
        "what triggered it: 1 ripe, 2 collapse, 3 the question",
        "hunter",
        "stock",
    ),
    ("at_war", "switch", "the attack has opened", "both", "stock"),
    ("south_decided", "switch", "the hunter has chosen the alternative war", "hunter", "stock"),
    ("south_choice_week", "week", "when it chose", "hunter", "stock"),
    ("south_war_week", "week", "when the alternative war opens", "hunter", "stock"),
    ("south_war", "switch", "the alternative war is running", "both", "stock"),
    ("hunter_row", "ratio", "row of the hunter's table that fired last", "hunter", "stock"),
    ("prey_row", "ratio", "row of the prey's table that fired last", "prey", "stock"),
    ("value_north", "utility", "expected value of attacking, as the hunter sees it", "hunter"),
    ("value_south", "utility", "expected value of the alternative war", "hunter"),
    ("value_wait", "utility", "expected value of waiting", "hunter"),
    ("may_north", "switch", "nothing but the will to attack is missing", "hunter", "stock"),
    ("may_south", "switch", "the same for the alternative war", "hunter", "stock"),
    ("worth_north", "utility", "value of attacking as things are, if the ally does not win"),
    ("worth_ally", "utility", "what the ally's victory would add to it"),
    ("worth_south", "utility", "value of the alternative war as things are"),
    ("taste_north", "utility", "passing leaning toward attacking", "hunter"),
    ("taste_south", "utility", "passing leaning toward the alternative", "hunter"),
    # the prey strikes back
    (
        "redeployed",
        "divisions",
        "divisions brought back for the prey's own attack",
        "prey",
        "stock",
    ),
    ("pact_denounced", "switch", "the prey has denounced the pact", "both", "stock"),
    (
        "hunter_surrendered",
        "switch",
        "the hunter has surrendered to its other enemies",
        "both",
        "stock",
    ),
    ("hunter_surrender_week", "week", "when it surrendered", "both", "stock"),
    ("entered", "switch", "the prey has attacked the hunter", "both", "stock"),
    ("entry_week", "week", "when it attacked", "both", "stock"),
    # placebo
    ("placebo", "ratio", "a number that nothing reads"),
)

#: Row of each field in the flat table of fields and lanes.
FIELD_INDEX: dict[str, int] = {field.name: index for index, field in enumerate(FIELDS)}


def state_dtype(precision: Any = np.float32) -> np.dtype[Any]:
    """Return the record of one block; the reference run uses float64."""
    return np.dtype([(field.name, precision, (LANES,)) for field in FIELDS])


#: The record of one block in the compiled engine.
STATE = state_dtype()
