"""The opponent solved anew: the best answer that simulation finds to each world of a frontier.

Policies are fitted and judged on histories of another seed than that of the frontier, which
therefore follows them on histories that no fit has seen.
"""

from __future__ import annotations

import hashlib

from jukushi.case.schema import Change
from jukushi.engine.run import Engine
from jukushi.questions.blas import one_thread
from jukushi.questions.opponents import Answer, Solver
from jukushi.questions.policy_value import gain
from jukushi.questions.solve import Sizes, as_decided, horizon_of, solve_hunter
from jukushi.questions.worlds import Structure

__all__ = ["FIT_DRAWS", "JUDGE_DRAWS", "best_answers"]

#: Parameter draws on which a policy is fitted, and judged: fewer than `best` takes, since a
#: frontier needs a policy for every point.
FIT_DRAWS, JUDGE_DRAWS = 256, 128


def best_answers(engine: Engine, structure: Structure) -> Solver:
    """Return what finds the hunter's best answer to a world.

    Parameters
    ----------
    engine : Engine
        Of the frontier; the answers are sought with another seed.
    structure : Structure
        The fixed rule against which an answer is compared.
    """
    apart = Engine(engine.case, _other_seed(engine.seed), engine.threads)
    sizes = Sizes(FIT_DRAWS, JUDGE_DRAWS, horizon_of(engine.case))
    told = len(structure.changes)

    def solve(changes: tuple[Change, ...]) -> Answer:
        # One thread for linear algebra: the matrices are small, and sums keep their order.
        with one_thread():
            solved = solve_hunter(apart, changes, sizes)
            fixed = as_decided(apart, structure, solved, sizes, changes[told:])
        more = gain(solved.evaluation, fixed)
        return Answer(solved.planner.orders(solved.policy), more.mean, more.error)

    return solve


def _other_seed(seed: int) -> int:
    text = f"best answers {seed}".encode()
    return int.from_bytes(hashlib.blake2s(text, digest_size=8).digest(), "little")
