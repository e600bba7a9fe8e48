"""The shipped coefficients, the rivals, and how well either foretells battles."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from simulated import fight, made_up

from jukushi.calibration import fit as fitting
from jukushi.calibration.battles import Battles
from jukushi.calibration.combat_fit import Fit
from jukushi.calibration.combat_prior import Settings
from jukushi.calibration.crossval import cross_validate, folds, theatre_folds
from jukushi.calibration.hindcast import hindcast_battles
from jukushi.calibration.rivals import RIVALS, features, fit_rivals, foretell_rivals
from jukushi.calibration.rows import BattlesError
from jukushi.calibration.shipped import (
    NAMES,
    read_combat,
    read_document,
    read_rivals,
    sha256_of,
    write_document,
)
from jukushi.calibration.trees import boost, export_boosting

FIGURE = {"estimate", "low", "high"}


def shipped(package: str, name: str) -> dict[str, object]:
    return dict(json.loads(files(package).joinpath(name).read_text(encoding="utf-8")))


def test_the_shipped_document_is_whole() -> None:
    document = shipped("jukushi.world", "combat.json")
    assert document["names"] == list(NAMES)
    assert len(NAMES) == len(set(NAMES)) == 86
    covariance = np.array(document["covariance"])
    assert covariance.shape == (86, 86)
    np.testing.assert_array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance)[0] > 0.0
    assert np.isfinite(document["values"]).all()


def test_the_shipped_files_are_small() -> None:
    places = (("jukushi.world", "combat.json"), ("jukushi.calibration", "rivals.json"))
    sizes = [len(files(p).joinpath(n).read_bytes()) for p, n in places]
    assert sum(sizes) < 400_000


def test_both_shipped_files_come_from_the_same_battles() -> None:
    one, other = read_combat().provenance, read_rivals()["provenance"]
    assert one["training_sha256"] == other["training_sha256"]
    assert "ODC-BY" in one["source"]


def test_terms_that_the_form_leaves_out_are_zero() -> None:
    values = read_combat().values
    for name in ("intensity_surprise", "intensity_air", "mobility_air", "mobility_river"):
        assert values[name] == 0.0


def test_the_shipped_coefficients_are_those_of_a_refit(
    fitted: Fit, training: Battles, training_file: Path
) -> None:
    combat = read_combat()
    assert combat.provenance["training_sha256"] == sha256_of(training_file)
    assert combat.provenance["battles"] == len(training) == 286
    for name, value, sd in zip(fitted.names, fitted.values, fitted.sd(), strict=True):
        if name in combat.values:
            assert combat.values[name] == pytest.approx(value, abs=0.01 * sd), name
    assert fitted.diagnostics["converged"]
    assert fitted.diagnostics["gradient_norm"] < 0.01
    assert fitted.diagnostics["smallest_eigenvalue"] > 0.5


def test_signs_and_sizes_are_those_of_the_design_study(fitted: Fit) -> None:
    value = dict(zip(fitted.names, fitted.values, strict=True))
    assert 0.3 < value["result_slope"] < 0.8
    assert 0.4 < value["attacker_slope"] < 0.7
    assert 0.5 < value["defender_slope"] < 0.9
    assert 70.0 < value["tank_men"] < 300.0
    assert value["quality_Germany WW2"] > value["quality_USSR WW2"] + 0.5
    assert value["exchange_air"] > 0.0 > value["exchange_fortified"]


def test_the_shipped_rivals_are_those_of_a_refit(training: Battles) -> None:
    again = foretell_rivals(fit_rivals(training), training)
    for name, forecast in foretell_rivals(read_rivals()["models"], training).items():
        np.testing.assert_allclose(forecast.winner, again[name].winner, atol=1e-4)


def test_hindcast_of_the_training_battles(training_file: Path) -> None:
    report = hindcast_battles(training_file)
    assert report["schema"] == "jukushi.hindcast_battles/1"
    assert set(report["winner"]) == {"brier", "log_loss", "accuracy", "n"}
    assert isinstance(report["winner"]["n"], int)
    assert set(report["rivals"]) == set(RIVALS)
    for table in (report, *report["rivals"].values()):
        for name in ("loss_attacker", "loss_defender", "advance"):
            assert table[name] is None or set(table[name]) == {"r2", "mdae"}
        assert set(table["winner"]["brier"]) == FIGURE
    brier = report["winner"]["brier"]
    assert 0.12 < brier["low"] < brier["estimate"] < brier["high"] < 0.22
    assert 0.55 < report["loss_attacker"]["r2"]["estimate"] < 0.85
    assert 0.55 < report["loss_defender"]["r2"]["estimate"] < 0.85
    assert 0.3 < report["advance"]["r2"]["estimate"] < 0.7
    assert report["rivals"]["lanchester_square"]["advance"] is None
    assert report["rivals"]["base_rate"]["winner"]["brier"]["estimate"] == pytest.approx(
        0.218, abs=0.005
    )
    json.dumps(report, allow_nan=False)


def test_scoring_needs_no_package_of_the_fit() -> None:
    """Whoever scores battles needs neither scikit-learn nor autograd nor pooch."""
    program = (
        "import sys, jukushi.calibration.hindcast as h, jukushi.calibration.fit;"
        "h.read_combat(); h.read_rivals();"
        "print([m for m in ('sklearn', 'autograd', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_hindcast_is_the_same_twice(training_file: Path) -> None:
    assert hindcast_battles(training_file) == hindcast_battles(training_file)


def test_exported_trees_equal_scikit_learn() -> None:
    ensemble = pytest.importorskip("sklearn.ensemble")
    battles = fight(made_up(300), read_combat(), gaps=0.0)
    x, y = features(battles), battles.loss_defender
    model = ensemble.GradientBoostingRegressor(n_estimators=30, subsample=0.7, random_state=1)
    model.fit(x, y)
    np.testing.assert_allclose(boost(export_boosting(model, y.mean()), x), model.predict(x))
    won = battles.winner > 0.0
    chance = ensemble.GradientBoostingClassifier(n_estimators=30, random_state=1).fit(x, won)
    start = float(np.log(won.mean() / (1.0 - won.mean())))
    np.testing.assert_allclose(
        boost(export_boosting(chance, start), x), chance.decision_function(x), atol=1e-6
    )


def test_exported_linear_rivals_equal_scikit_learn() -> None:
    """The force ratio's unpenalised line is the least-squares line."""
    battles = fight(made_up(300), read_combat())
    x = features(battles)[:, 0]
    known = np.isfinite(battles.loss_attacker)
    slope, constant = np.polyfit(x[known], battles.loss_attacker[known], 1)
    found = foretell_rivals(fit_rivals(battles), battles)["force_ratio"].loss_attacker
    np.testing.assert_allclose(found, constant + slope * x, atol=1e-6)


def test_a_family_is_never_split() -> None:
    battles = made_up(60)
    times = np.zeros((2, 60))
    for repeat, out in folds(battles, 5, 2):
        times[repeat] += out
        inside = {f for f, held in zip(battles.families, out, strict=True) if held}
        outside = {f for f, held in zip(battles.families, out, strict=True) if not held}
        assert not inside & outside
    np.testing.assert_array_equal(times, 1.0)


def test_theatres_are_held_out_whole() -> None:
    battles = made_up(60)
    for _, out in theatre_folds(battles):
        names = np.array(battles.theatres)
        assert len(set(names[out])) == 1
        assert not set(names[out]) & set(names[~out])


@pytest.mark.slow
def test_cross_validation_is_no_worse_than_logistic(training: Battles) -> None:
    said: list[str] = []
    report = cross_validate(training, Settings(), count=3, repeats=1, say=said.append)
    assert len(said) == 3
    assert report["versus_logistic"]["brier"]["low"] < 0.0
    assert report["versus_logistic"]["log_loss"]["low"] < 0.0
    model, logistic = report["scores"]["combat"], report["scores"]["logistic"]
    assert model["winner"]["n"] == 264
    for name in ("loss_attacker", "loss_defender", "advance"):
        assert model[name]["r2"]["high"] > logistic[name]["r2"]["estimate"]
    assert all(0.65 < share < 0.95 for share in report["coverage_80"].values())


def test_a_refit_writes_what_it_reports(original_file: Path, tmp_path: Path) -> None:
    """From the original coding; one defender's side differs from the tidy rows, little else."""
    said: list[str] = []
    report = fitting.fit_battles(original_file, out=tmp_path, say=said.append, validate=False)
    assert report["schema"] == "jukushi.fit_battles/1"
    assert report["cross_validation"] is None
    combat, again = read_combat(), read_combat(tmp_path / "combat.json")
    for name, value in combat.values.items():
        assert again.values[name] == pytest.approx(value, abs=0.02 + 0.05 * abs(value)), name
    assert (tmp_path / "rivals.json").exists()
    assert said
    json.dumps(report, allow_nan=False)


def test_too_few_battles_are_refused(training_file: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    lines = training_file.read_text(encoding="utf-8").splitlines(keepends=True)
    few.write_text("".join(lines[:10]), encoding="utf-8")
    with pytest.raises(BattlesError, match="families"):
        fitting.fit_battles(few)


@pytest.mark.parametrize("content", ["", "[]", '{"schema": "other/1"}', "{"])
def test_a_damaged_document_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "combat.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BattlesError):
        read_combat(path)


def test_documents_survive_writing(tmp_path: Path) -> None:
    document = {"schema": "x/1", "matrix": [[1.0, 2.0], [3.0, 4.0]], "name": "Yalu \u9d28"}
    write_document(tmp_path / "x.json", document)
    assert read_document(tmp_path / "x.json", "", "", "x/1") == document
