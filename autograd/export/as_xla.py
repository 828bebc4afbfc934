"""A program of XLA's as a file, which JAX alone runs (`jax.export`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax import export

from ..xla.memory import double
from .traced import Open, Traced


def xla(
    f: Callable[..., Any],
    example_inputs: Any,
    path: str | os.PathLike[str],
    dynamic: Open | Sequence[Open] = None,
    *,
    platforms: Sequence[str] | None = None,
    tolerance: float = 1e-5,
) -> None:
    """Write `f`, a function or a module, to the file `path` as a program of XLA's, for arguments like the examples.

    ``jax.export.deserialize(bytearray(Path(path).read_bytes())).call(*arrays)`` runs it, without this package: the arrays are
    those among the arguments, in order, and what returns is the list of those in the result. 64-bit numbers among them need
    ``jax.enable_x64(True)`` there. The other arguments are those of `onnx`.

    Args:
        f: what `autograd.xla.jit` compiles.
        example_inputs: an argument, or a tuple of all of them.
        path: of the file.
        dynamic: lengths that are left open.
        platforms: where it is to run, such as ("cpu", "cuda"); None: where it is written.
        tolerance: how far the numbers may lie from those of `f`, of the examples and of longer ones, relative to the largest.

    Raises:
        UnsupportedError: as for `onnx`.
    """
    traced = Traced(f, example_inputs, dynamic)
    with traced.compiling("written as a program of XLA's"):
        made = export.export(jax.jit(traced.run), platforms=platforms)(*traced.shapes())
        written = bytes(made.serialize())
    here = jax.default_backend()
    if platforms is None or here in platforms:
        traced.compare(lambda arrays: _called(made, arrays), tolerance)
    Path(path).write_bytes(written)


def _called(made: Any, arrays: Sequence[Any]) -> list[Any]:
    with double(True):
        return [np.asarray(x) for x in made.call(*arrays)]
