"""The rows of one outcome, added up: indices of variables and of groups, by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson
from jukushi.questions.months import Month, come_by
from jukushi.questions.saltelli import Rows
from jukushi.questions.sobol_indices import IndexTally, RowTerms, exact_terms, hit_terms, joined

__all__ = ["SCREEN_ROWS", "IndexStudy"]

#: Rows in which every variable is varied; one that moves nothing in them is varied no more.
SCREEN_ROWS = 128
#: Rows added up at a time.
_TOGETHER = 32

Hits = npt.NDArray[np.bool_]


class IndexStudy:
    """Runs a design as far as it is told to, and adds it up.

    Parameters
    ----------
    rows : Rows
    months : mapping of name to Month
    month : str
        The month whose outputs are kept for SALib.
    logit : bool
        Indices of the log odds of the smoothed frequency, not of the probability.
    seed : int
        Of the weights behind the intervals.

    Attributes
    ----------
    done : int
        Rows run.
    points : int
        Points run: worlds, each with its dice.
    moved : int64[n_variables]
        Rows in which each variable changed a history.
    screened : int
        Rows in which every variable was varied.
    active : list of int
        Variables that are still varied.
    groups : dict
        Active variables of each group.
    """

    def __init__(
        self, rows: Rows, months: Mapping[str, Month], month: str, logit: bool, seed: int
    ) -> None:
        self.rows, self.months, self.logit = rows, months, logit
        self._seed, self._asked = seed, list(months).index(month)
        self._outputs: list[npt.NDArray[np.float64]] = []
        self.done = self.points = self.screened = 0
        self.active = list(range(rows.cube.size))
        self.groups = rows.cube.groups()
        self.moved = np.zeros(rows.cube.size, np.int64)
        self.tally = IndexTally(len(self._sets()), len(months), seed)
        self.split = IndexTally(0, len(months), seed)
        self._means = ClusterMean(len(months))
        self._counts = [CountHistogram(rows.dice) for _ in months]
        self._waiting: list[tuple[RowTerms, RowTerms]] = []

    def _joint(self) -> dict[str, list[int]]:
        """Groups of more than one active variable: those of one are that variable."""
        return {name: places for name, places in self.groups.items() if len(places) > 1}

    def _sets(self) -> list[list[int]]:
        return [*([place] for place in self.active), *self._joint().values()]

    def column_of(self, group: str) -> int | None:
        """Place of a group in the tally, None if nothing in it moves anything."""
        places = self.groups[group]
        if len(places) == 1:
            return self.active.index(places[0])
        if not places:
            return None
        return len(self.active) + list(self._joint()).index(group)

    def run_to(self, samples: int, progress: Callable[[int, float], None]) -> None:
        """Run rows until there are `samples`, screening on the way."""
        screen = min(max(SCREEN_ROWS, self.done), samples)
        if self.done < screen:
            self._run(screen, progress)
            self.screened = screen
            if screen >= SCREEN_ROWS:
                self._drop_unmoved()
        self._run(samples, progress)

    def _run(self, samples: int, progress: Callable[[int, float], None]) -> None:
        for weeks in self.rows.run(self.done, samples, self._sets()):
            self._take(come_by(weeks, self.months))
            self.done += 1
            self.points += len(weeks)
            if len(self._waiting) == _TOGETHER or self.done == samples:
                self._add_up()
            progress(self.done, float(self._means.mean()[-1]))

    def _add_up(self) -> None:
        """Hand the waiting rows to the tallies: many at once cost little more than one."""
        terms, split = zip(*self._waiting, strict=True)
        self.tally.add(joined(terms))
        self.split.add(joined(split))
        self._waiting.clear()

    def _take(self, hits: Hits) -> None:
        """Take one row, ``hits[n_sets + 2, n_months, dice]``."""
        dice = hits.shape[2]
        counts = hits.sum(axis=2)
        self._means.add((counts[0] + counts[-1])[None] / (2.0 * dice), np.array([2.0 * dice]))
        for month, histogram in enumerate(self._counts):
            histogram.add(counts[[0, -1], month], np.full(2, dice))
        split = hit_terms(hits[[0, -1]])
        if self.logit:
            output = np.log((counts + 0.5) / (dice - counts + 0.5))
            terms = exact_terms(output[None, 0], output[None, -1], output[None, 1:-1])
        else:
            output = counts / dice
            terms = hit_terms(hits)
        single = [0, *range(1, len(self.active) + 1), -1]
        self._outputs.append(output[single, self._asked])
        self._waiting.append((terms, split))
        self.moved[self.active] += (hits[1 : len(self.active) + 1] != hits[0]).any(axis=(1, 2))

    def _drop_unmoved(self) -> None:
        """Vary no more what has changed no history."""
        kept = [column for column, place in enumerate(self.active) if self.moved[place]]
        points = [0, *(column + 1 for column in kept), -1]
        self._outputs = [output[points] for output in self._outputs]
        before = {name: self.column_of(name) for name in self.groups}
        self.active = [self.active[column] for column in kept]
        self.groups = {
            name: [place for place in places if self.moved[place]]
            for name, places in self.groups.items()
        }
        self.tally.keep([*kept, *(before[name] or 0 for name in self._joint())])

    def by_salib(self) -> dict[str, npt.NDArray[np.float64]] | None:
        """Return SALib's own indices of the active variables in the month asked about.

        They are of the frequency in the dice as it is: the noise of the dice is in them.

        Returns
        -------
        dict
            ``S1``, ``S1_conf``, ``ST``, ``ST_conf`` (90 %), or None if nothing varies.
        """
        from SALib.analyze import sobol

        outputs = np.concatenate(self._outputs)
        if not self.active or np.ptp(outputs) == 0.0:
            return None
        names = [self.rows.cube.variables[place].name for place in self.active]
        problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
        found = sobol.analyze(
            problem, outputs, calc_second_order=False, conf_level=0.9,
            seed=self._seed % 2**63 + 1,  # SALib takes a seed of 0 for none
        )  # fmt: skip
        return {key: np.asarray(found[key]) for key in ("S1", "S1_conf", "ST", "ST_conf")}

    def probability(self, month: int) -> dict[str, Any]:
        """Return the probability by the end of a month, with both intervals."""
        estimate = float(self._means.mean()[month])
        variance = float(self._means.variance()[month])
        return {
            "estimate": estimate,
            "sampling": list(wilson(estimate, variance, self._means.weight)),
            "ignorance": list(ignorance_interval(self._counts[month])),
        }
