"""The audit: all claims are there, what is found obeys its laws, and equal questions are equal."""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import jukushi
from jukushi.calibration import audit_stances
from jukushi.calibration.audit_tallies import Quantity, ShareAmong
from jukushi.calibration.formula import evaluate
from jukushi.case.claims import Mechanism
from jukushi.case.expressions import parse
from jukushi.case.load import Case
from jukushi.case.units import parse_unit
from jukushi.engine.run import Engine
from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.questions.intervals import ClusterMean, wilson
from jukushi.questions.odds import structure_of
from jukushi.views.audit import audit_view, claim_view
from jukushi.views.audit_page import audit_page
from jukushi.views.terminal import plain
from jukushi.views.words import Words, all_texts
from jukushi.world.vocabulary import open_case

SMALL = 2_560
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SHARED = ROOT.parent / "shared" / "history" / "claims.yaml"
#: Claims of every kind that need no war on the map.
MIXED = ("C11", "C15", "C17", "C30", "C36", "C38", "C39", "C44", "C54", "C56")


@cache
def answer_of(*claims: str, **options: Any) -> dict[str, Any]:
    """A small answer as JSON gives it; equal questions are asked once."""
    answer = jukushi.load("kantokuen").audit(*claims, histories=SMALL, **options)
    return json.loads(json.dumps(without_nan(answer), allow_nan=False))  # type: ignore[no-any-return]


def told(answer: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in answer.items() if key != "provenance"})


def row_of(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in answer["claims"] if row["id"] == name)


# The claims of the case


def test_all_58_claims_are_there_in_order() -> None:
    assert [row["id"] for row in answer_of()["claims"]] == [f"C{n:02d}" for n in range(1, 59)]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_no_cell_is_empty_in_either_language(kantokuen: Case) -> None:
    for row in answer_of()["claims"]:
        assert all(text.strip() for text in texts(row)), row["id"]
        assert row["claim"]["en"] != row["claim"]["fr"]
        assert row["scholarship"]
        assert row["mechanism"]
        assert row["model"]["says"]["en"] != row["model"]["says"]["fr"]
    for language in ("en", "fr"):
        table = [
            line.strip("| ").split(" | ")
            for line in audit_page(answer_of(), kantokuen, Words(language)).splitlines()
            if line.startswith("| C")
        ]
        assert len(table) == 58
        assert all(len(cells) == 5 and all(cell.strip() for cell in cells) for cells in table)


def test_a_third_of_the_claims_at_most_meets_silence() -> None:
    answer = answer_of()
    assert answer["summary"]["stances"]["silent"] <= math.ceil(len(answer["claims"]) / 3)
    reasons = [row["model"]["says"]["en"] for row in answer["claims"]
               if row["model"]["kind"] == "silent"]  # fmt: skip
    assert len(reasons) == answer["summary"]["kinds"]["silent"]


def test_mechanisms_are_those_with_a_page_of_theory() -> None:
    pages = {page.stem for page in (DOCS / "mechanisms").glob("*.md")} - {"README"}
    assert set(Mechanism.__args__) == pages  # type: ignore[attr-defined]


def test_verdicts_are_those_of_the_shared_notes(kantokuen: Case) -> None:
    if not SHARED.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is missing")
        pytest.skip("the notes that are shared beside the checkout are not here")
    shared = {item["id"]: item for item in yaml.safe_load(SHARED.read_text())["claims"]}
    assert shared.keys() == kantokuen.claims.keys()
    for name, item in shared.items():
        claim = kantokuen.claims[name]
        assert claim.verdict == item["verdict"], name
        assert claim.confidence == item["confidence"], name
        assert len(claim.scholarship) == len(item["scholarship"]), name
        for ours, theirs in zip(claim.scholarship, item["scholarship"], strict=True):
            recalled = theirs["source"].startswith("from: general knowledge")
            assert (ours.status == "recalled") == recalled, name
    counts = Counter(item["verdict"] for item in shared.values())
    assert answer_of()["summary"]["verdicts"] == dict(counts)


def test_no_sentence_of_the_article_is_copied(kantokuen: Case) -> None:
    article = ROOT.parent / "shared" / "article" / "article.fr.txt"
    if not article.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"{article} is missing")
        pytest.skip("the article that is shared beside the checkout is not here")

    def plain_words(text: str) -> list[str]:
        return re.sub(r"[^\w']+", " ", text.lower().replace("’", "'")).split()

    read = " ".join(plain_words(article.read_text(encoding="utf-8")))
    for claim in kantokuen.claims.values():
        words = plain_words(claim.claim.fr)
        runs = {" ".join(words[i : i + 8]) for i in range(len(words) - 7)}
        assert not [run for run in runs if run in read], claim.id


# Arithmetic


def test_an_expression_is_worked_out_as_the_compiled_rules_do() -> None:
    names = {name: parse_unit("ratio") for name in ("a", "b", "cc")}
    rng = np.random.default_rng(7)
    values = {name: rng.normal(size=50) for name in names}
    a, b, cc = values["a"], values["b"], values["cc"]
    for text, expected in (
        ("a + b * cc - a / b", a + b * cc - a / b),
        ("min(a, b) < max(b, cc)", np.minimum(a, b) < np.maximum(b, cc)),
        ("where(a <= b, exp(cc), -abs(a))", np.where(a <= b, np.exp(cc), -np.abs(a))),
        ("not (a > b) and b >= cc or a > 2", (~(a > b) & (b >= cc)) | (a > 2)),
        ("sqrt(a * a) + log(exp(b))", np.abs(a) + b),
        ("2", np.full(50, 2.0)),
    ):
        found = evaluate(parse(text, names, lambda _: 0.0), values)
        assert found == pytest.approx(np.asarray(expected, np.float64), abs=1e-12), text


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.98))
def test_a_share_and_its_negation_sum_to_one(seed: int, chance: float) -> None:
    rng = np.random.default_rng(seed)
    starts = np.arange(0, 25 * 128, 128)
    hits = rng.random(25 * 128) < chance
    counts = rng.random(25 * 128) < 0.7
    one, other = ShareAmong(), ShareAmong()
    one.add(hits, counts, starts)
    other.add(~hits, counts, starts)
    p, q = one.answer(), other.answer()
    assert p["estimate"] + q["estimate"] == pytest.approx(1.0)
    for name in ("sampling", "ignorance"):
        assert p[name][0] + q[name][1] == pytest.approx(1.0, abs=1e-6)
        assert p[name][1] + q[name][0] == pytest.approx(1.0, abs=1e-6)


def test_a_share_among_all_is_a_plain_share() -> None:
    rng = np.random.default_rng(3)
    starts = np.arange(0, 40 * 128, 128)
    hits = rng.random(40 * 128) < np.repeat(rng.beta(2, 5, 40), 128)
    share = ShareAmong()
    share.add(hits, np.ones(len(hits), bool), starts)
    means = ClusterMean(1)
    means.add(hits.reshape(40, 128).mean(axis=1)[:, None], np.full(40, 128.0))
    found = share.answer()
    assert found["estimate"] == pytest.approx(hits.mean())
    plain_interval = wilson(float(means.mean()[0]), float(means.variance()[0]), means.weight)
    assert found["sampling"] == pytest.approx(plain_interval, abs=1e-9)


def test_ignorance_of_a_share_is_the_spread_of_draws_without_the_dice() -> None:
    rng = np.random.default_rng(5)
    starts = np.arange(0, 400 * 128, 128)
    truth = rng.beta(4, 6, 400)
    for chance, width in ((truth, np.subtract(*np.quantile(truth, [0.95, 0.05]))), (0.4, 0.0)):
        share = ShareAmong()
        hits = rng.random(400 * 128) < np.repeat(np.broadcast_to(chance, 400), 128)
        share.add(hits, rng.random(400 * 128) < 0.6, starts)
        low, high = share.answer()["ignorance"]
        assert high - low == pytest.approx(width, abs=0.06)


def test_too_few_draws_leave_ignorance_undefined() -> None:
    share = ShareAmong()
    share.add(np.ones(19 * 128, bool), np.ones(19 * 128, bool), np.arange(0, 19 * 128, 128))
    assert all(math.isnan(end) for end in share.answer()["ignorance"])


def test_the_interval_of_a_median_covers_it_nine_times_in_ten() -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(300):
        quantity = Quantity()
        centres = rng.normal(size=60)
        values = np.repeat(centres, 16) + 0.5 * rng.normal(size=960)
        quantity.add(values, np.ones(960, bool), np.arange(0, 960, 16))
        low, high = quantity.median()["sampling"]
        covered += low <= 0.0 <= high
    assert 0.85 <= covered / 300 <= 0.95


def test_what_is_no_number_does_not_count() -> None:
    quantity = Quantity()
    values = np.array([1.0, np.nan, 3.0, np.inf, 2.0, 5.0])
    quantity.add(values, np.array([1, 1, 1, 1, 1, 0], bool), np.array([0, 3]))
    assert sorted(quantity.counted) == [1.0, 2.0, 3.0]
    assert quantity.median()["estimate"] == 2.0


# Stances


@pytest.mark.parametrize(
    ("sampling", "stance"),
    [
        ((0.67, 0.9), "supports"),
        ((0.66, 0.9), "open"),
        ((0.1, 0.33), "contradicts"),
        ((0.1, 0.34), "open"),
        ((0.0, 0.0), "contradicts"),
        ((0.4, 0.6), "open"),
    ],
)
def test_a_share_is_judged_by_its_interval(sampling: tuple[float, float], stance: str) -> None:
    assert audit_stances.of_share({"sampling": sampling}) == stance


def test_an_effect_is_judged_by_its_side_of_zero() -> None:
    judge = audit_stances.of_effect
    assert judge({"sampling": (0.01, 0.02)}, "more") == "supports"
    assert judge({"sampling": (0.01, 0.02)}, "less") == "contradicts"
    assert judge({"sampling": (-0.02, -0.01)}, "less") == "supports"
    assert judge({"sampling": (0.0, 0.0)}, "more") == "open"
    assert judge({"sampling": (-0.01, 0.01)}, "less") == "open"


def test_what_is_given_neither_supports_nor_contradicts() -> None:
    judge = audit_stances.of_given
    assert judge((5.0, 5.0), 4.0, (3.0, 6.0)) == "given"
    assert judge((7.0, 7.0), 4.0, (3.0, 6.0)) == "given_otherwise"
    assert judge((None, 4.0), 4.0, (3.0, 6.0)) == "given"
    assert judge((5.0, None), 4.0, (3.0, 6.0)) == "given_otherwise"


# The answer


def test_the_answer_by_its_schema() -> None:
    schema = json.loads((DOCS / "formats" / "audit.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    answer = answer_of()
    validator.validate(answer)
    for key in answer:
        assert not validator.is_valid({name: answer[name] for name in answer if name != key})
    assert not validator.is_valid({**answer, "surprise": 1})
    for row in answer["claims"]:
        for key in row["model"]:
            cut = {name: value for name, value in row["model"].items() if name != key}
            broken = [{**item, "model": cut} if item is row else item for item in answer["claims"]]
            assert not validator.is_valid({**answer, "claims": broken}), (row["id"], key)
        if row["id"] > "C30":
            break
    page = (DOCS / "formats" / "audit.md").read_text(encoding="utf-8")
    for key in (*schema["properties"], *schema["$defs"]["claim"]["properties"]):
        assert f"`{key}`" in page, key


def test_counts_add_up() -> None:
    summary = answer_of()["summary"]
    for name in ("verdicts", "kinds", "stances"):
        assert sum(summary[name].values()) == summary["claims"] == 58
    by = summary["verdicts_by_stance"]
    assert {verdict: sum(row.values()) for verdict, row in by.items()} == summary["verdicts"]
    for stance, count in summary["stances"].items():
        assert sum(row[stance] for row in by.values()) == count
    against = {row["id"] for row in answer_of()["claims"]
               if row["model"]["stance"] in ("contradicts", "given_otherwise")}  # fmt: skip
    assert set(summary["model_against"]) == against
    assert set(summary["both_against"]) == against & set(summary["scholarship_against"])


def test_equal_questions_are_equal_bytes_whatever_the_threads() -> None:
    assert told(answer_of(*MIXED, threads=1)) == told(answer_of(*MIXED, threads=2))


def test_one_claim_alone_is_the_claim_among_all() -> None:
    for name in MIXED:
        assert row_of(answer_of(name), name) == row_of(answer_of(), name), name


def test_another_seed_is_another_answer() -> None:
    one, other = (row_of(answer_of("C11", seed=seed), "C11")["model"] for seed in (1, 2))
    assert one["share"]["estimate"] != other["share"]["estimate"]


def negated(copy: Path, name: str) -> dict[str, Any]:
    """Write the contrary of a claim into a case and ask for it."""
    file = copy / "claims.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("holds:", text.index(f"id: {name}\n"))
    old = re.match(r'holds: "([^"]+)"', text[start:])
    assert old is not None
    new = f'holds: "not ({old[1]})"'
    file.write_text(text[:start] + new + text[start + len(old[0]) :], encoding="utf-8")
    answer = jukushi.load(copy).audit(name, histories=SMALL)
    return row_of(answer, name)["model"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["C11", "C39"])
def test_the_contrary_of_a_claim_takes_the_rest(copy: Path, name: str) -> None:
    share = row_of(answer_of(), name)["model"]["share"]
    contrary = negated(copy, name)["share"]
    assert share["estimate"] + contrary["estimate"] == pytest.approx(1.0)
    assert share["sampling"][0] + contrary["sampling"][1] == pytest.approx(1.0)


def test_a_share_is_that_of_the_histories_themselves(kantokuen: Case) -> None:
    """Counted again from the engine, by hand."""
    engine = Engine(kantokuen, 1)
    structure = structure_of(kantokuen, None, None)
    world = structure.world(structure.name, structure.changes)
    week = int(kantokuen.week_of(kantokuen.header.period.runs_from))
    state = engine.observe(world, 0, SMALL, ["khasan_result", "lesson_quality"], [week], week)
    model = row_of(answer_of(), "C11")["model"]
    assert model["share"]["estimate"] == float((state[0, 0] > 0.5).mean())
    drawn = engine.space.draw(1, np.arange(SMALL // 128))[:, engine.space.index[
        "lesson_quality_start"]]  # fmt: skip
    learned = state[0, 1] > np.repeat(drawn, 128)
    assert row_of(answer_of(), "C15")["model"]["share"]["estimate"] == float(learned.mean())


def test_an_effect_is_that_of_whatif() -> None:
    asked = jukushi.load("kantokuen").whatif("khalkhin_gol=never_fought", histories=SMALL)
    model = row_of(answer_of(), "C30")["model"]
    assert model["difference"] == asked["difference"]
    assert model["baseline"] == asked["baseline"]
    assert model["changed"] == asked["changed"]


def test_an_outcome_is_that_of_run() -> None:
    asked = jukushi.load("kantokuen").run(histories=SMALL, outcome="soviet_entry")
    beside = row_of(answer_of(), "C55")["model"]["beside"]
    row = next(item for item in beside if item["outcome"] == "soviet_entry")
    assert row["share"] == asked["outcomes"][0]["probability"]


def test_a_placebo_has_no_effect(copy: Path) -> None:
    file = copy / "claims.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("id: C23\n")
    old = "factor: german_stall, reading: supplied"
    at = text.index(old, start)
    new = "factor: placebo_parameter, reading: doubled"
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    model = row_of(jukushi.load(copy).audit("C23", histories=SMALL), "C23")["model"]
    assert model["difference"]["estimate"] == 0.0
    assert model["stance"] == "open"


def test_parameters_and_records_are_those_of_the_case(kantokuen: Case) -> None:
    men = row_of(answer_of(), "C36")["model"]
    assert men["value"] == pytest.approx(703.714)
    assert men["stance"] == "given_otherwise"
    pact = row_of(answer_of(), "C17")["model"]
    assert pact["value"] == kantokuen.pacts["neutrality"].signed.isoformat()
    plan = row_of(answer_of(), "C28")["model"]
    assert set(plan["figure"]) <= set(plan["value"])


# Faces


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_answer_in_words(kantokuen: Case, language: str) -> None:
    words = Words(language)
    view = audit_view(answer_of(), kantokuen, words)
    for width in (80, 100):
        lines = plain(view, width).splitlines()
        assert all(len(line) <= width for line in lines)
        starts = [line[:3] for line in lines if re.match(r"C\d\d ", line)]
        assert len(starts) == 58
    said = plain(view, 4_000) + audit_page(answer_of(), kantokuen, words)
    for row in answer_of()["claims"]:
        whole = plain(claim_view(row, kantokuen, words), 4_000)
        assert row["claim"][language] in whole
        assert all(item["finding"][language] in whole for item in row["scholarship"])
        said += whole
    ending = {"en": "not for prediction", "fr": "non pour prédire"}[language]
    assert ending in said
    if language == "fr":
        for text in set(all_texts("en")["audit"].values()) - set(all_texts("fr")["audit"].values()):
            start = text.split("{")[0].strip()
            assert len(start) <= 12 or start not in said
        for row in answer_of()["claims"]:
            assert row["claim"]["en"] not in said


def test_disagreement_is_said_plainly(kantokuen: Case) -> None:
    said = " ".join(plain(audit_view(answer_of(), kantokuen, Words("en")), 4_000).split())
    summary = answer_of()["summary"]
    assert summary["both_against"]
    for name in summary["model_against_scholarship"]:
        claim = row_of(answer_of(), name)["claim"]["en"]
        assert f"- {name}: {claim} Model" in said


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ask = ["audit", "kantokuen", "-n", str(SMALL), "-q", "--claim", "C17", "--claim", "C44"]
    assert run_command([*ask, "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["claims"]] == ["C17", "C44"]
    file = tmp_path / "page.md"
    assert run_command([*ask, "--md", str(file), "--lang", "fr"]) == 0
    said = capsys.readouterr()
    assert "Les historiens" in said.out
    assert str(file) in said.err
    page = file.read_text(encoding="utf-8")
    assert page.startswith("# Kantokuen")
    assert "## C17" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["--claim", "C99"], 2, "did you mean 'C49'"),
        (["--lang", "de"], 2, "en"),
        (["-n", "100"], 1, "2560"),
        (["--md", "no/such/folder/page.md"], 2, "--md audit.md"),
    ],
)
def test_wrong_use(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, hint: str
) -> None:
    assert run_command(["audit", "kantokuen", "-q", *words]) == code
    assert hint in capsys.readouterr().err


def test_a_case_without_claims_is_told_so(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "claims.yaml").unlink()
    assert run_command(["audit", str(copy), "-q"]) == 2
    assert "has no claims" in capsys.readouterr().err


def test_a_condition_that_hardly_ever_holds_is_refused(copy: Path) -> None:
    file = copy / "claims.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index('among: "attacked < 0.5"', text.index("id: C39\n"))
    old = 'among: "attacked < 0.5"'
    file.write_text(text[:start] + 'among: "attacked > 2"' + text[start + len(old) :])
    with pytest.raises(jukushi.errors.UndefinedAnswer, match="C39"):
        jukushi.load(copy).audit("C39", histories=SMALL)


def test_the_case_is_read_in_one_way(copy: Path) -> None:
    assert open_case(copy).claims == open_case("kantokuen").claims
