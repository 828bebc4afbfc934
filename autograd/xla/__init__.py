"""JAX arrays under NumPy's protocols (extra ``xla``): programs compiled by XLA, on any accelerator. No derivative is here.

The rules are plain NumPy, and compute on whatever array they are given. `array` gives a JAX array, or the tracer that stands
for one while JAX compiles, the face of a NumPy array; `functions` finds JAX's function for NumPy's. So the engine records on
tracers, and forward pass, backward pass and everything around them become one program: `compiled` (`jit`), with `captured`
and `baked` looking for what must not become a constant of it. `mapping` is `vmap`, `scanning` is `scan`, `nests` the arguments
of all. `devices` is many of them, and `launch` one program in many processes.
"""

from __future__ import annotations

from .needed import require

require()

from .array import XlaArray, asarray  # noqa: E402 - after the sentence that says what is missing
from .compiled import jit  # noqa: E402
from .devices import Mesh, mesh  # noqa: E402
from .mapping import vmap  # noqa: E402
from .scanning import scan  # noqa: E402

__all__ = ["Mesh", "XlaArray", "asarray", "jit", "mesh", "scan", "vmap"]
