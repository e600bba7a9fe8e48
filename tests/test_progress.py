"""The bar on a terminal: drawn before anything is known, and with what comes to be known."""

from __future__ import annotations

import sys
from io import StringIO

import pytest

from jukushi.faces.progress import watching
from jukushi.views.words import Words


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_bar_is_drawn_before_and_after_the_first_part(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", Terminal())
    words = Words(language)
    with watching(words, False, None, False) as options:
        options.progress(1_024, 4_096, 0.25)
    text = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert words.number(4_096) in text
    assert words("progress.early", percent=words.percent(0.25)) in text
