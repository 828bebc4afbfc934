"""The same compositions by JAX, where it has the transformation; rules of one's own are plain functions there."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from .compose import OUTER, compose, expected, run
from .kinds import KINDS, Run, Transform

jax.config.update("jax_enable_x64", True)


def total(f: Any) -> Any:
    return lambda *zs: jnp.sum(f(*zs))


def whole(f: Any) -> Any:
    return lambda *zs: f(*zs) + jnp.zeros_like(zs[0])


def along(matrix: Any, x: Any) -> Any:
    return jnp.sum(matrix, axis=tuple(range(matrix.ndim - x.ndim, matrix.ndim)))


def holomorphic(x: Any) -> bool:
    return bool(jnp.iscomplexobj(x))


def slope(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return jax.grad(lambda *zs: total(f)(*zs), holomorphic=holomorphic(p[0]))(*p)


def one(f: Any, p: list[Any]) -> Any:
    return lambda z: whole(f)(z, *p[1:])


def curvature(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return jax.jvp(jax.grad(total(one(f, p))), (p[0],), (m[0],))[1]


def matrix(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return along(jax.jacobian(one(f, p), holomorphic=holomorphic(p[0]))(p[0]), p[0])


def second_matrix(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return along(jax.hessian(total(one(f, p)))(p[0]), p[0])


def pulled(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return jax.vjp(one(f, p), p[0])[1](m[0])[0]


def pushed(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return jax.jvp(one(f, p), (p[0],), (m[0],))[1]


def linearized(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return jax.linearize(one(f, p), p[0])[1](m[0])


def itself(f: Any, p: list[Any], m: list[Any], t: Transform) -> Any:
    return whole(f)(*p)


RUN: dict[str, Run] = {
    "third derivative": lambda f, p, m, t: jax.grad(total(jax.grad(total(jax.grad(total(one(f, p)))))))(p[0]),
    "checkpoint": lambda f, p, m, t: jax.checkpoint(whole(f))(*p),
    "grad of a checkpoint": lambda f, p, m, t: jax.grad(total(jax.checkpoint(f)))(*p),
    "jvp": pushed, "make_jvp": pushed, "vjp": pulled, "make_vjp": pulled, "linearize": linearized, "hvp": curvature,
    "jacobian": matrix, "hessian": second_matrix, "deriv": slope, "elementwise_grad": slope,
    "value of value_and_grad": itself, "to complex and back": itself,
} | {name: slope for name in KINDS if name.startswith("grad") and "aux" not in name and name != "grad of a checkpoint"} | {
    name: itself for name in KINDS if name.startswith(("custom_vjp", "primitive", "checkpoint in"))
}  # fmt: skip


def run_of(kind: str) -> Run:
    """How JAX writes a kind."""
    if kind not in RUN:
        raise NotImplementedError(kind)
    return RUN[kind]


def compared(seed: int) -> tuple[str | None, str]:
    """What is wrong with the exact derivative of a composition, by JAX's of it; and whether it was asked at all."""
    expr, outer, env = compose(seed)
    names = OUTER[outer].names
    f: Any = run(expr)
    given = {name: jnp.asarray(x) for name, x in env.items()}
    try:
        found = _derivative(f, names, given)
    except NotImplementedError:
        return None, "has no such transformation"
    right = expected(expr, names, env)
    tolerance = 2e-3 if env["x"].dtype == np.float32 else 1e-8
    if np.all(np.abs(found - right) <= tolerance * (1 + np.max(np.abs(right), initial=0.0))):
        return None, "agrees"
    return f"{right} for JAX's {found}", "differs"


def _derivative(f: Any, names: str, env: Any) -> Any:
    """Element by element, with respect to the variables one after the other: forward mode."""
    if not names:
        return f(env)
    *rest, last = names
    lower = lambda x: _derivative(f, "".join(rest), {**env, last: x})
    return jax.jvp(lower, (env[last],), (jnp.ones_like(env[last]),))[1]
