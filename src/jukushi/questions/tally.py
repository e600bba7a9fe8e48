"""Adding up what a "why" needs, one part at a time; memory does not grow with histories."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.run import Results
from jukushi.questions import shares
from jukushi.questions.causation import Causation
from jukushi.questions.intervals import ClusterMean, ClusterRatio
from jukushi.questions.locks import LockTable
from jukushi.questions.probability import Probability, draw_starts
from jukushi.questions.stories import Stories
from jukushi.questions.worlds import Design

__all__ = ["Tally"]


class Tally:
    """Sums over the histories of a "why".

    Parameters
    ----------
    case : Case
    design : Design
        The worlds, in the order of the results that are added.
    months : list of str
        Months of the table of locks.

    Attributes
    ----------
    worlds : Probability
        Of the event in each world.
    effects : ClusterMean
        Shapley shares, then but-for effects of the factors, then interactions of pairs.
    against_base : ClusterMean
        Each world's probability less that of its structure's baseline, history by history.
    extra : dict of ClusterMean
        Shapley shares under other structures and readings.
    ways : ClusterRatio
        Shares of quiet histories: by the number of factors that must go, then by smallest set.
    causation : Causation
        Twins that differ by one factor.
    locks : LockTable
    nearest, ratio : int64[n_weeks]
        Histories by the week in which war was nearest, by all gates and by the ratio.
    stories : Stories
    """

    def __init__(self, case: Case, design: Design, months: list[str]) -> None:
        self.design = design
        self.n = len(design.factors)
        self.worlds = Probability(len(design.worlds))
        self.effects = ClusterMean(2 * self.n + len(shares.pairs(self.n)))
        self.bases = np.array(design.bases())
        self.against_base = ClusterMean(len(design.worlds))
        self.extra = {
            key: ClusterMean(int(np.log2(len(places)))) for key, places in design.extra.items()
        }
        self.ways = ClusterRatio(self.n + 2 + len(design.lattice))
        self.causation = Causation(self.n)
        self.locks = LockTable([gate.id for gate in case.doctrines.gates], months)
        self.nearest = np.zeros(case.n_weeks, np.int64)
        self.ratio = np.zeros(case.n_weeks, np.int64)
        self.stories = Stories(self.n)

    def add(self, results: Results) -> None:
        """Add one part."""
        hits = results.events >= 0
        starts = draw_starts(results.first_history, hits.shape[1])
        self.worlds.add(hits, starts)
        self._add_effects(hits, starts)
        lattice = hits[self.design.lattice]
        self._add_ways(lattice, starts)
        self.causation.add(lattice, starts)
        self.locks.add(results.outcome, starts)
        for counts, column in ((self.nearest, "nearest_week"), (self.ratio, "ratio_week")):
            weeks = results.outcome[column]
            counts += np.bincount(weeks[weeks >= 0], minlength=len(counts))
        self.stories.add(results, lattice)

    def _add_effects(self, hits: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> None:
        sizes = np.diff(np.append(starts, hits.shape[1])).astype(np.float64)
        every = np.add.reduceat(hits.astype(np.float64), starts, axis=1) / sizes
        means = every[self.design.lattice]
        effects = [shares.shapley(means), shares.but_for(means), shares.interactions(means)]
        self.effects.add(np.concatenate(effects).T, sizes)
        self.against_base.add((every - every[self.bases]).T, sizes)
        for key, places in self.design.extra.items():
            self.extra[key].add(shares.shapley(every[places]).T, sizes)

    def _add_ways(self, lattice: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> None:
        quiet = ~lattice[0]
        fewest, minimal = shares.minimal_sets(lattice)
        numbers = np.arange(self.n + 2)[:, None] == fewest
        parts = np.concatenate([numbers, minimal]) & quiet
        counts = np.add.reduceat(parts.astype(np.float64), starts, axis=1)
        self.ways.add(counts.T, np.add.reduceat(quiet.astype(np.float64), starts))
