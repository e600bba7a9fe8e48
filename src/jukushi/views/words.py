"""Saying things in English and French: texts by key, numbers, dates, counts.

Sentences stand whole in ``texts/en`` and ``texts/fr``, one file a subject; none is built by
joining words. A test holds both languages to the same keys and the same places for values.
"""

from __future__ import annotations

import math
import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from jukushi.errors import UsageError, nearest

__all__ = ["LANGUAGES", "Words", "all_texts", "short_title"]

LANGUAGES = ("en", "fr")
_NARROW = "\u202f"  # narrow no-break space: French thousands and before %
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_SHORT = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}


@cache
def all_texts(language: str) -> dict[str, Any]:
    """Return every text of a language: sections of keys."""
    sections: dict[str, Any] = {}
    folder = resources.files("jukushi.views").joinpath("texts", language)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for section, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
                sections.setdefault(section, {}).update(texts)
    return sections


class Words:
    """Everything that is said in one language.

    Parameters
    ----------
    language : str
        ``en`` or ``fr``.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            close = nearest(language, LANGUAGES)
            raise UsageError(
                f"there is no language {language!r}", hint=f"one of: {', '.join(LANGUAGES)}"
                + (f" (did you mean {close!r}?)" if close else "")
            )  # fmt: skip
        self.language = language
        self.french = language == "fr"

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` (``section.name``) with its values filled in."""
        section, name = key.split(".", 1)
        return str(all_texts(self.language)[section][name]).format(**values)

    def of(self, words: dict[str, str]) -> str:
        """Return one of two language versions (``{"en": ..., "fr": ...}``)."""
        return words[self.language]

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with separators of the language."""
        text = f"{value:,.{digits}f}"
        if self.french:
            text = text.replace(",", _NARROW).replace(".", ",")
        return text

    def percent(self, value: float, digits: int | None = None) -> str:
        """Write a probability in percent; small ones get the digits they need."""
        if math.isnan(value):
            return "?"
        points = 100.0 * value
        if digits is None:
            digits = 0 if points >= 10 or points == 0 else 1 if points >= 1 else 2
        if 0 < points < 0.01:
            return ("<" + _NARROW if self.french else "<") + self.number(0.01, 2) + self._sign()
        return self.number(points, digits) + self._sign()

    def points(self, value: float, digits: int = 1) -> str:
        """Write a signed difference in percentage points."""
        sign = "+" if value >= 0 else "−"
        return sign + self.number(abs(100.0 * value), digits)

    def _sign(self) -> str:
        return f"{_NARROW}%" if self.french else "%"

    def interval(self, pair: list[float] | tuple[float, float]) -> str:
        """Write an interval of probabilities."""
        return self("number.interval", low=self.percent(pair[0]), high=self.percent(pair[1]))

    def span(self, pair: list[float] | tuple[float, float]) -> str:
        """Write an interval of probabilities for a table."""
        return f"{self.percent(pair[0])} –\n{self.percent(pair[1])}"

    def counts(self, probability: float) -> str:
        """Write a probability as a count; the denominator adapts to rare outcomes.

        Of none a sentence must be otherwise (`jukushi.views.headline.headline`).
        """
        for base in (100, 1_000, 10_000, 100_000):
            count = round(probability * base)
            if count >= 5 or (base == 100_000) or probability == 0.0:
                break
        return self("number.of", count=self.number(count), base=self.number(base))

    def day(self, day: date | str) -> str:
        """Write a date in full."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        month = _MONTHS[self.language].split()[day.month - 1]
        if self.french and day.day == 1:
            return f"1er {month} {day.year}"
        return f"{day.day} {month} {day.year}"

    def short_day(self, day: date | str) -> str:
        """Write a date with a short month, for tables."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return f"{day.day} {_SHORT[self.language].split()[day.month - 1]} {day.year}"

    def month(self, name: str) -> str:
        """Write ``1941-07`` as a short month."""
        return _SHORT[self.language].split()[int(name[5:7]) - 1]


def short_title(title: str) -> str:
    """The part of a title before its colon."""
    return title.split(":")[0].strip()
