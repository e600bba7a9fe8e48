"""What the histories of an audit are read for: one run of them serves every claim.

All fields and weeks that any claim reads are observed together, part by part; then each claim
evaluates its own expressions over them and over the parameters of each history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.audit_given import day_of, ends_of, figure_of, parsed
from jukushi.calibration.audit_stances import of_share, of_value
from jukushi.calibration.audit_tallies import Quantity, ShareAmong, undefined
from jukushi.calibration.formula import evaluate
from jukushi.case.claims import Claim, Read, Share, Value
from jukushi.case.expressions import Expression
from jukushi.case.load import Case
from jukushi.case.units import parse_unit
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer
from jukushi.questions.odds import Probability, draw_starts
from jukushi.world.state import FIELD_INDEX, FIELDS, NEVER

__all__ = ["Found", "Observed"]

Array = npt.NDArray[np.float64]


class Observed:
    """The fields and weeks that claims read, and their values in one part of the histories."""

    def __init__(self, engine: Engine, world: World, reads: Iterable[Read]) -> None:
        self.engine, self.world = engine, world
        places = {(read.field, int(engine.case.week_of(read.on))) for read in reads}
        self.fields = sorted({field for field, _ in places})
        self.weeks = sorted({week for _, week in places})
        self.values = np.zeros((0, 0, 0), np.float32)
        self.parameters = np.zeros((0, 0))

    def run(self, first: int, count: int) -> None:
        """Run one part; `first` begins a parameter draw."""
        if self.weeks:
            self.values = self.engine.observe(
                self.world, first, count, self.fields, self.weeks, self.weeks[-1]
            )
        rows = np.arange(first, first + count) // DICE_PER_DRAW
        draws = np.arange(rows[0], rows[-1] + 1)
        drawn = self.engine.settings([self.world], draws)[1][0, 0]
        self.parameters = drawn[rows - rows[0]]

    def names(self, reads: Iterable[Read], wanted: Iterable[str]) -> dict[str, Array]:
        """Return the values of names in every history: what is read, and parameters."""
        found: dict[str, Array] = {}
        by_id = {read.id: read for read in reads}
        for name in wanted:
            if name in by_id:
                read = by_id[name]
                week = self.weeks.index(int(self.engine.case.week_of(read.on)))
                found[name] = self.values[week, self.fields.index(read.field)].astype(np.float64)
            else:
                found[name] = self.parameters[:, self.engine.space.index[name]]
        return found


class Found:
    """One claim that is read off histories: its conditions or its quantity."""

    def __init__(self, case: Case, claim: Claim) -> None:
        self.case, self.id = case, claim.id
        self.body: Share | Value = claim.model.body
        fields = {
            read.id: parse_unit(FIELDS[FIELD_INDEX[read.field]].unit) for read in self.body.reads
        }
        among = self.body.among
        self.among = parsed(case, among, fields) if among is not None else None
        body = self.body
        of = [body.of] if isinstance(body, Value) else []
        conditions = [body, *body.beside] if isinstance(body, Share) else []
        texts = [item.holds for item in conditions if item.holds is not None]
        self.expressions = [parsed(case, text, fields) for text in (*of, *texts)]
        self.shares = [ShareAmong() for _ in texts]
        self.plain = Probability(len(texts))
        self.quantity = Quantity()

    def add(self, observed: Observed, first: int, count: int) -> None:
        """Read one part."""
        if not self.expressions:  # an outcome of the case, which is run apart
            return
        starts = draw_starts(first, count)
        counts = np.ones(count, bool)
        if self.among is not None:
            counts = self._values(self.among, observed) > 0.5
        found = [self._values(expression, observed) for expression in self.expressions]
        if isinstance(self.body, Value):
            self.quantity.add(found[0], counts, starts)
            return
        hits = np.stack(found) > 0.5
        self.plain.add(hits, starts)
        for share, row in zip(self.shares, hits, strict=True):
            share.add(row, counts, starts)

    def _values(self, expression: Expression, observed: Observed) -> Array:
        values = evaluate(expression, observed.names(self.body.reads, expression.names))
        return np.broadcast_to(values, len(observed.parameters))

    def answer(self, outcomes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Return how the model speaks, with the shares of outcomes that were run apart."""
        if isinstance(self.body, Value):
            return self._value(self.body)
        rows = iter(range(len(self.shares)))
        told = []
        for item in (self.body, *self.body.beside):
            own = outcomes[item.outcome] if item.outcome is not None else self._share(next(rows))
            told.append({"holds": item.holds, "outcome": item.outcome, **own})
        beside = [
            {"says": item.says.model_dump(), **row}
            for item, row in zip(self.body.beside, told[1:], strict=True)
        ]
        return {
            "stance": of_share(told[0]["share"]),
            **told[0],
            "among": self.body.among,
            "beside": beside,
        }

    def _share(self, row: int) -> dict[str, Any]:
        share = self.shares[row]
        answer = self.plain.answer(row) if self.among is None else share.answer()
        self._refuse(answer, share.counted)
        return {"share": answer, "histories": share.counted}

    def _refuse(self, answer: dict[str, Any], counted: int) -> None:
        if undefined(answer):
            total = self.plain.histories or sum(len(part[1]) for part in self.quantity.parts)
            raise UndefinedAnswer(
                f"claim {self.id}: {counted:,} of {total:,} histories define no interval",
                cause="it takes 20 parameter draws of which eight histories count",
                hint=f"ask for --histories {4 * total} or more, or --claim another one",
            )

    def _value(self, body: Value) -> dict[str, Any]:
        """Return a quantity beside the figure: median, range, and the share up to or within it."""
        low, high = ends_of(self.case, body.figure)
        one = body.figure.value is not None
        # The place of one figure among histories is the share of them up to it.
        bottom = -np.inf if one or low is None else low
        within = self.quantity.share(bottom, np.inf if high is None else high)
        answer = within.answer()
        self._refuse(answer, within.counted)
        span = self.quantity.range()
        median = self.quantity.median()
        tell = self._tell
        return {
            "stance": of_value((low, high), span, answer),
            "of": body.of,
            "unit": body.unit,
            "histories": within.counted,
            "among": body.among,
            "median": {
                "estimate": tell(median["estimate"]),
                "sampling": [tell(end) for end in median["sampling"]],
            },
            "range": [tell(end) for end in span],
            "figure": figure_of(body.figure),
            "share_up_to" if one else "share_within": answer,
            "share_within" if one else "share_up_to": None,
            "scholars": figure_of(body.scholars) if body.scholars is not None else None,
        }

    def _tell(self, value: float) -> float | str | None:
        """A number, a day for a week, and nothing for a week that never came."""
        if self.body.unit != "week":  # type: ignore[union-attr]
            return value
        return None if value >= NEVER else day_of(self.case, value)
