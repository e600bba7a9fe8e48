"""A number that is not finite stops the run and is named, with the command that replays it."""

from __future__ import annotations

import pytest

from jukushi.case.schema import Change
from jukushi.engine.run import Engine, World
from jukushi.errors import NumericalError
from jukushi.world.vocabulary import open_case


def test_a_nan_is_named_with_field_history_and_week() -> None:
    engine = Engine(open_case("kantokuen"), seed=4)
    broken = World("broken", (Change(parameter="men_refill", set=1e39),))  # no float32 holds it
    with pytest.raises(NumericalError) as caught:
        engine.run([World("good"), broken], 0, 128, "attack_by_end_1941")
    assert "'garrison_men'" in caught.value.message
    assert "broken" in caught.value.message
    assert "week 233" in caught.value.message
    assert caught.value.hint.startswith("jukushi replay kantokuen")
    assert "--seed 4" in caught.value.hint
