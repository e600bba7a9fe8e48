"""Golden chronicles: whole histories as text that a person can read and compare.

When the model is changed on purpose: ``JUKUSHI_UPDATE=1 uv run pytest tests/test_chronicles.py``,
then read what changed before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.questions.retell import retell
from jukushi.study.chronicle import chronicle

GOLDEN = Path(__file__).parent / "chronicles"
HISTORIES = [
    ("typical", 7, {}, "en"),
    ("another", 1234, {}, "fr"),
    ("without_the_halt", 42, {"german_stall": None}, "en"),
    ("by_expected_value", 977, {}, "en"),
]


def told(number: int, without: dict[str, str | None], language: str, maker: str | None) -> str:
    weeks = jukushi.load("kantokuen").replay(
        number, seed=1, without=without, decision_maker=maker, language=language, everything=True
    )
    return "".join(f"{day}\n" + "".join(f"    {line}\n" for line in lines) for day, lines in weeks)


@pytest.mark.parametrize(("name", "number", "without", "language"), HISTORIES)
def test_the_history_reads_as_it_did(
    name: str, number: int, without: dict[str, str | None], language: str
) -> None:
    maker = "expected_value" if name == "by_expected_value" else None
    text = told(number, without, language, maker)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("JUKUSHI_UPDATE"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_nothing_is_told_after_the_attack(kantokuen: Case) -> None:
    """A history ends where the attack opens."""
    ended = 0
    for number in range(0, 4096, 64):
        history = retell(kantokuen, number, 1, {"german_stall": None})
        events = chronicle(history)
        attacks = [event.week for event in events if event.key == "attack"]
        if attacks:
            ended += 1
            assert max(event.week for event in events) == attacks[0]
    assert ended > 3


def test_decisions_say_what_was_so_before_them(kantokuen: Case) -> None:
    """The rule that chose the South is shown with the South not yet chosen."""
    for number in range(0, 640, 64):
        for event in chronicle(retell(kantokuen, number, 1, {})):
            if event.key == "hunter_rule" and event.values["id"] == "oil_pulls_south":
                assert event.values["names"]["south_decided"] == 0.0
                assert event.values["names"]["embargo"] == 1.0
                assert event.values["names"]["conference"] == 1.0
