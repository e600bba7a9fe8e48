"""Both languages say the same: same keys, same places for values, French written as French."""

from __future__ import annotations

import re
import string
from importlib import resources

import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.views.headline import headline
from jukushi.views.terminal import odds_view, plain, why_view
from jukushi.views.words import Words, all_texts

TEXTS = {language: all_texts(language) for language in ("en", "fr")}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def flat(language: str) -> dict[str, str]:
    return {
        f"{section}.{key}": text
        for section, texts in TEXTS[language].items()
        for key, text in texts.items()
    }


def test_same_keys() -> None:
    assert flat("en").keys() == flat("fr").keys()


@pytest.mark.parametrize("key", sorted(flat("en")))
def test_same_places(key: str) -> None:
    assert places(flat("en")[key]) == places(flat("fr")[key])


def test_every_key_that_the_code_names_exists() -> None:
    known = flat("en")
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("jukushi.views", "jukushi.faces")
        for file in resources.files(folder).iterdir()
        if file.name.endswith(".py")
    )
    for key in re.findall(r'words\(\s*"([a-z_]+\.[a-z_0-9-]+)"', source):
        assert key in known


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0.5, "50%", "50\u202f%"),
        (0.0234, "2.3%", "2,3\u202f%"),
        (0.00071, "0.07%", "0,07\u202f%"),
        (0.0000001, "<0.01%", "<\u202f0,01\u202f%"),
        (0.0, "0%", "0\u202f%"),
    ],
)
def test_percent(value: float, english: str, french: str) -> None:
    assert Words("en").percent(value) == english
    assert Words("fr").percent(value) == french


@pytest.mark.parametrize(
    ("value", "count"),
    [(0.11, "about 11 of 100"), (0.0066, "about 7 of 1,000")],
)
def test_counts_adapt_to_rare_outcomes(value: float, count: str) -> None:
    assert Words("en").counts(value) == count


def test_of_no_history_there_is_a_sentence_of_its_own(kantokuen: Case) -> None:
    outcome = kantokuen.outcomes["attack_by_end_1941"]
    english, french = (headline(outcome, 0.0, Words(language)) for language in ("en", "fr"))
    assert "in none of the histories (0%)" in english
    assert french.startswith("Dans ce modèle, pas une histoire où le Japon attaque")
    assert "about 7 of 1,000 histories" in headline(outcome, 0.0066, Words("en"))


def test_dates() -> None:
    assert Words("en").day("1941-08-10") == "10 August 1941"
    assert Words("fr").day("1941-08-01") == "1er août 1941"


def test_an_answer_in_french_holds_no_english_sentence(kantokuen: Case, tmp_path: object) -> None:
    answer = jukushi.load("kantokuen").why(histories=2_560, out=tmp_path)  # type: ignore[arg-type]
    french = plain(why_view(answer, kantokuen, Words("fr"), []), 4_000)
    english_only = set(flat("en").values()) - set(flat("fr").values())
    for text in english_only:
        start = re.split(r"\{", text)[0].strip()
        if len(start) > 12:
            assert start not in french
    for factor in kantokuen.factors.values():
        if factor.title.en != factor.title.fr:
            assert factor.title.en not in french


def test_a_narrow_terminal_is_respected(kantokuen: Case, tmp_path: object) -> None:
    answer = jukushi.load("kantokuen").run(histories=2_560, out=tmp_path)  # type: ignore[arg-type]
    for line in plain(odds_view(answer, kantokuen, Words("en")), 60).splitlines():
        assert len(line) <= 60
