"""The libraries' own checkers on the same functions and derivatives, to see that `check_rules` states them rightly.

None of them needs its own arrays inside: f and its vjp stay what they are, functions of NumPy arrays.
"""

from __future__ import annotations

import numpy as np
from check_rules import RULES, Rule, hips, jax, passed, pytorch


def torch_gradcheck(f, vjp, inputs, seed):
    """torch.autograd.gradcheck with its defaults."""
    import torch

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *tensors):
            arrays = [tensor.numpy().copy()[()] for tensor in tensors]
            out = f(*arrays)
            ctx.known = out, arrays
            return torch.from_numpy(np.array(out))

        @staticmethod
        def backward(ctx, g):
            out, arrays = ctx.known
            return tuple(torch.from_numpy(np.array(v)) for v in vjp(g.numpy().copy()[()], out, *arrays))

    tensors = tuple(torch.from_numpy(np.array(x)).requires_grad_() for x in inputs)
    return passed(torch.autograd.gradcheck(Wrapped.apply, tensors, raise_exception=False))


def jax_check_vjp(f, vjp, inputs, seed):
    """jax.test_util.check_vjp with its defaults, in 64 bits."""
    import jax
    from jax.test_util import check_vjp

    def with_vjp(*xs):
        out = f(*xs)
        return out, lambda g: vjp(g[()], out, *xs)

    try:
        with jax.enable_x64(True):
            check_vjp(f, with_vjp, tuple(inputs))
    except AssertionError:
        return "fail"
    return "pass"


def hips_check_grads(f, vjp, inputs, seed):
    """autograd.test_util.check_grads of HIPS autograd, reverse mode, first order."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    wrapped = primitive(f)
    places = tuple(range(len(inputs)))
    defvjp(wrapped, *[lambda out, *xs, i=i: lambda g: vjp(g, out, *xs)[i] for i in places])
    np.random.seed(seed)
    try:
        check_grads(wrapped, places, modes=["rev"], order=1)(*inputs)
    except AssertionError:
        return "fail"
    return "pass"


def _library(name, verdict, distribution, written_down):
    stated = next(rule for rule in RULES if rule.verdict is written_down)
    return Rule(name, verdict, distribution, stated.most_inputs, stated.name)


HIPS = "HIPS autograd itself"
LIBRARIES = [
    _library("PyTorch itself", torch_gradcheck, "torch", pytorch),
    _library(HIPS, hips_check_grads, "autograd", hips),
    _library("JAX itself", jax_check_vjp, "jax", jax),
]
