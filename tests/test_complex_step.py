"""A second oracle for the table's rows: the complex step, which knows a derivative to its last digits.

For a function that is analytic, and real for real arguments, Im f(x + ihv)/h is the derivative along v without any
difference being taken, so that h may be as small as 1e-30 (W. Squire and G. Trapp, SIAM Review 40 (1998), 110-112). For
others it is silently wrong. Hence a list of the rows for which it holds; the finite differences of `test_table` check
all rows, to seven digits.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value
from autograd.engine import backward
from autograd.rules.op import Op
from tests.samples import ANY, SAMPLES, Sample, draw
from tests.samples_numpy import SAMPLES as MORE_SAMPLES
from tests.samples_scipy import SAMPLES as SCIPY_SAMPLES
from tests.samples_scipy import TRANSFORMED

STEP = 1e-30
TOLERANCE = 1e-13  # of the sum of the absolute values of what is added up

# Selections are here too: NumPy orders complex numbers by their real parts first. solve_sylvester is not: where a real
# matrix has complex eigenvalues its Schur form is complex, and the step drowns in the rounding of imaginary parts.
ANALYTIC = set("""
    negative positive square exp sin cos sinh cosh tanh arctan arcsinh expm1 exp2 sqrt log log2 log10 log1p reciprocal
    tan arcsin arccos arctanh arccosh sinc relu add subtract multiply divide over chain power float_power maximum
    minimum fmax fmin where clip mean prod max min amax amin ptp median average logsumexp softmax log_softmax cumsum
    cumprod cumulative_sum cumulative_prod nansum nanprod nanmean nanmax nanmin nanmedian nancumsum nancumprod reshape
    transpose matrix_transpose broadcast_to expand_dims squeeze swapaxes moveaxis rollaxis flip fliplr flipud rot90
    roll concatenate stack split array_split hsplit vsplit dsplit unstack hstack vstack dstack column_stack row_stack
    block append delete insert resize trim_zeros ravel tile repeat pad tril triu copy atleast_1d atleast_2d atleast_3d
    broadcast_arrays meshgrid select choose piecewise extract compress getitem scatter assign take take_along_axis
    sort diagonal diag diagflat trace apply_along_axis apply_over_axes diff ediff1d gradient trapezoid trapz convolve
    polyval vander polymul polyadd polysub polyder polyint polyfit linspace logspace geomspace matmul dot outer
    tensordot einsum inner matvec kron cross multi_dot inv det cofactors solve matrix_power tensorinv tensorsolve
    fftshift ifftshift nan_to_num
""".split())  # fmt: skip

ANALYTIC_SCIPY = set("""
    rgamma loggamma psi digamma erf erfc erfcx erfi dawsn ndtr log_ndtr xlogy xlog1py exp1 hyp1f1 hyp2f1 softmax
    log_softmax iv kv kve spherical_in spherical_kn norm.cdf norm.logcdf norm.logpdf norm.logsf norm.pdf norm.sf
    expon.logpdf expon.pdf expon.cdf expon.sf expon.logcdf expon.logsf uniform.logpdf uniform.pdf uniform.cdf
    uniform.sf uniform.logcdf uniform.logsf lognorm.logpdf lognorm.pdf solve_banded sqrtm expm sinhm
    coshm block_diag solve inv det convolve lfilter sparse_product spsolve
""".split())  # fmt: skip
FIRST_ORDER = {
    "median": "of complex numbers it is NumPy's own, which is not differentiable: a quantile of them is not defined",
    "nanmedian": "the same",
    "psi": "its rule's own function, zeta, refuses complex numbers",
    "digamma": "the same",
    "relu": "its rule's own function, sign, is z/|z| of complex numbers",
    "sqrtm": "solving its Sylvester equation twice amplifies rounding beyond the tolerance",
}

NUMPY_SAMPLES = SAMPLES + MORE_SAMPLES
DIRECT = [s for s in SCIPY_SAMPLES if s not in TRANSFORMED]  # the step drowns in the rounding of a Fourier transform
ALLOWED = [s for s in NUMPY_SAMPLES if s.name in ANALYTIC] + [s for s in DIRECT if s.name in ANALYTIC_SCIPY]


def arguments(sample, seed):
    """Real arguments, the same moved by the complex step, and the direction."""
    shapes = sample.shapes or ((2, 3), (3,), (2, 1))[: len(sample.domains)]
    args = draw(sample, shapes, seed)
    rng = np.random.default_rng(seed)
    direction = [rng.normal(size=np.shape(x)) for x in args]
    return args, [(x + 1j * STEP * v)[()] for x, v in zip(args, direction, strict=True)], direction


def imaginary(array):
    """Im/h of a complex result; a real one says that the function is not analytic."""
    assert np.iscomplexobj(array), "a real result for complex arguments: the function is not analytic"
    return np.imag(array) / STEP


def gradients(call, args, cotangent, create_graph=False):
    """The arguments as `Value`s, and the gradients of Σ cotangent · call(*args)."""
    values = [Value(x) for x in args]
    out = call(*values)
    seed = cotangent.astype(out.dtype)[()]
    return values, backward.grad(out, values, seed, create_graph=create_graph, allow_unused=True)


def same_sum(computed, expected):
    """Whether two lists of arrays have the same sum, up to the rounding of their terms."""
    a, b = (np.concatenate([np.ravel(x) for x in terms]) for terms in (computed, expected))
    return abs(a.sum() - b.sum()) <= TOLERANCE * (np.abs(a).sum() + np.abs(b).sum())


def first_order(sample, seed):
    args, moved, direction = arguments(sample, seed)
    weights = np.random.default_rng(seed + 1).normal(size=np.shape(sample.call(*args)))
    _, found = gradients(sample.call, args, weights)
    return same_sum([g * v for g, v in zip(found, direction, strict=True)], [weights * imaginary(sample.call(*moved))])


def second_order(sample, seed):
    """The rules themselves, run on complex arrays, against their own derivatives."""
    args, moved, direction = arguments(sample, seed)
    rng = np.random.default_rng(seed + 1)
    weights = rng.normal(size=np.shape(sample.call(*args)))
    others = [rng.normal(size=np.shape(x)) for x in args]
    _, at_moved = gradients(sample.call, moved, weights)
    values, found = gradients(sample.call, args, weights, create_graph=True)
    total = sum(((g * u).sum() for g, u in zip(found, others, strict=True)), 0 * values[0].sum())
    second = backward.grad(total, values, allow_unused=True)
    return same_sum(
        [h * v for h, v in zip(second, direction, strict=True)],
        [imaginary(g) * u for g, u in zip(at_moved, others, strict=True)],
    )


@pytest.mark.parametrize("sample", ALLOWED, ids=str)
def test_first_derivative_to_the_last_digits(sample):
    for seed in range(3):
        assert first_order(sample, seed)


@pytest.mark.parametrize("sample", [s for s in ALLOWED if s.name not in FIRST_ORDER], ids=str)
def test_second_derivative_to_the_last_digits(sample):
    for seed in range(3):
        assert second_order(sample, seed)


@pytest.mark.parametrize("name", ["absolute", "var", "std", "norm", "vdot", "conjugate", "correlate"])
def test_a_row_that_is_not_analytic_would_fail(name):
    assert name not in ANALYTIC
    sample = next(s for s in NUMPY_SAMPLES if s.name == name)
    with pytest.raises(AssertionError):
        assert first_order(sample, 0)


def test_the_last_digits_count():
    nearly = Op(np.sin, lambda g, out, x: g * np.cos(x) * (1 + 1e-11))
    assert not first_order(Sample("nearly", nearly, (ANY,)), 0)
    nearly_twice = Op(np.sin, lambda g, out, x: g * (np.cos(x) + 1e-11 * np.square(getattr(x, "data", x))))
    assert not second_order(Sample("nearly, twice", nearly_twice, (ANY,)), 0)


def test_every_name_on_the_list_has_a_sample():
    assert {s.name for s in NUMPY_SAMPLES} >= ANALYTIC
    assert {s.name for s in SCIPY_SAMPLES} >= ANALYTIC_SCIPY
