"""Where Python becomes machine code: the only file that knows numba's flags.

A *kernel* is a function that numba compiles to machine code. Two things make ours
readable and repeatable at once:

* float literals in a kernel are **single precision**. numba would type the ``1.0`` of
  ``1.0 - x`` as float64 and drag the whole expression to double precision; a small
  compiler pass turns each float literal into float32 instead, so that a law can be
  written as in a textbook. Integer literals are left alone: write ``1.0`` for a number
  and ``1`` for an index.
* no ``fastmath``: nothing is re-associated or contracted, so the same bytes come out on
  any instruction set (measured cost 18 to 30 %, see docs/design/engine.md).

numba's own cache does not notice that a *callee* in another file changed. The cache
folder is therefore named after a hash of all kernel sources.
"""

from __future__ import annotations

import dis
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
import platformdirs
from numba import njit
from numba.core import ir
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.untyped_passes import IRProcessing

__all__ = ["COMPILED", "Scalar", "cache_folder", "kernel", "kernel_sources", "prepare_cache"]

R = TypeVar("R")

#: A number whose type depends on who runs the source: a numpy scalar when compiled, often
#: Python's own number in the reference run. numpy's stubs never let float32 pass for float.
Scalar: TypeAlias = Any

#: False when NUMBA_DISABLE_JIT is set: then every kernel is the plain Python function.
COMPILED = not numba.config.DISABLE_JIT

_PACKAGE = Path(__file__).parent
_SOURCES = (
    "kernel.py",
    "numerics.py",
    "draws.py",
    "dice.py",
    "world",
    "mechanisms",
    "doctrines",
    "war",
    "engine",
)


def kernel_sources() -> list[Path]:
    """Return every file whose change must invalidate the compiled kernels."""
    files: list[Path] = []
    for name in _SOURCES:
        path = _PACKAGE / name
        files += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return files


def _source_hash() -> str:
    digest = hashlib.blake2s(digest_size=8)
    for path in kernel_sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Return the folder that holds the compiled kernels of exactly these sources."""
    root = os.environ.get("JUKUSHI_CACHE") or platformdirs.user_cache_dir("jukushi")
    return Path(root) / "kernels" / _source_hash()


def prepare_cache() -> bool:
    """Point numba at our cache folder; return True if the kernels are already compiled."""
    folder = cache_folder()
    warm = folder.is_dir() and any(folder.rglob("*.nbc"))
    folder.mkdir(parents=True, exist_ok=True)
    numba.config.CACHE_DIR = str(folder)
    return warm


#: Whether the kernels of these sources were found compiled when the package was imported.
CACHE_WAS_WARM = prepare_cache()


@register_pass(mutates_CFG=False, analysis_only=False)
class _SinglePrecisionLiterals(FunctionPass):  # type: ignore[misc]
    """Turn every float literal of a kernel into a float32 constant."""

    _name = "single_precision_literals"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        changed = False
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                if not isinstance(statement, ir.Assign):
                    continue
                value = statement.value
                if isinstance(value, ir.Const | ir.Global | ir.FreeVar) and (
                    type(value.value) is float
                ):
                    statement.value = ir.Const(np.float32(value.value), value.loc)
                    changed = True
        return changed


class _KernelCompiler(CompilerBase):  # type: ignore[misc]
    """numba's own pipeline with the literal pass added after the IR is built."""

    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_SinglePrecisionLiterals, IRProcessing)
        passes.finalize()
        return [passes]


def _is_law(function: Callable[..., object]) -> bool:
    """Tell a law (a formula: no loop) from a mechanism (which holds the loop over lanes)."""
    return not any(step.opname == "FOR_ITER" for step in dis.get_instructions(function))


def kernel(function: Callable[..., R]) -> Callable[..., R]:
    """Compile `function` with the one set of flags that all kernels share.

    To the type checker a kernel takes any arguments, because numpy's scalars are no `float`
    and no `int`: numba itself checks their number and their types when it compiles.

    Parameters
    ----------
    function : callable
        A function of scalars, arrays and records. Float literals become float32.

    Returns
    -------
    callable
        The compiled function, or `function` itself when NUMBA_DISABLE_JIT is set.
    """
    if not COMPILED:
        return function
    compiled: Callable[..., R] = njit(
        error_model="numpy",  # without it every division hides a branch: 6 to 8 times slower
        nogil=True,  # blocks are run by a pool of threads
        cache=True,
        pipeline_class=_KernelCompiler,
        # A law left as a call would keep the loop of its mechanism from vectorising.
        forceinline=_is_law(function),
    )(function)
    return compiled
