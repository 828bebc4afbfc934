"""A program of JAX's as its operations, one after the other: calls opened, and what does not depend on an input computed.

jax2onnx exchanges functions of `jax.numpy` for its own while it traces, which compute in other precisions in places; it sees
none of these here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

_CALLS = frozenset({"jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call", "remat2", "checkpoint"})


def flat(program: ClosedJaxpr, *inputs: Any) -> list[Any]:
    """The outputs of the program."""
    return _run(program.jaxpr, program.consts, inputs)


def _run(program: Jaxpr, constants: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    found: dict[Any, Any] = dict(zip(program.constvars, map(np.asarray, constants), strict=True))
    found.update(zip(program.invars, inputs, strict=True))

    def read(x: Any) -> Any:
        value = x.val if isinstance(x, Literal) else found[x]
        return value if isinstance(value, jax.core.Tracer) else np.asarray(value, x.aval.dtype)

    for step in program.eqns:
        found.update(zip(step.outvars, _outputs(step, [read(x) for x in step.invars]), strict=True))
    return [read(x) for x in program.outvars]


def _outputs(step: Any, given: list[Any]) -> Sequence[Any]:
    if step.primitive.name in _CALLS:
        inner = step.params["call_jaxpr" if "call_jaxpr" in step.params else "jaxpr"]
        return _run(inner.jaxpr, inner.consts, given)
    if not any(isinstance(x, jax.core.Tracer) for x in given) and _is_known(step):
        with jax.ensure_compile_time_eval():
            return _bound(step, given)
    return _bound(step, given)


def _is_known(step: Any) -> bool:
    """Whether no length is left open in an operation: in its result, or what it is told."""
    return step.primitive.name != "dim_as_value" and all(n.__class__ is int for x in step.outvars for n in x.aval.shape)


def _bound(step: Any, given: list[Any]) -> Sequence[Any]:
    results = step.primitive.bind(*given, **step.params)
    return results if step.primitive.multiple_results else [results]
