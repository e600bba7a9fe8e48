"""One thread for matrix products: the sizes here are small, and its threads wait for each other.

With as many threads as cores the library of numpy spins while it waits; on a machine with other
work to do a fit then took ten to thirty times as long. And sums come out in another order with
another number of threads: with one, an answer is the same on every machine of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the matrix library to one thread for a while."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
