"""The numbers that the mechanisms need, their units, and how a study draws them.

A case gives each of these a value, a range and a source, and may add up to
`SPARE_PARAMETERS` of its own for the conditions in its tables. The record of one parameter
draw in one world holds them all, and with them the coefficients of the combat model; a world's
readings are applied to it before it is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.quantities import central_value, distribution
from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW, parameter_uniforms
from jukushi.world.combat import COMBAT_NAMES, shipped_combat
from jukushi.world.surface import SURFACE_NAMES, surface_values

__all__ = [
    "NEEDED",
    "PARAMETERS",
    "SPARE_PARAMETERS",
    "ParameterSpace",
    "parameters_dtype",
]

#: Under this name a draw picks its row of a joint sample.
_ROW_OF_JOINT = "row of the joint sample"

#: How many parameters beyond the needed ones a case may declare.
SPARE_PARAMETERS = 96

#: Name and unit of every parameter that a mechanism reads.
NEEDED: tuple[tuple[str, str], ...] = (
    ("season_spread", "weeks"),
    ("season_severity", "share"),
    ("opening_mobility", "share"),
    ("front_start_km", "km"),
    ("front_end_km", "km"),
    ("ally_defeat_km", "km"),
    ("axis_men_start", "million_men"),
    ("soviet_men_start", "million_men"),
    ("axis_supply_start", "km"),
    ("axis_supply_rate", "km/week"),
    ("axis_supply_scale_1941", "ratio"),
    ("axis_supply_cap", "km"),
    ("axis_start_km", "km"),
    ("axis_halt_km", "km"),
    ("axis_supply_full_km", "km"),
    ("axis_pace_km", "km/week"),
    ("axis_reach_km", "km"),
    ("rail_rebuilt_share", "share"),
    ("later_pace_share", "share"),
    ("mud_limit", "share"),
    ("operation_spread", "log_ratio"),
    ("soviet_quality_1941", "ratio"),
    ("soviet_quality_1945", "ratio"),
    ("soviet_learning_weeks", "weeks"),
    ("soviet_pace_km", "km/week"),
    ("soviet_supply_rate", "ratio"),
    ("soviet_start_share", "ratio"),
    ("front_memory", "share"),
    ("front_noise", "log_ratio"),
    ("summer_gain_1941", "log_ratio"),
    ("summer_gain_1942", "log_ratio"),
    ("summer_gain_1943", "log_ratio"),
    ("summer_gain_later", "log_ratio"),
    ("first_winter_shock", "log_ratio"),
    ("collapse_bonus", "log_ratio"),
    ("capital_zone_km", "km"),
    ("capital_defence", "log_ratio"),
    ("southern_axis_chance", "probability"),
    ("loss_standing", "1/week"),
    ("loss_first_summer", "1/week"),
    ("loss_later", "1/week"),
    ("loss_in_retreat", "ratio"),
    ("loss_in_encirclement", "share"),
    ("encirclement_chance", "probability"),
    ("loss_in_attack", "ratio"),
    ("soviet_inflow_scale", "ratio"),
    ("men_per_division", "million_men"),
    ("allied_share", "ratio"),
    ("collapse_scale", "ratio"),
    ("collapse_gates_km", "km"),
    ("collapse_at_gates", "1/week"),
    ("collapse_beyond", "1/week"),
    ("soviet_men_ceiling", "million_men"),
    ("initial_divisions", "divisions"),
    ("garrison_men_start", "thousand_men"),
    ("garrison_tanks_start", "tanks"),
    ("garrison_aircraft_start", "aircraft"),
    ("floor_low", "divisions"),
    ("floor_high", "divisions"),
    ("men_floor_1941", "thousand_men"),
    ("men_floor_later", "thousand_men"),
    ("men_ceiling_1942", "thousand_men"),
    ("men_ceiling_later", "thousand_men"),
    ("transfer_rate", "1/week"),
    ("rail_divisions", "divisions/week"),
    ("departure_ordered", "switch"),
    ("departure_share", "share"),
    ("departure_week", "week"),
    ("replacement_share", "ratio"),
    ("forming_weeks", "weeks"),
    ("forming_trickle", "divisions/week"),
    ("new_division_quality", "ratio"),
    ("training_rate", "1/week"),
    ("divisions_ceiling", "divisions"),
    ("tanks_per_division", "tanks/division"),
    ("tank_refill", "tanks/week"),
    ("aircraft_per_division", "aircraft/division"),
    ("aircraft_refill", "aircraft/week"),
    ("men_refill", "thousand_men/week"),
    ("needed_men", "million_men"),
    ("danger_km", "km"),
    ("threat_base", "logit"),
    ("threat_in_winter", "logit"),
    ("threat_in_south_war", "logit"),
    ("threat_of_build_up", "logit"),
    ("threat_after_all_clear", "logit"),
    ("agent_hazard", "probability"),
    ("posture_strip", "ratio"),
    ("posture_hold", "ratio"),
    ("standing_force", "divisions"),
    ("attack_force", "divisions"),
    ("committed_force", "divisions"),
    ("china_divisions", "divisions"),
    ("china_settled", "share"),
    ("mobilisation_order", "week"),
    ("mobilisation_weeks", "weeks"),
    ("fleet_1941", "Mt"),
    ("shipping_navy", "Mt"),
    ("shipping_civil", "Mt"),
    ("civil_squeeze", "Mt"),
    ("shipping_north", "Mt"),
    ("shipping_south", "Mt"),
    ("oil_start", "Mbbl"),
    ("oil_use", "Mbbl/week"),
    ("oil_domestic", "Mbbl/week"),
    ("oil_import", "Mbbl/week"),
    ("embargo_cut", "share"),
    ("southern_oil", "Mbbl/week"),
    ("indochina_chance", "probability"),
    ("embargo_chance", "probability"),
    ("freeze_week", "week"),
    ("settlement_chance", "probability"),
    ("south_prepare", "weeks"),
    ("south_possible", "switch"),
    ("pact_week", "week"),
    ("pact_expiry_week", "week"),
    ("pact_cost", "log_ratio"),
    ("pressure_weight", "log_ratio"),
    ("surrender_week", "week"),
    ("surrender_mean_weeks", "weeks"),
    ("khasan_fought", "switch"),
    ("khalkhin_fought", "switch"),
    ("khasan_underestimate", "log_ratio"),
    ("khasan_command", "log_ratio"),
    ("khalkhin_underestimate", "log_ratio"),
    ("khalkhin_shift", "log_ratio"),
    ("khasan_soviet_men", "ratio"),
    ("khasan_soviet_tanks", "tanks"),
    ("khasan_soviet_guns", "ratio"),
    ("khasan_japan_men", "ratio"),
    ("khasan_japan_guns", "ratio"),
    ("khasan_air", "ratio"),
    ("khasan_fortified", "share"),
    ("khasan_wet", "share"),
    ("khasan_rugged", "share"),
    ("khalkhin_soviet_men", "ratio"),
    ("khalkhin_soviet_tanks", "tanks"),
    ("khalkhin_soviet_guns", "ratio"),
    ("khalkhin_japan_men", "ratio"),
    ("khalkhin_japan_tanks", "tanks"),
    ("khalkhin_japan_guns", "ratio"),
    ("khalkhin_air", "ratio"),
    ("khalkhin_surprise", "ratio"),
    ("khalkhin_bare", "share"),
    ("khalkhin_prepared", "share"),
    ("yasuoka_japan_men", "ratio"),
    ("yasuoka_japan_tanks", "tanks"),
    ("yasuoka_japan_guns", "ratio"),
    ("yasuoka_soviet_men", "ratio"),
    ("yasuoka_soviet_tanks", "tanks"),
    ("yasuoka_soviet_guns", "ratio"),
    ("yasuoka_air", "ratio"),
    ("true_quality", "log_ratio"),
    ("theatre_blood", "log_ratio"),
    ("lesson_quality_start", "log_ratio"),
    ("lesson_sd_start", "log_ratio"),
    ("division_strength_ratio", "ratio"),
    ("counted_at_start", "divisions"),
    ("tanks_counted_at_start", "tanks"),
    ("aircraft_counted_at_start", "aircraft"),
    ("spring_departures", "divisions"),
    ("spring_tanks", "tanks"),
    ("spring_aircraft", "aircraft"),
    ("sighting_share", "share"),
    ("departures_counted", "ratio"),
    ("tank_departures_counted", "ratio"),
    ("aircraft_departures_counted", "ratio"),
    ("new_counted", "share"),
    ("refill_counted", "share"),
    ("count_noise", "divisions"),
    ("count_drift", "divisions"),
    ("anchor_rate", "1/week"),
    ("count_level_later", "share"),
    ("perfect_intelligence", "switch"),
    ("perfect_front", "switch"),
    ("optimism", "logit"),
    ("pace_weight", "logit"),
    ("retreat_weight", "logit"),
    ("quick_victory_pace", "km/week"),
    ("required_ratio", "ratio"),
    ("staff_weight", "weight"),
    ("decision_lead", "weeks"),
    ("decision_noise", "log_ratio"),
    ("collapse_decay", "1/week"),
    ("collapse_margin", "ratio"),
    ("collapse_trigger", "switch"),
    ("decider", "switch"),
    ("prey_decider", "switch"),
    ("north_gain", "utility"),
    ("north_cost", "utility"),
    ("south_gain", "utility"),
    ("south_cost", "utility"),
    ("south_chance", "probability"),
    ("oil_value", "utility"),
    ("oil_worry", "share"),
    ("even_ratio", "ratio"),
    ("winter_penalty", "utility"),
    ("pact_utility", "utility"),
    ("navy_resistance", "utility"),
    ("response_scale", "utility"),
    ("yearly_discount", "1/year"),
    ("eastbound_divisions", "divisions/week"),
    ("placebo_dice", "switch"),
    ("forced_north", "switch"),
    ("forced_north_week", "week"),
    ("theatre_fighting_share", "share"),
    ("theatre_believed_men", "ratio"),
    ("theatre_train_tons", "tons"),
    ("theatre_road_tons", "tons/day"),
    ("theatre_sea_tons", "tons/day"),
    ("theatre_river_tons", "tons/day"),
    ("theatre_gauge_share", "share"),
    ("theatre_rail_damage", "share"),
    ("theatre_rail_repair", "1/day"),
    ("theatre_hold_kg", "ratio"),
    ("theatre_attack_kg", "ratio"),
    ("theatre_stock_days", "days"),
    ("theatre_stock_most", "days"),
    ("theatre_hunger", "1/day"),
    ("theatre_supply_power", "log_ratio"),
    ("theatre_supply_march", "share"),
    ("theatre_march_foot", "km/day"),
    ("theatre_march_motor", "km/day"),
    ("theatre_reach_km", "km"),
    ("theatre_fallback_km", "km"),
    ("theatre_regroup_days", "days"),
    ("theatre_rest_days", "days"),
    ("theatre_surrender_days", "days"),
    ("theatre_troop_trains", "ratio"),
    ("theatre_rail_km", "km/day"),
    ("theatre_landing_men", "ratio"),
    ("theatre_landing_odds", "log_ratio"),
    ("theatre_front_km", "ratio"),
    ("theatre_dispersal", "share"),
    ("theatre_puppet_value", "share"),
    ("theatre_air_losses", "1/day"),
    ("theatre_air_quality_1941", "log_ratio"),
    ("theatre_air_quality_1945", "log_ratio"),
    ("theatre_sea_1941", "share"),
    ("theatre_sea_1945", "share"),
    ("theatre_submarine_toll", "Mt/week"),
    ("theatre_deep_frost", "days"),
    ("theatre_winter_use", "share"),
    ("theatre_surprise_1941", "ratio"),
    ("theatre_surprise_1945", "ratio"),
    ("theatre_surprise_days", "days"),
    ("theatre_quality_1945", "log_ratio"),
)


def parameters_dtype(precision: Any = np.float32) -> np.dtype[Any]:
    """Return the record of one parameter draw in one world."""
    names = [*(name for name, _ in NEEDED), *COMBAT_NAMES, *SURFACE_NAMES]
    fields: list[tuple[Any, ...]] = [(name, precision) for name in names]
    return np.dtype([*fields, ("spare", precision, (SPARE_PARAMETERS,))])


#: The record of the compiled engine.
PARAMETERS = parameters_dtype()


class ParameterSpace:
    """All parameters of a case: their places in the record, their draws, their changes.

    Parameters
    ----------
    case : Case
    pasts : int64[n], optional
        Histories whose pasts the draws share; draw d has the parameters of ``pasts[d % n]``.
    """

    def __init__(self, case: Case, pasts: npt.NDArray[np.int64] | None = None) -> None:
        self.case = case
        self.pasts = pasts
        needed = [name for name, _ in NEEDED]
        spare = [name for name in case.parameters if name not in set(needed)]
        self.combat = shipped_combat()
        self._combat = slice(len(needed), len(needed) + len(COMBAT_NAMES))
        #: Position of each parameter of the case in the flat record.
        self.index: dict[str, int] = {name: i for i, name in enumerate(needed)}
        self._surface = slice(self._combat.stop, self._combat.stop + len(SURFACE_NAMES))
        self.index |= {name: self._surface.stop + i for i, name in enumerate(spare)}
        self.surface = surface_values(case)
        sections = {"pacts": case.pacts, "plans": case.plans}
        #: Central value of each parameter (dates in weeks).
        self.centre: dict[str, float] = {
            name: central_value(item, case.tables, sections, case.week_of)
            for name, item in case.parameters.items()
        }

    @property
    def width(self) -> int:
        """Numbers in one flat record."""
        return self._surface.stop + SPARE_PARAMETERS

    def draw(self, seed: int, draws: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Draw the parameters of the given parameter draws.

        Parameters
        ----------
        seed : int
        draws : int64[n]
            Numbers of the parameter draws.

        Returns
        -------
        float64[n, width]
        """
        values = np.repeat(self.centres(), len(draws), axis=0)
        names = [name for name in self.index if not self.case.parameters[name].range.fixed]
        for name, uniform in zip(names, self.uniforms(seed, names, draws), strict=True):
            item = self.case.parameters[name]
            values[:, self.index[name]] = distribution(item, self.centre[name], uniform)
        values[:, self._combat] = self.combat.draw(seed, self._origins(draws))
        return values

    def _origins(self, draws: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the numbers under which some draws were first made."""
        if self.pasts is None:
            return draws
        return np.asarray(self.pasts[draws % len(self.pasts)] // DICE_PER_DRAW)

    def uniforms(
        self, seed: int, names: Sequence[str], draws: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Return the quantile of each parameter and draw, from the joint sample where it is in one.

        Returns
        -------
        float64[n_names, n_draws]
        """
        origins = self._origins(draws)
        uniforms = parameter_uniforms(seed, names, origins)
        joint = self.case.knowledge.joint
        if joint is None:
            return uniforms
        which = parameter_uniforms(seed, [_ROW_OF_JOINT], origins)[0]
        rows = joint.quantiles[(which * len(joint.quantiles)).astype(np.int64)]
        places = {name: place for place, name in enumerate(joint.names)}
        for row, name in enumerate(names):
            if name in places:
                uniforms[row] = rows[:, places[name]]
        return uniforms

    def centres(self) -> npt.NDArray[np.float64]:
        """Return the record of central values, float64[1, width]."""
        values = np.zeros((1, self.width))
        for name, position in self.index.items():
            values[0, position] = self.centre[name]
        values[0, self._combat] = self.combat.values
        values[0, self._surface] = self.surface
        return values

    def changed(
        self,
        values: npt.NDArray[np.float64],
        changes: Sequence[Change],
        seed: int = 0,
        draws: npt.NDArray[np.int64] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return a copy of flat records with the changes of a reading applied in order.

        Parameters
        ----------
        values : float64[n, width]
        changes : sequence of Change
        seed, draws : int, int64[n]
            Whose records they are; needed by a change of distribution, which keeps the
            quantile of each draw.
        """
        result = values.copy()
        for change in changes:
            column = result[:, self.index[change.parameter]]
            if change.range is not None:
                column[:] = self._redistributed(change, seed, draws)
            elif change.follows is not None:
                place = self.index[change.follows]
                column *= result[:, place] / np.where(values[:, place] == 0, 1, values[:, place])
            elif change.set is not None:
                column[:] = self.number(change.set)
            elif change.times is not None:
                column *= change.times
            else:
                column += change.add or 0.0
        return result

    def _redistributed(
        self, change: Change, seed: int, draws: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.float64]:
        """Draw a parameter from another distribution, at the quantiles of its own draws."""
        item = self.case.parameters[change.parameter]
        name = change.parameter
        centre = self.centre[name] if change.set is None else self.number(change.set)
        if draws is None:
            raise ValueError("a change of distribution needs the draws")
        uniform = self.uniforms(seed, [name], draws)[0]
        other = item.model_copy(update={"range": change.range, "relative": False})
        return distribution(other, centre, uniform)

    def number(self, value: Any) -> float:
        """Turn a setting of a case (number or date) into the number the engine uses."""
        return float(value) if isinstance(value, int | float) else self.case.week_of(value)

    def units(self) -> Mapping[str, str]:
        """Unit of each parameter."""
        return {name: item.unit for name, item in self.case.parameters.items()}
