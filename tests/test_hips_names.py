"""The names of HIPS autograd's modules: all can be imported, what can work works, and the rest says what to use instead."""

from __future__ import annotations

import importlib
import subprocess
import sys
import warnings
from typing import NamedTuple

import numpy as onp
import pytest

import autograd
import autograd.numpy as np
from autograd import UnsupportedError, Value, builtins, core, extend, grad, misc, tracer, util, wrap_util
from autograd.misc.tracers import const_graph, full_graph
from autograd.numpy import numpy_jvps, numpy_vjps, numpy_vspaces, numpy_wrapper
from autograd.scipy.stats import multivariate_normal

X = onp.array([0.3, -0.8, 1.1])
close = onp.testing.assert_allclose

# The public names of HIPS autograd 1.9.1 that programs import, by module.
NAMES = {
    "": "Value builtins core dict differential_operators extend isinstance list misc numpy test_util tracer tuple type util "
    "wrap_util",
    "builtins": """Box ContainerVSpace DictBox DictVSpace ListVSpace NamedTupleVSpace SequenceBox SequenceVSpace SparseObject
    TupleVSpace VSpace container_take container_untake defjvp defjvp_argnum defvjp defvjp_argnum dict dict_ isinstance
    isinstance_ list list_ make_sequence notrace_primitive primitive sequence_extend_left sequence_extend_right subvals tuple
    tuple_ type type_ vspace""",
    "core": """Box JVPNode Node SparseBox SparseObject VJPNode VSpace add_outgrads backward_pass def_linear defjvp
    defjvp_argnum defjvp_argnums defvjp defvjp_argnum defvjp_argnums deprecated_defgrad deprecated_defvjp
    deprecated_defvjp_is_zero func getval identity_jvp identity_vjp isbox make_jvp make_vjp primitive primitive_
    primitive_jvps primitive_vjps primitive_with_deprecation_warnings sparse_add subval sum_outgrads toposort trace vspace""",
    "differential_operators": """checkpoint defvjp_argnum deriv elementwise_grad grad grad_and_aux grad_named hessian
    hessian_tensor_product hessian_vector_product holomorphic_grad jacobian make_ggnvp make_hvp make_jvp make_jvp_reversemode
    make_vjp multigrad_dict primitive tensor_jacobian_product unary_to_nary value_and_grad vector_jacobian_product vspace""",
    "extend": """Box JVPNode SparseObject VJPNode VSpace def_linear defjvp defjvp_argnum defjvp_argnums defvjp defvjp_argnum
    defvjp_argnums notrace_primitive primitive register_notrace vspace""",
    "test_util": """EPS RTOL TOL check_equivalent check_grads check_jvp check_vjp combo_check get_name make_jvp
    make_numerical_jvp make_vjp scalar_close unary_to_nary vspace""",
    "tracer": """Box Node TraceStack find_top_boxed_args getval isbox new_box notrace_primitive notrace_primitives primitive
    register_notrace subvals toposort trace trace_primitives_map trace_stack wraps""",
    "util": "flatten func quick_grad_check subval subvals toposort",
    "wrap_util": "get_doc get_name subvals unary_to_nary wrap_nary_f wraps",
    "misc": "const_graph fixed_points flatten optimizers tracers",
    "misc.fixed_points": "fixed_point",
    "misc.flatten": "flatten flatten_func",
    "misc.optimizers": "adam flatten rmsprop sgd unflatten_optimizer wraps",
    "misc.tracers": "FullGraphNode Node const_graph const_graph_unary full_graph subvals toposort trace wraps",
    "numpy": """array_from_args c_ concatenate_args fft linalg make_diagonal metadata numpy_boxes numpy_jvps numpy_vjps
    numpy_vspaces numpy_wrapper parse_einsum_input r_ random vectorize wrap_intdtype wrap_namespace""",
    "numpy.linalg": "T norm solve wrap_namespace",
    "numpy.numpy_boxes": "ArrayBox Box SequenceBox",
    "numpy.numpy_jvps": "broadcast def_linear fwd_grad_chooser match_complex replace_zero untake",
    "numpy.numpy_vjps": """balanced_eq grad_chooser match_complex repeat_to_match_shape replace_zero unbroadcast unbroadcast_f
    untake""",
    "numpy.numpy_vspaces": "ArrayVSpace ComplexArrayVSpace",
    "numpy.numpy_wrapper": "array concatenate_args metadata parse_einsum_input sin wrap_intdtype wrap_namespace",
    "scipy": "integrate linalg signal special stats",
    "scipy.stats": "beta chi2 dirichlet gamma multivariate_normal norm poisson t",
    "scipy.stats.multivariate_normal": "covgrad entropy generalized_outer_product logpdf pdf solve",
}


@pytest.mark.parametrize("module", NAMES)
def test_names(module):
    found = importlib.import_module(f"autograd.{module}".rstrip("."))
    assert [name for name in NAMES[module].split() if not hasattr(found, name)] == []
    assert not hasattr(found, "no_such_name")


def test_submodules_are_attributes():
    code = (
        "import autograd; print(autograd.core.getval(1), autograd.builtins.dict(), autograd.numpy.numpy_boxes.ArrayBox.__name__,"
        " autograd.misc.tracers.__name__, 'core' in dir(autograd), 'grad' in dir(autograd))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["1", "{}", "Value", "autograd.misc.tracers", "True", "True"]
    with pytest.raises(AttributeError, match="'autograd' has no attribute 'nonsense'"):
        autograd.nonsense


# -- what can work works -----------------------------------------------------------------------------------------


def test_containers():
    assert grad(lambda x: np.sum(builtins.container_take([x, 2 * x], 1)))(1.0) == 2.0
    assert grad(lambda x: np.sum(builtins.make_sequence(tuple, x, x * x)[1]))(3.0) == 6.0
    assert builtins.sequence_extend_right([1], 2, 3) == [1, 2, 3]
    assert builtins.sequence_extend_left((1,), 2, 3) == (2, 3, 1)
    space = builtins.vspace([X, 2.0])
    close(builtins.container_untake(1.0, 1, space)[0], 0 * X)
    assert builtins.container_untake(1.0, 1, space)[1] == 1.0
    assert builtins.container_untake(5.0, "b", builtins.vspace({"a": 1.0, "b": 2.0})) == {"a": 0.0, "b": 5.0}
    assert isinstance([1], builtins.SequenceBox)
    assert isinstance(Value(1.0), extend.Box)
    assert not isinstance(1.0, extend.Box)
    assert type(Value(1.0)) is np.numpy_boxes.ArrayBox
    assert isinstance({}, builtins.DictBox)
    assert not isinstance(X, (builtins.SequenceBox, builtins.DictBox))
    seen = []

    def f(d):
        seen.extend([autograd.isinstance(d, autograd.dict), autograd.type(d["a"]) is onp.ndarray])
        return np.sum(autograd.dict(d)["a"]) + autograd.list(autograd.tuple((d["b"], 1.0)))[0]

    assert grad(f)({"a": X, "b": 2.0})["b"] == 1.0
    assert seen == [True, True]


def test_util():
    assert util.subvals([1, 2, 3], [(0, 5), (2, 7)]) == (5, 2, 7)
    assert util.subval((1, 2), 1, 9) == (1, 9)
    assert util.func(len) is len
    graph = {"d": ["b", "c"], "b": ["a"], "c": ["a"], "a": []}
    order = list(util.toposort("d", graph.__getitem__))
    assert order[0] == "d"
    assert order[-1] == "a"
    assert sorted(order) == list("abcd")
    x = Value(2.0)
    y = x * x + x
    assert [node.op.name if node.op else "leaf" for node in core.toposort(y)] == ["add", "multiply", "leaf"]
    util.quick_grad_check(lambda x, k: np.sum(np.sin(x)) * k, X, extra_args=(3.0,), verbose=False)
    with pytest.raises(AssertionError, match="VJP"):
        util.quick_grad_check(lambda x: np.sum(x * np.array(tracer.getval(x))), X)


def test_wrap_util():
    assert wrap_util.get_name(len) == "len"
    assert wrap_util.get_name(3) == "[unknown name]"
    assert wrap_util.get_doc(type("C", (), {"__doc__": None})) == ""

    def f(x): ...

    named = wrap_util.wrap_nary_f(f, grad, 0)(lambda x: x)
    assert named.__name__ == "grad_of_f_wrt_argnum_0"
    assert "grad of the function f" in named.__doc__
    with pytest.raises(TypeError, match="argnum"):
        wrap_util.unary_to_nary(grad)(f, "x")


def test_core_transforms():
    square = lambda x: x**2
    pull, y = core.make_vjp(square, X)
    close(y, X**2)
    close(pull(onp.ones(3)), 2 * X)
    close(core.make_jvp(square, X)(X)[1], 2 * X**2)
    close(core.make_jvp(square, 2)(1.0)[1], 4.0)  # an integer is a point here, not an argument number
    value, node = core.trace(core.VJPNode.new_root(), square, X)
    close(value, X**2)
    close(core.backward_pass(onp.ones(3), node), 2 * X)
    value, node = core.trace(core.JVPNode.new_root(X), square, X)
    close(node.g, 2 * X**2)
    close(core.sum_outgrads([X, X, X]), 3 * X)
    assert core.sum_outgrads([]) is None
    close(core.add_outgrads((X, False), X)[0], 2 * X)
    sparse = extend.SparseObject(core.vspace(X), lambda a: a + onp.eye(3)[1])
    close(core.sparse_add(core.vspace(X), X, sparse), X + onp.eye(3)[1])
    close(core.sum_outgrads([X, sparse]), X + onp.eye(3)[1])
    close(core.identity_vjp((0,), X)(X), X)
    close(core.identity_jvp(X), X)
    matrix = autograd.differential_operators.make_jvp_reversemode(lambda a, b: a * b, 1)(X, 2.0)(3.0)
    close(matrix, 3 * X)
    pull, _ = autograd.make_vjp(lambda a, b: a * b, (0, 1))(X, 2.0)
    close(pull(onp.ones(3))[0], 2.0)
    close(pull(onp.ones(3))[1], X.sum())


def test_graphs():
    f = const_graph(lambda x: np.sin(x) * 2)
    close(f(X), 2 * onp.sin(X))
    close(misc.const_graph(lambda a, x: a * x, 2.0)(X), 2 * X)
    end = full_graph(lambda x, y: np.sin(x) * y, 2.0, 3.0)
    function, arguments, keywords, parents = end.recipe
    assert function is onp.multiply
    close(end.value, 3 * onp.sin(2))
    close(function(*arguments, **keywords), end.value)
    assert [i for i, _ in parents] == [0, 1]
    assert parents[0][1].recipe[0] is onp.sin
    assert parents[0][1].recipe[3][0][1].value == 2.0
    assert full_graph(lambda x: 1.0, X) is None


@pytest.mark.parametrize("pieces", [
    lambda a: (a, 1.0, a * a), lambda a: (a, slice(0, 3)), lambda a: ("0,2", a, a), lambda a: ("-1", a, 2), lambda a: a,
    lambda a: ("0,2,0", a, a), lambda a: ("1,3,1", a, a), lambda a: (slice(0, 1, 3j), a, a[0]), lambda a: ([a[0], 2.0], a),
    lambda a: (a[:, None] * a, a[:, None]), lambda a: (a[None], a[None]),
])  # fmt: skip
@pytest.mark.parametrize("name", ["r_", "c_"])
def test_r_and_c(name, pieces):
    def of(module):
        return lambda a: getattr(module, name)[pieces(a)]

    try:
        plain = of(onp)(X)
    except ValueError:
        with pytest.raises(ValueError):
            grad(lambda a: np.sum(of(np)(a)))(X)
        return
    recorded = of(np)(Value(X))
    assert recorded.dtype == plain.dtype
    onp.testing.assert_array_equal(recorded.data, plain)
    weights = onp.arange(1.0, plain.size + 1).reshape(plain.shape)
    step = [(of(onp)(X + 1e-6 * e) - of(onp)(X - 1e-6 * e)) / 2e-6 for e in onp.eye(3)]
    close(grad(lambda a: np.sum(of(np)(a) * weights))(X), [(d * weights).sum() for d in step], rtol=1e-6)


def test_r_keeps_precision_and_refuses_matrices():
    a = Value(X.astype(onp.float32))
    assert np.r_[a, 1.0].dtype == onp.r_[a.data, 1.0].dtype == onp.float32
    assert np.r_[a, onp.ones(1)].dtype == onp.float64
    assert isinstance(np.r_[1, 2], onp.ndarray)
    assert len(np.r_) == 0
    with pytest.raises(UnsupportedError, match="matrix"):
        np.r_["r", a]


def test_where():
    condition, x, y = onp.array([True, False, True]), X, onp.ones(3)
    for call in (
        lambda: np.where(condition, x, y), lambda: np.where(condition, x, y=y), lambda: np.where(condition, x=x, y=y),
    ):  # fmt: skip
        onp.testing.assert_array_equal(call(), onp.where(condition, x, y))
    onp.testing.assert_array_equal(np.where(condition), [[0, 2]])
    assert (np.where(True, 1, 2), np.where(False, 1, 2.5), np.where(True, [1, 2], [3, 4])) == (1, 2.5, [1, 2])
    assert isinstance(np.where([True], [onp.float64(1)], [2]), onp.ndarray)
    close(grad(lambda x: np.sum(np.where(condition, x, 2 * x)))(X), [1, 2, 1])
    close(grad(lambda x: np.sum(np.where(condition, [x[0], x[1], x[2]], y=0.0)))(X), [1, 0, 1])
    close(grad(lambda x: np.sum(np.where([True, False], [x[0], x[1]], [x[2], x[2]])))(X), [1, 0, 1])
    for wrong in ({"x": 1}, {"x": 1, "z": 2}):
        with pytest.raises(TypeError):
            np.where(condition, **wrong)
    with pytest.raises(TypeError):
        np.where(condition, x, x=y)


def test_append():
    close(grad(lambda b: np.sum(np.append([b, 2 * b], 1.0) * onp.array([1.0, 2, 3])))(2.0), 5.0)
    close(grad(lambda b: np.sum(np.append([[b, 1.0]], [[b * b, b]], axis=0)))(2.0), 6.0)
    close(grad(lambda x: np.sum(np.append(x, [x[0], 3.0])))(X), [2, 1, 1])
    onp.testing.assert_array_equal(np.append([1, 2], 3), [1, 2, 3])


def test_vectorize():
    @np.vectorize
    def step(x, y):
        """A function of numbers."""
        return x * y if x > y else y**2

    def expected(x, y):
        return onp.where(x > y, x * y, y**2)

    assert step.__doc__ == "A function of numbers."
    close(step(X, 0.5), expected(X, 0.5))
    close(step(X[:, None], X), expected(X[:, None], X))
    gx, gy = grad(lambda x, y: np.sum(step(x, y)), (0, 1))(X, 0.5)
    close(gx, onp.where(X > 0.5, 0.5, 0))
    close(gy, onp.where(X > 0.5, X, 1.0).sum())
    close(grad(lambda a: np.sum(np.vectorize(lambda t: a * t)(X)))(2.0), X.sum())  # a Value from outside alone
    both = np.vectorize(lambda t: (t, t * t))
    close(grad(lambda x: np.sum(both(x)[1]))(X), 2 * X)
    poly = np.vectorize(lambda x, c: c[0] + c[1] * x, excluded={1})
    close(grad(lambda c: np.sum(poly(X, c)))(onp.ones(2)), [3, X.sum()])
    named = np.vectorize(lambda x, y=1.0: x * y)
    close(grad(lambda y: np.sum(named(X, y=y)))(2.0), X.sum())
    assert np.vectorize(lambda x: int(x), otypes=[float])(X).dtype == float
    assert np.vectorize(otypes=[float])(lambda x: int(x))(X).dtype == float
    assert np.vectorize(lambda x: x, otypes=[float])(onp.ones(0)).shape == (0,)
    assert np.vectorize(lambda v: v.sum(), signature="(n)->()")(onp.ones((2, 3))).tolist() == [3, 3]
    with pytest.raises(UnsupportedError, match="signature"):
        np.vectorize(lambda v: v.sum(), signature="(n)->()")(Value(X))


def test_numpy_wrapper():
    space: dict = {}
    numpy_wrapper.wrap_namespace({"double": lambda x: 2 * x, "sin": onp.sin, "pi": onp.pi, "f8": onp.float64}, space)
    assert space["pi"] is onp.pi
    assert space["sin"] is onp.sin
    assert isinstance(space["double"], extend.primitive)
    with pytest.raises(NotImplementedError, match="double|lambda"):
        grad(space["double"])(1.0)
    integer = np.wrap_intdtype(onp.int64)
    assert integer(Value(3.0)) == 3
    assert isinstance(integer(2), onp.int64)
    assert np.parse_einsum_input("ij,j", onp.eye(2), Value(X[:2]))[:2] == ("ij,j", "i")
    assert np.metadata(Value(X)) == ((3,), 1, onp.float64, False)
    close(grad(lambda x: np.sum(np.concatenate_args(0, x, x * x)))(X), 1 + 2 * X)
    assert grad(lambda t: np.linalg.norm([t, 2 * t]))(2.0) == pytest.approx(5**0.5)
    assert np.linalg.T(onp.ones((2, 3, 4))).shape == (2, 4, 3)


def test_rules_that_rules_call():
    v = numpy_vjps
    close(v.match_complex(1.0, 1 + 2j), 1.0)
    assert v.match_complex(1j, 1.0) == 1 + 0j
    close(v.match_complex(X, X), X)
    close(v.balanced_eq(onp.array([1.0, 2, 2]), onp.array([2.0, 2, 2]), onp.array([2.0, 1, 2])), [0, 1, 0.5])
    close(v.replace_zero(onp.array([0.0, 3]), 1.0), [1, 3])
    close(grad(lambda x: np.sum(v.replace_zero(x, 1.0)))(onp.array([0.0, 3])), [0, 1])
    close(v.untake(onp.array([1.0, 2, 3]), onp.array([0, 0, 2]), core.vspace(onp.zeros(4))), [3, 0, 3, 0])
    assert numpy_jvps.broadcast(X, onp.zeros((2, 3), complex)).dtype == complex
    assert v.repeat_to_match_shape(2.0, (), float, None, False) == (2.0, 1)


@pytest.mark.parametrize(("axis", "n"), [(None, 6), (0, 2), (1, 3), ((0, 1), 6)])
def test_rules_of_reductions(axis, n):
    a, tangent = onp.array([[1.0, 3, 3], [3, 0, 2]]), onp.arange(6.0).reshape(2, 3)
    g, repeats = numpy_vjps.repeat_to_match_shape(onp.sum(a, axis=axis), a.shape, a.dtype, axis, False)
    assert repeats == n
    close(g, onp.broadcast_to(onp.sum(a, axis=axis, keepdims=True), a.shape))
    largest = lambda z: np.max(z, axis=axis)
    top = largest(a)
    close(numpy_vjps.grad_chooser(top, a, axis=axis)(onp.ones_like(top)), grad(lambda z: np.sum(largest(z)))(a))
    close(numpy_jvps.fwd_grad_chooser(tangent, top, a, axis=axis), autograd.make_jvp(largest)(a)(tangent)[1])


def test_normal_distribution():
    rng = onp.random.default_rng(0)
    root = rng.normal(size=(3, 3))
    cov, mean = root @ root.T + onp.eye(3), rng.normal(size=3)
    triangle = grad(multivariate_normal.logpdf, 2)(X, mean, cov)  # of the triangle that is read, where covgrad shares
    close(multivariate_normal.covgrad(X, mean, cov), (triangle + triangle.T) / 2, rtol=1e-10)
    close(multivariate_normal.generalized_outer_product(X), onp.outer(X, X))
    close(multivariate_normal.generalized_outer_product(root), root @ root.T)
    close(multivariate_normal.solve(True)(cov, X), multivariate_normal.solve(False)(cov, X))
    with pytest.raises(NotImplementedError, match="singular"):
        multivariate_normal.covgrad(X, mean, cov, allow_singular=True)


class Pair(NamedTuple):
    first: object
    second: object


@pytest.mark.parametrize("value", [
    2.0, 3, onp.float32(1), X, X + 1j, X.astype(onp.float32), [X, 2.0], (1.0, {"a": X, "b": 1j}), Pair(X, [1.0]), {}, Value(X),
    {"k": onp.ones((2, 2), onp.complex64)},
])  # fmt: skip
def test_vector_spaces(value):
    space = extend.vspace(value)
    assert space == extend.vspace(value)
    assert hash(space) == hash(extend.vspace(value))
    basis = list(space.standard_basis())
    assert len(basis) == space.size
    zeros, noise = space.zeros(), space.randn()
    assert extend.vspace(zeros) == extend.vspace(noise) == extend.vspace(space.ones()) == space
    for i, a in enumerate(basis):
        assert [float(space.inner_prod(a, b)) for b in basis] == [float(i == j) for j in range(len(basis))]
    total = zeros
    for unit in basis:
        total = space.mut_add(total, space.scalar_mul(unit, space.inner_prod(unit, noise)))
    for a, b in zip(space.standard_basis(), basis, strict=True):
        assert space.inner_prod(a, total) == pytest.approx(float(space.inner_prod(b, noise)), rel=1e-6)
    ones = sum(float(space.inner_prod(space.ones(), unit)) for unit in basis)
    assert ones == space.size
    doubled = space.covector(space.covector(space.add(noise, noise)))
    assert all(
        space.inner_prod(u, doubled) == pytest.approx(2 * float(space.inner_prod(u, noise)), rel=1e-6) for u in basis
    )
    close(space.mut_add(None, 1.0), 1.0)


def test_array_spaces():
    assert isinstance(core.vspace(X), numpy_vspaces.ArrayVSpace)
    assert isinstance(core.vspace(1j), numpy_vspaces.ComplexArrayVSpace)
    assert (core.vspace(X).ndim, core.vspace(X).shape, core.vspace(X).iscomplex) == (1, (3,), False)
    assert core.vspace(X) != core.vspace(X + 1j)
    assert "ArrayVSpace" in repr(core.vspace(X))
    with pytest.raises(TypeError, match="str"):
        core.vspace("x")


# -- what cannot be here says what to use instead ----------------------------------------------------------------


def _subclass(base):
    return type("Mine", (base,), {})


class Own:
    pass


REFUSED = {
    "Node": lambda: _subclass(core.Node),
    "VJPNode": lambda: _subclass(core.VJPNode),
    "JVPNode": lambda: _subclass(extend.JVPNode),
    "SequenceBox": lambda: _subclass(builtins.SequenceBox),
    "DictBox": lambda: _subclass(builtins.DictBox),
    "Box": lambda: _subclass(extend.Box),
    "Box.register": lambda: extend.Box.register(Own),
    "DictBox.register": lambda: builtins.DictBox.register(Own),
    "VSpace.register": lambda: extend.VSpace.register(Own, lambda value: None),
    "new_box": lambda: tracer.new_box(1.0, 0, None),
    "TraceStack": lambda: tracer.TraceStack(),
    "trace_stack": lambda: tracer.trace_stack.new_trace(),
    "find_top_boxed_args": lambda: tracer.find_top_boxed_args([1.0]),
    "notrace_primitives": lambda: tracer.notrace_primitives[core.VJPNode].add(len),
    "trace_primitives_map": lambda: tracer.trace_primitives_map[len],
    "primitive_vjps": lambda: core.primitive_vjps[len],
    "primitive_jvps": lambda: len in core.primitive_jvps,
    "SparseBox": lambda: _derived(core.SparseBox),
    "trace": lambda: core.trace(core.Node.new_root(), len, X),
}


def _derived(base):
    class Mine(base): ...

    return Mine


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_of_the_tracer_says_what_to_use_instead(name):
    with pytest.raises(UnsupportedError, match=rf"(?s){name}.*test_hips_names\.py:\d+.*tracer of HIPS autograd.*: \w+"):
        REFUSED[name]()


def test_refusals_can_be_looked_at():
    assert "tracer of HIPS" in repr(tracer.new_box)
    assert not hasattr(tracer.new_box, "__wrapped__")
    extend.VSpace.register(onp.ndarray)
    extend.VSpace.register(onp.longdouble)


def test_methods_of_old_primitives():
    f = core.primitive(lambda x, y: x * y)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        f.defvjp(lambda g, ans, vs, gvs, x, y: g * y * (vs.shape == gvs.shape))
        f.defvjp_is_zero(argnums=(1,))
        assert grad(f, (0, 1))(2.0, 3.0) == (3.0, 0.0)
        f.defgrad(lambda ans, x, y: lambda g: g * x, argnum=1)
    assert [str(w.message).split()[1] for w in seen] == ["defvjp", "defvjp_is_zero", "defgrad"]
    assert grad(f, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert core.deprecated_defvjp(f)
