"""The texts of an intervention: what is written is read back, what has no form is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukushi.errors import UsageError
from jukushi.questions.interventions.grammar import OPTIONS, Item, Span, Spread, parse

WORDS = st.from_regex(r"[a-z][a-z0-9_]{1,12}", fullmatch=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
DAYS = st.dates(date(1900, 1, 1), date(2000, 1, 1))
SPANS = st.integers(-3000, 3000).map(Span)
SPREADS = st.one_of(
    st.builds(Spread, st.sampled_from(["normal", "lognormal"]), st.tuples(NUMBERS)),
    st.builds(
        Spread,
        st.sampled_from(["normal", "lognormal", "uniform", "beta"]),
        st.tuples(NUMBERS, NUMBERS),
    ),
    st.builds(Spread, st.just("fixed"), st.tuples(NUMBERS)),
)
EVENTS = st.one_of(
    WORDS, st.builds("{}:{}".format, WORDS, DAYS), st.builds("{}:{}".format, WORDS, WORDS)
)
ITEMS = st.one_of(
    st.builds(Item, st.just("set"), WORDS, st.just("set"), st.one_of(NUMBERS, DAYS, WORDS)),
    st.builds(Item, st.just("set"), WORDS, st.just("times"), NUMBERS),
    st.builds(Item, st.just("set"), WORDS, st.just("add"), st.one_of(NUMBERS, SPANS)),
    st.builds(Item, st.just("set"), WORDS, st.just("spread"), SPREADS),
    st.builds(Item, st.just("move"), EVENTS, st.just("set"), st.one_of(DAYS, st.just("never"))),
    st.builds(Item, st.just("move"), EVENTS, st.just("add"), SPANS),
    st.builds(Item, st.just("add"), WORDS, st.sampled_from(["set", "times"]), NUMBERS, DAYS),
    st.builds(Item, st.just("add"), WORDS, st.just("new"), DAYS),
    st.builds(Item, st.just("rule"), WORDS, st.just("add"), NUMBERS),
)


@given(ITEMS)
def test_what_is_written_is_read_back(item: Item) -> None:
    assert parse(item.option, str(item)) == item


@given(st.sampled_from(sorted(OPTIONS)), st.text(max_size=40))
def test_any_text_is_read_or_refused(option: str, text: str) -> None:
    try:
        item = parse(option, text)
    except UsageError:
        return
    assert parse(option, str(item)) == item


@pytest.mark.parametrize(
    ("option", "text", "canonical"),
    [
        ("set", " transfer_rate * 1.50 ", "transfer_rate*1.5"),
        ("set", "oil_start+-5", "oil_start-5"),
        ("set", "freeze_week+14d", "freeze_week+2w"),
        ("set", "axis_start_km ~ uniform( 80 , 120.0 )", "axis_start_km~uniform(80,120)"),
        ("move", "conference:1941-09-03 = 1941-08-20", "conference:1941-09-03=1941-08-20"),
        ("move", "conference:1941-09-03-2w", "conference:1941-09-03-2w"),
        ("add", "oil=+5@1941-07-21", "oil=5@1941-07-21"),
        ("rule", "wait='conference  and ripe'", "wait=conference and ripe"),
    ],
)
def test_canonical_forms(option: str, text: str, canonical: str) -> None:
    assert str(parse(option, text)) == canonical


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("set", "transfer_rate"),
        ("set", "transfer_rate="),
        ("set", "transfer_rate=1e999"),
        ("set", "axis_start_km~gamma(1,2)"),
        ("set", "axis_start_km~uniform(1)"),
        ("set", "freeze_week=1941-02-30"),
        ("move", "freeze_week=soon"),
        ("move", "freeze_week+30"),
        ("add", "oil=5"),
        ("add", "oil+5@1941-07-21"),
        ("rule", "ripe*2"),
        ("rule", "ripe+2w"),
    ],
)
def test_what_has_no_form_is_refused(option: str, text: str) -> None:
    with pytest.raises(UsageError, match="not understood") as caught:
        parse(option, text)
    assert caught.value.cause
    assert OPTIONS[option] in caught.value.hint
