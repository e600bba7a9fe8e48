"""The reading room: the shipped case is whole, sourced, published, hashed; laws of its numbers."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, permutations
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jukushi.case import find_case, list_cases
from jukushi.case.documents import read_csv, read_yaml
from jukushi.case.graph import rail_capacity, reachable
from jukushi.case.load import Case
from jukushi.case.quantities import central_value, distribution, resolve_record
from jukushi.case.schema import Parameter
from jukushi.case.sections import CAMPAIGN_FILES, SECTIONS
from jukushi.case.tables import TABLES, json_schema
from jukushi.errors import CaseError, UsageError
from jukushi.world.combat import COMBAT_NAMES, shipped_combat
from jukushi.world.parameters import NEEDED, PARAMETERS, SPARE_PARAMETERS, ParameterSpace
from jukushi.world.surface import SURFACE_NAMES, TERMS
from jukushi.world.vocabulary import open_case

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "docs" / "formats" / "case.schema.json"


# The shipped case


def test_the_shipped_case_loads_by_name_and_by_path(kantokuen: Case) -> None:
    assert kantokuen.id == "kantokuen"
    assert open_case("kantokuen").hash == open_case(ROOT / "cases" / "kantokuen").hash
    assert [folder.name for folder in list_cases()] == ["kantokuen"]


def test_every_parameter_and_row_has_a_source(kantokuen: Case) -> None:
    for parameter in kantokuen.parameters.values():
        assert len(parameter.source) >= 10, parameter.id
        assert all(len(rival.source) >= 5 for rival in parameter.rivals), parameter.id
    for name, rows in kantokuen.tables.items():
        assert rows, name
        assert all(row.source for row in rows), name


def test_an_assumption_says_so_in_its_source_and_a_sourced_number_does_not(kantokuen: Case) -> None:
    for parameter in kantokuen.parameters.values():
        starts = parameter.source.lower().startswith("assumption")
        assert not (starts and parameter.status == "sourced"), parameter.id


def test_parameters_by_status(kantokuen: Case) -> None:
    """Counted again in the text itself; a table of statuses must not lose a parameter."""
    counts = Counter(parameter.status for parameter in kantokuen.parameters.values())
    text = (ROOT / "cases" / "kantokuen" / "parameters.yaml").read_text(encoding="utf-8")
    assert counts == Counter(re.findall(r"^    status: (\w+)$", text, re.MULTILINE))
    assert set(counts) == {"sourced", "recalled", "assumption"}
    assert counts["assumption"] > counts["sourced"]
    # A low-confidence number is honest only if the model is run over its range.
    loose = [p for p in kantokuen.parameters.values() if p.confidence == "low"]
    assert sum(p.range.kind != "fixed" for p in loose) > len(loose) / 2


def test_the_case_gives_every_needed_parameter_and_few_more(kantokuen: Case) -> None:
    needed = {name for name, _ in NEEDED}
    assert needed <= set(kantokuen.parameters)
    assert 0 < len(set(kantokuen.parameters) - needed) <= SPARE_PARAMETERS


def test_every_text_is_in_both_languages(kantokuen: Case) -> None:
    same = [p.id for p in kantokuen.parameters.values() if p.title.en == p.title.fr]
    assert same == []


def test_records_point_at_one_cell_and_give_the_centre(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    recorded = [p for p in kantokuen.parameters.values() if p.record is not None]
    assert len(recorded) >= 6
    for parameter in recorded:
        assert parameter.record is not None
        value = resolve_record(parameter.record, kantokuen.tables[parameter.record.table])
        assert space.centre[parameter.id] == value
        assert value > 0


def test_what_the_record_says(kantokuen: Case) -> None:
    """A few central values by hand, from the rows and documents they follow from."""
    centre = ParameterSpace(kantokuen).centre
    assert centre["front_start_km"] == 900
    assert centre["axis_men_start"] == pytest.approx(3.767)
    assert centre["rail_divisions"] == pytest.approx(30 * 7 * 0.3333 / 36)
    assert centre["committed_force"] == 16
    assert centre["pact_week"] == pytest.approx((date(1941, 4, 25) - date(1937, 1, 4)).days / 7)
    assert centre["freeze_week"] == pytest.approx((date(1941, 7, 28) - date(1937, 1, 4)).days / 7)


def test_weeks_of_the_case(kantokuen: Case) -> None:
    assert kantokuen.week_of(date(1937, 1, 4)) == 0
    assert kantokuen.first_running_week == (date(1941, 6, 23) - date(1937, 1, 4)).days // 7
    assert kantokuen.n_weeks == (date(1945, 12, 31) - date(1937, 1, 4)).days // 7 + 1
    assert kantokuen.power_of("hunter").id == "japan"


def test_changing_the_row_changes_the_parameter(copy: Path) -> None:
    path = copy / "tables" / "front.csv"
    path.write_text(path.read_text().replace("1941-06-22,900,", "1941-06-22,850,", 1))
    centre = ParameterSpace(open_case(copy)).centre
    assert centre["front_start_km"] == 850
    assert centre["front_end_km"] == ParameterSpace(open_case("kantokuen")).centre["front_end_km"]


def test_changing_the_railway_changes_the_transfers(copy: Path) -> None:
    """The weakest link west of Chita halves: so does the capacity that the garrison leaves by."""
    before = ParameterSpace(open_case(copy)).centre["rail_divisions"]
    path = copy / "tables" / "links.csv"
    text = path.read_text()
    shore = "Baikal shore and tunnels,transbaikal_west_manchuria,rugged,wood,0,"
    assert f"slyudyanka,ulan_ude,331,rail,double,{shore}30," in text
    path.write_text(text.replace(f"{shore}30,", f"{shore}15,"))
    after = ParameterSpace(open_case(copy)).centre["rail_divisions"]
    assert after == pytest.approx(before / 2)


def test_changing_the_plan_changes_the_force(copy: Path) -> None:
    path = copy / "plans.yaml"
    path.write_text(path.read_text().replace("divisions: 16\n", "divisions: 15\n"))
    moved = ParameterSpace(open_case(copy)).centre
    still = ParameterSpace(open_case("kantokuen")).centre
    assert [name for name in still if still[name] != moved[name]]


# The published schema


def regenerate() -> str:
    """The published text. To write it anew after a change of the schema::

    python -c "import sys; sys.path.insert(0, 'tests'); import test_case as t;
    t.PUBLISHED.write_text(t.regenerate(), encoding='utf-8')"
    """
    return json.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_the_published_schema_is_that_of_the_code() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == regenerate(), "see regenerate() in this file"


def test_the_published_schema_is_itself_valid_and_whole() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert set(published["files"]) == set(SECTIONS)
    assert set(published["tables"]) == {f"tables/{name}.csv" for name in TABLES}
    for part in (*published["files"].values(), *published["tables"].values()):
        jsonschema.Draft202012Validator.check_schema(part)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_shipped_files_keep_to_the_published_schema(name: str) -> None:
    part = json.loads(PUBLISHED.read_text(encoding="utf-8"))["files"][name]
    data = read_yaml(ROOT / "cases" / "kantokuen" / name, name).data
    jsonschema.validate(json.loads(json.dumps(data, default=str)), part)
    broken = {**json.loads(json.dumps(data, default=str)), "unheard_of": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, part)


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_table_are_the_fields_of_its_row(name: str) -> None:
    row, columns = TABLES[name]
    assert set(columns) == set(row.model_fields)
    file = ROOT / "cases" / "kantokuen" / "tables" / f"{name}.csv"
    document = read_csv(file, name, columns)
    assert not document.problems
    assert len(document.lines) == len(document.data)


# The hash


def test_the_hash_changes_with_one_byte_of_any_file(copy: Path) -> None:
    seen = {open_case(copy).hash}
    for name in SECTIONS:
        with (copy / name).open("ab") as file:
            file.write(b"# one more remark\n")
        seen.add(open_case(copy).hash)
    path = copy / "tables" / "weather.csv"
    path.write_text(path.read_text().replace("as January, storms", "as January; storms"))
    seen.add(open_case(copy).hash)
    assert len(seen) == len(SECTIONS) + 2


def test_the_hash_does_not_change_with_line_endings_or_notes(copy: Path) -> None:
    before = open_case(copy).hash
    for file in (*copy.glob("*.yaml"), *copy.glob("tables/*.csv")):
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    (copy / "notes.md").write_text("not part of the case")
    after = open_case(copy)
    assert after.hash == before
    assert after.parameters == open_case("kantokuen").parameters


def test_a_byte_moved_between_files_changes_the_hash(copy: Path) -> None:
    """Lengths are hashed too: the end of one file is not the start of the next."""
    before = open_case(copy).hash
    first, second = copy / "parameters.yaml", copy / "calendar.yaml"
    remark = b"# Parameters of the case Kantokuen"
    assert first.read_bytes().startswith(remark)
    with (copy / "case.yaml").open("ab") as file:
        file.write(b"#\n")
    one = open_case(copy).hash
    second.write_bytes(b"#\n" + second.read_bytes())
    assert len({before, one, open_case(copy).hash}) == 3


# Finding a case


@pytest.mark.parametrize("name", ["kantoken", "Kantokuen", "kantokuen2"])
def test_the_nearest_name_is_offered(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_case(name)
    assert repr(name) in str(caught.value)
    assert "did you mean 'kantokuen'" in caught.value.hint


@pytest.mark.parametrize("name", ["xxxxxxxx", "", "/no/such/folder", "a\0b", "a" * 5000])
def test_nothing_near_is_offered_for_something_else(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_case(name)
    assert "jukushi cases" in caught.value.hint


def test_a_folder_that_is_no_case_is_read_as_a_path_only_if_it_looks_like_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kantokuen").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_case("kantokuen").id == "kantokuen"
    with pytest.raises(CaseError):
        open_case("./kantokuen/")


# Railways


@dataclass(frozen=True)
class Way:
    origin: str
    destination: str
    kind: str
    train_pairs_per_day: float | None


PLACES = "abcdef"
ways = st.lists(
    st.builds(
        Way,
        st.sampled_from(PLACES),
        st.sampled_from(PLACES),
        st.sampled_from(["rail", "rail", "road"]),
        st.none() | st.integers(1, 40).map(float),
    ),
    max_size=9,
)


def by_trying_all(links: list[Way], origin: str, destination: str) -> float:
    """Widest path the slow way: every order of places, the best weakest link."""
    width: dict[frozenset[str], float] = {}
    for link in links:
        if link.kind == "rail":
            ends = frozenset((link.origin, link.destination))
            width[ends] = max(width.get(ends, 0.0), link.train_pairs_per_day or 0.0)
    middle = [place for place in PLACES if place not in (origin, destination)]
    paths = (
        (origin, *some, destination)
        for n in range(len(middle) + 1)
        for some in permutations(middle, n)
    )
    return max(min(width.get(frozenset(pair), 0.0) for pair in pairwise(path)) for path in paths)


@given(ways)
@settings(max_examples=150, deadline=None)
def test_rail_capacity_is_that_of_the_best_way(links: list[Way]) -> None:
    assert rail_capacity(links, "a", "f") == by_trying_all(links, "a", "f")


@given(ways, st.integers(0, 8), st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_a_wider_link_never_narrows_the_railway(links: list[Way], index: int, more: int) -> None:
    before = rail_capacity(links, "a", "f")
    if index < len(links):
        old = links[index]
        wider = (old.train_pairs_per_day or 0.0) + more
        links = [
            *links[:index],
            Way(old.origin, old.destination, old.kind, wider),
            *links[index + 1 :],
        ]
    assert rail_capacity(links, "a", "f") >= before
    assert rail_capacity(links, "a", "f") == rail_capacity(links, "f", "a")


@given(ways)
@settings(max_examples=150, deadline=None)
def test_reachable_is_the_smallest_closed_set(links: list[Way]) -> None:
    found = reachable(links, "a", ("rail",))
    assert "a" in found
    for link in links:
        if link.kind == "rail":
            assert (link.origin in found) == (link.destination in found)
    for place in found - {"a"}:
        known = [Way(w.origin, w.destination, w.kind, 1.0) for w in links]
        assert rail_capacity(known, "a", place) == 1.0


def test_a_road_carries_no_train_and_a_link_of_unknown_capacity_neither() -> None:
    links = [Way("a", "b", "road", 9.0), Way("a", "c", "rail", None), Way("c", "b", "rail", 9.0)]
    assert rail_capacity(links, "a", "b") == 0
    assert reachable(links, "a", ("road",)) == {"a", "b"}
    assert reachable(links, "a", ("rail",)) == {"a", "b", "c"}


# Distributions


def parameter(
    value: float, spread: dict[str, object], unit: str = "km", **more: object
) -> Parameter:
    given = {
        "id": "some_number", "group": "front", "title": {"en": "n", "fr": "n"}, "unit": unit,
        "value": value, "range": spread, "status": "assumption", "source": "a test",
        "confidence": "low", "evidence_date": "1941-06-22", **more,
    }  # fmt: skip
    return Parameter.model_validate(given)


LAWS = {
    "normal": (parameter(5.0, {"normal": 2.0}, unit="log_ratio"), stats.norm(5, 2)),
    "relative normal": (
        parameter(5.0, {"normal": 0.2}, unit="log_ratio", relative=True), stats.norm(5, 1),
    ),
    "lognormal": (parameter(5.0, {"lognormal": 0.4}), stats.lognorm(0.4, scale=5)),
    "uniform": (parameter(5.0, {"uniform": [2.0, 9.0]}), stats.uniform(2, 7)),
    "relative uniform": (
        parameter(5.0, {"uniform": [0.5, 1.5]}, relative=True), stats.uniform(2.5, 5),
    ),
    "beta": (parameter(0.8, {"beta": [8, 2]}, unit="probability"), stats.beta(8, 2)),
}  # fmt: skip
MIDDLES = (np.arange(20_000) + 0.5) / 20_000


@pytest.mark.parametrize("name", LAWS)
def test_a_range_is_the_law_it_names(name: str) -> None:
    item, law = LAWS[name]
    assert isinstance(item.value, float)
    values = distribution(item, item.value, MIDDLES)
    assert np.allclose(values, law.ppf(MIDDLES), rtol=1e-9)
    assert np.median(values) == pytest.approx(law.median(), rel=1e-3)
    assert values.mean() == pytest.approx(law.mean(), rel=2e-3)


def test_centres_mean_what_the_docstring_says() -> None:
    """Normal and beta: the mean; lognormal: the median."""
    for name, law in (("normal", np.mean), ("lognormal", np.median), ("beta", np.mean)):
        item, _ = LAWS[name]
        assert isinstance(item.value, float)
        assert law(distribution(item, item.value, MIDDLES)) == pytest.approx(item.value, rel=2e-3)


@given(st.sampled_from(sorted(LAWS)), st.lists(st.floats(1e-12, 1 - 1e-12), min_size=2, max_size=9))
@settings(max_examples=200, deadline=None)
def test_values_rise_with_the_uniform_number(name: str, numbers: list[float]) -> None:
    item, _ = LAWS[name]
    assert isinstance(item.value, float)
    values = distribution(item, item.value, np.array(sorted(numbers)))
    assert (np.diff(values) >= 0).all()
    assert np.isfinite(values).all()


def test_fixed_is_fixed() -> None:
    assert (distribution(parameter(5.0, {"fixed": True}), 5.0, MIDDLES) == 5.0).all()


def test_a_stock_is_cut_at_zero_and_a_logarithm_is_not() -> None:
    stock = distribution(parameter(1.0, {"normal": 2.0}, unit="divisions"), 1.0, MIDDLES)
    assert stock.min() == 0
    assert (stock == 0).mean() == pytest.approx(stats.norm.cdf(-0.5), abs=1e-3)
    free = distribution(parameter(1.0, {"normal": 2.0}, unit="logit"), 1.0, MIDDLES)
    assert free.min() < -5


def test_draws_of_the_case_stay_where_their_units_allow(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    values = space.draw(11, np.arange(2000))
    assert np.isfinite(values).all()
    may = {"log_ratio", "logit", "utility", "week", "log_days"}
    # Scales with two sides: air superiority from -1 to 1, surprise from -3 to 3.
    two_sided = {name: 1.0 for name in space.index if name.endswith("_air")}
    two_sided |= {name: 3.0 for name in space.index if name.endswith("_surprise")}
    assert len(two_sided) == 4
    for name, column in space.index.items():
        item = kantokuen.parameters[name]
        drawn = values[:, column]
        if name in two_sided:
            assert np.abs(drawn).max() <= two_sided[name], name
        elif item.unit not in may:
            assert drawn.min() >= 0, name
        if item.unit in ("probability", "share", "switch") and item.range.kind in (
            "beta",
            "uniform",
        ):
            assert drawn.max() <= 1, name
        if item.range.kind == "fixed":
            assert (drawn == space.centre[name]).all(), name
        else:
            assert np.unique(drawn).size > 1000, name


def test_adding_a_parameter_moves_no_other_draw(kantokuen: Case, copy: Path) -> None:
    """The dice of parameters are keyed by name, not by place in the file."""
    path = copy / "parameters.yaml"
    text = path.read_text()
    start = text.index("  - id: placebo_parameter")
    entry = text[start : text.index("  - id: ", start + 1)]
    added = entry.replace("placebo_parameter", "aaa_new_parameter")
    path.write_text(text.replace("parameters:\n", "parameters:\n" + added + "\n", 1))
    before, after = ParameterSpace(kantokuen), ParameterSpace(open_case(copy))
    draws = np.arange(5)
    a, b = before.draw(3, draws), after.draw(3, draws)
    assert set(after.index) - set(before.index) == {"aaa_new_parameter"}
    for name, column in before.index.items():
        assert (a[:, column] == b[:, after.index[name]]).all(), name
    # Nor does it move the coefficients that are no parameters of a case.
    width = len(NEEDED) + len(COMBAT_NAMES) + len(SURFACE_NAMES)
    assert (a[:, len(NEEDED) : width] == b[:, len(NEEDED) : width]).all()


# The combat model and the staff's estimate, in the same record


def test_every_field_of_the_record_is_filled_in_its_place(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    drawn = space.draw(5, np.arange(3))
    for values in (space.centres(), drawn):
        record = np.ascontiguousarray(values, np.float32).view(PARAMETERS).reshape(-1)
        assert record.size == len(values)
        for name, _ in NEEDED:
            assert (record[name] == np.float32(values[:, space.index[name]])).all(), name
        spare = set(space.index) - {name for name, _ in NEEDED}
        assert {space.index[name] for name in spare} == {
            PARAMETERS.names.index("spare") + place for place in range(len(spare))
        }
    record = np.ascontiguousarray(space.centres(), np.float32).view(PARAMETERS).reshape(-1)[0]
    for name in COMBAT_NAMES:
        assert record[name] == np.float32(shipped_combat().value(name)), name
    assert kantokuen.surface is not None
    for name in TERMS:
        assert record[f"surface_{name}"] == np.float32(kantokuen.surface.coefficients[name]), name
    assert record["surface_known"] == 1.0


def test_coefficients_are_drawn_about_the_fit_and_stay_usable(kantokuen: Case) -> None:
    combat = shipped_combat()
    drawn = combat.draw(11, np.arange(4000))
    assert np.isfinite(drawn).all()
    for place, name in enumerate(COMBAT_NAMES):
        centre, spread = combat.values[place], np.sqrt(combat.covariance[place, place])
        if name.startswith("corr_") or spread == 0.0:
            assert (drawn[:, place] == centre).all(), name
            continue
        assert abs(np.median(drawn[:, place]) - centre) < 0.1 * spread, name
        assert drawn[:, place].std() == pytest.approx(spread, rel=0.15), name
    kept = ("slope", "days", "men", "half_width", "shape")
    for place, name in enumerate(COMBAT_NAMES):
        if name.startswith("sd_") or (name.endswith(kept) and not name.startswith("advance_")):
            assert drawn[:, place].min() > 0.0, name
    # The same numbers for the same draws, whichever are asked for together.
    assert (combat.draw(11, np.arange(1000, 1003)) == drawn[1000:1003]).all()
    assert not (combat.draw(12, np.arange(3)) == drawn[:3]).all()


def test_the_shipped_correlations_are_those_of_some_errors() -> None:
    value = shipped_combat().value
    correlations = np.eye(4)
    for (i, one), (j, other) in combinations(enumerate("wadv"), 2):
        correlations[i, j] = correlations[j, i] = value(f"corr_{one}{other}")
    assert np.linalg.eigvalsh(correlations).min() > 0.0


def test_a_case_without_a_surface_knows_no_estimate(copy: Path) -> None:
    (copy / "surface.yaml").unlink()
    case = open_case(copy)
    assert case.surface is None
    space = ParameterSpace(case)
    record = np.ascontiguousarray(space.centres(), np.float32).view(PARAMETERS).reshape(-1)[0]
    assert record["surface_known"] == 0.0
    assert all(record[f"surface_{name}"] == 0.0 for name in TERMS)
    references = ("divisions", "prey_men", "prey_tanks", "prey_aircraft")
    assert all(record[f"surface_{name}"] > 0.0 for name in references)


def test_a_case_without_campaigns_is_whole(copy: Path) -> None:
    """Every file of a campaign may be missing together, if nothing speaks of a campaign."""
    for name in CAMPAIGN_FILES:
        (copy / name).unlink()
    (copy / "claims.yaml").unlink()
    path = copy / "outcomes.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("  - id: vladivostok_by_end_1941")])
    case = open_case(copy)
    assert not case.campaigns
    assert not case.operations
    assert case.surface is None
    assert case.hash != open_case("kantokuen").hash
    for name in ("works", "ports", "depots", "order_of_battle"):
        assert case.tables[name] == []
    assert ParameterSpace(case).centre == ParameterSpace(open_case("kantokuen")).centre


def test_a_case_without_levers_is_whole(copy: Path) -> None:
    (copy / "levers.yaml").unlink()
    case = open_case(copy)
    assert not case.levers
    assert case.parameters == open_case("kantokuen").parameters


def test_a_case_without_claims_is_whole(copy: Path) -> None:
    (copy / "claims.yaml").unlink()
    case = open_case(copy)
    assert not case.claims
    assert case.claims_of is None
    assert case.parameters == open_case("kantokuen").parameters


def test_central_value_of_a_date_is_its_week(kantokuen: Case) -> None:
    item = parameter(1.0, {"fixed": True}).model_copy(update={"value": date(1937, 1, 18)})
    assert central_value(item, {}, {}, kantokuen.week_of) == 2.0
