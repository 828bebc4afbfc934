"""ONNX, by jax2onnx."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata, util
from pathlib import Path
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

from ..xla.memory import double
from .flat import flat
from .traced import Open, Traced

_OPSET = 21  # of ONNX 1.16 (2024): what browsers and telephones run today
_NEEDED = ("jax2onnx", "onnx", "onnxruntime")


def onnx(
    f: Callable[..., Any],
    example_inputs: Any,
    path: str | os.PathLike[str],
    dynamic: Open | Sequence[Open] = None,
    *,
    tolerance: float = 1e-5,
) -> None:
    """Write `f`, a function or a module, to the file `path` in the format ONNX, for arguments like the examples.

    Inputs have the names of the parameters of `f`, or of a module's `forward` (of a nest of arrays ``name_0``, ``name_1`` …),
    outputs are ``output_0``, ``output_1`` … in order. A module is written as it is in use (`eval`), with its parameters. The
    file says in its metadata what it was made of, and by which versions.

    Args:
        f: what `autograd.xla.jit` compiles.
        example_inputs: an argument, or a tuple of all of them: arrays, and nests of these. Python's numbers, texts and other
            objects are constants.
        path: of the file.
        dynamic: lengths that are left open: the name of the first axis of all arrays ("batch"), or ``{axis: name}`` for all
            of them, or a tuple with one of these (or None) for each argument. Where a name occurs again the length is the same.
        tolerance: the file is run by onnxruntime on the examples, and on longer ones where a length is open: how far its
            numbers may lie from those of `f`, relative to the largest.

    Raises:
        ImportError: the extra `onnx` is missing.
        UnsupportedError: ONNX, jax2onnx or onnxruntime lack something, a shape depends on numbers, or other numbers came out:
            nothing is written then.
    """
    missing = [name for name in _NEEDED if util.find_spec(name) is None]
    if missing:
        raise ImportError(f"export.onnx needs {', '.join(missing)}: pip install 'chainrule[onnx]'")
    traced = Traced(f, example_inputs, dynamic)
    with traced.compiling("written in ONNX"):
        written = _converted(traced)
        run = _runtime(written)
    traced.compare(run, tolerance)
    Path(path).write_bytes(written)


def _converted(traced: Traced) -> bytes:
    """The bytes of the file."""
    shapes = traced.shapes()
    program = jax.make_jaxpr(traced.run)(*shapes)
    doubles = any(x.dtype == np.float64 for x in (*traced.arrays, *traced.outputs))

    def run(*inputs: Any) -> list[Any]:
        known = set(map(id, inputs))
        return [jnp.copy(x) if id(x) in known else x for x in flat(program, *inputs)]  # no value has two names

    with _converters():
        from jax2onnx import to_onnx

        model: Any = to_onnx(
            run,
            shapes,
            model_name=traced.name,
            opset=_OPSET,
            enable_double_precision=doubles,
            input_names=traced.names,
            output_names=[f"output_{i}" for i in range(len(traced.outputs))],
        )
    model.producer_name, model.producer_version = "chainrule", _version("chainrule")
    known = {"function": traced.name, **{name: _version(name) for name in ("chainrule", "numpy", "jax", "jax2onnx")}}
    for key, text in known.items():
        model.metadata_props.add(key=key, value=text)
    return bytes(model.SerializeToString())


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"


@contextmanager
def _converters() -> Iterator[None]:
    """jax2onnx with what it has for JAX's own operations: what it has for Flax and Equinox takes fifteen seconds to load.

    Its switch of 64 bits is JAX's for all of the process, and stays behind; here it is one of this thread.
    """
    from jax2onnx.converter import conversion_api
    from jax2onnx.plugins import plugin_system

    plugin_system._import_tree(Path(plugin_system.__file__).parent / "jax", "jax2onnx.plugins.jax")
    with (
        mock.patch.object(plugin_system, "_already_imported_plugins", True),
        mock.patch.object(conversion_api, "_force_jax_x64", lambda _: double(True)),  # noqa: PT008 - no test
    ):
        yield


def _runtime(written: bytes) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What onnxruntime computes with the file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])
    names = [x.name for x in session.get_inputs()]
    return lambda arrays: session.run(None, dict(zip(names, arrays, strict=True)))
