"""Functions and modules as files that others run: ONNX (extra ``onnx``), or a program of XLA's (extra ``xla``).

`traced` makes one program of a function and its arguments, as `autograd.xla.jit` does; `as_onnx` writes it for ONNX's runtimes,
`as_xla` for whoever has JAX. Both files hold the numbers of the parameters, and need nothing of this package.
"""

from __future__ import annotations

from ..xla.needed import require

require()

from .as_onnx import onnx  # noqa: E402 - after the sentence that says what is missing
from .as_xla import xla  # noqa: E402

__all__ = ["onnx", "xla"]
