"""Integrals and differential equations: limits, parameters, stiffness."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import scipy.integrate

from autograd import GraphError, Value, grad, hessian, jacobian
from autograd.scipy import integrate
from autograd.solvers import adjoint
from tests.oracle import projections

close = np.testing.assert_allclose
exp = np.exp


DAMPED = lambda t, a: exp(-a * t) * np.sqrt(t)
INTEGRALS = {
    "parameter": lambda a: integrate.quad(lambda t, a: exp(-a * t), 0, 1, (a,))[0],
    "no tuple": lambda a: integrate.quad(lambda t, a: exp(-a * t), 0, 1, a)[0],
    "limits": lambda a: integrate.quad(lambda t: exp(-t), a, a**2)[0],
    "all": lambda a: integrate.quad(lambda t, p: exp(-p["a"] * t), a, a**2, ({"a": a},))[0],
    "infinite": lambda a: integrate.quad(lambda t, a: exp(-a * t**2), -np.inf, np.inf, (a,))[0],
    "half infinite": lambda a: integrate.quad(lambda t, a: exp(-a * t**2), a, np.inf, (a,))[0],
    "singular": lambda a: integrate.quad(lambda t, a: exp(-a * t) / np.sqrt(t), 0, 1, (a,))[0],
    "points": lambda a: integrate.quad(lambda t, a: np.abs(t - 0.3) ** a, 0, 1, (a,), points=[0.3])[0],
    "weight": lambda a: integrate.quad(lambda t, a: exp(-a * t), 0, 1, (a,), weight="cos", wvar=3.0)[0],
    "full": lambda a: integrate.quad(DAMPED, 0, 1, (a,), full_output=1)[0],
    "vector": lambda a: integrate.quad_vec(lambda t, a: np.stack([exp(-a * t), a * t]), 0, a, args=(a,))[0][1],
    "vector, summed": lambda a: np.sum(integrate.quad_vec(lambda t, a: np.stack([exp(-a * t), a * t]), 0, a, args=(a,))[0] ** 2),
    "double": lambda a: integrate.dblquad(lambda y, x, a: exp(-a * x * y), 0, a, 0, lambda x: x, (a,))[0],
    "fixed": lambda a: integrate.fixed_quad(lambda t: exp(-a * t), 0, a, n=4)[0],
    "trapezoid": lambda a: integrate.trapezoid(np.array([1.0, 2.0, 4.0]) ** a, a * np.array([0.0, 1.0, 3.0])),
    "cumulative": lambda a: np.sum(integrate.cumulative_trapezoid(np.array([1.0, 2.0, 4.0]) ** a, initial=0) ** 2),
    "simpson": lambda a: integrate.simpson(np.array([1.0, 2.0, 4.0, 3.0]) ** a, x=np.array([0.0, 1.0, 3.0, 4.0]) * a),
    "simpson of a list": lambda a: integrate.simpson([a, a**2, 1.0], dx=a),
}  # fmt: skip


REPEATED = {"points", "singular"}  # long, and of lines that the others run


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.unmeasured] * (name in REPEATED)) for name in INTEGRALS]
)
def test_integrals(name):
    f = INTEGRALS[name]
    close(f(Value(1.4)).data, f(1.4), rtol=1e-9)
    for function, tolerance in ((f, 1e-6), (grad(f), 1e-5))[
        : 1 if name == "double" else 2
    ]:  # an integral of integrals is slow
        numeric, analytic = projections(function, grad(function, (0,)), (1.4,), 0)
        close(analytic, numeric, rtol=tolerance)


@pytest.mark.parametrize("a", [1.5, Value(1.5)], ids=["number", "Value"])
def test_the_full_output_of_a_vector_integral(a):
    found = integrate.quad_vec(lambda t, a: exp(-a * t), 0, 1, args=(a,), full_output=True)
    assert len(found) == 3
    assert found[2].success


@pytest.mark.parametrize("places", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("name", ["trapezoid", "simpson", "cumulative_trapezoid"])
def test_sampled_integrals_are_scipys(name, places):
    rng = np.random.default_rng(places)
    f, y, x = getattr(integrate, name), rng.normal(size=(3, places)), np.cumsum(rng.uniform(0.1, 1, places))
    for args, options in (
        ((y,), {}),
        ((y, x), {}),
        ((y.T,), {"x": x, "axis": 0}),
        ((y,), {"dx": 0.3}),
        ((y, np.stack([x] * 3)), {}),
    ):
        close(f(*map(Value, args), **options).data, f(*args, **options))


# -- differential equations --------------------------------------------------------------------------------------


def van_der_pol(t, y, p):
    return np.stack([y[1], p[0] * (1 - y[0] ** 2) * y[1] - y[0]])


def robertson(t, y, p):
    first, second, third = p[0] * y[0], p[1] * y[1] * y[2], p[2] * y[1] ** 2
    return np.stack([second - first, first - second - third, third])


def slopes_of_van_der_pol(y, p):
    return np.array([[0, 1], [-2 * p[0] * y[0] * y[1] - 1, p[0] * (1 - y[0] ** 2)]]), np.array(
        [[0], [(1 - y[0] ** 2) * y[1]]]
    )


def slopes_of_robertson(y, p):
    second, third = np.array([0, p[1] * y[2], p[1] * y[1]]), np.array([0, 2 * p[2] * y[1], 0])
    first = np.array([p[0], 0, 0])
    of_p = np.array([[-y[0], y[1] * y[2], 0], [y[0], -y[1] * y[2], -(y[1] ** 2)], [0, 0, y[1] ** 2]])
    return np.stack([second - first, first - second - third, third]), of_p


EQUATIONS = {
    "van der Pol": (van_der_pol, slopes_of_van_der_pol, np.array([2.0, 0.0]), np.array([1.0]), 3.0),
    "van der Pol, 20": (van_der_pol, slopes_of_van_der_pol, np.array([2.0, 0.0]), np.array([20.0]), 20.0),
    "van der Pol, 1000": (van_der_pol, slopes_of_van_der_pol, np.array([2.0, 0.0]), np.array([1000.0]), 700.0),
    "Robertson": (robertson, slopes_of_robertson, np.array([1.0, 0.0, 0.0]), np.array([0.04, 1e4, 3e7]), 40.0),
}


@functools.cache
def sensitivities(name):
    """∂y(end)/∂(y0, p), from the equation that they satisfy, forwards: S′ = ∂f/∂y S, and + ∂f/∂p for the parameters."""
    f, slopes, y0, p, end = EQUATIONS[name]
    n, m = len(y0), len(p)

    def longer(t, state):
        of_y, of_p = slopes(state[:n], p)
        moved = of_y @ state[n:].reshape(n, n + m)
        moved[:, n:] += of_p
        return np.concatenate([f(t, state[:n], p), moved.ravel()])

    start = np.concatenate([y0, np.eye(n, n + m).ravel()])
    tight = {"rtol": 1e-12, "atol": 1e-14, "mxstep": 10**6}
    return scipy.integrate.odeint(longer, start, [0, end], tfirst=True, **tight)[-1, n:].reshape(n, n + m)


def last_state(f, y0, p, end, method, rtol):
    tolerances = {"rtol": rtol, "atol": rtol * 1e-4}
    if method == "odeint":
        return integrate.odeint(f, y0, (0.0, end), p, tfirst=True, mxstep=10**6, **tolerances)[-1]
    return integrate.solve_ivp(f, (0, end), y0, method, args=(p,), **tolerances).y[:, -1]


STIFF = ["Radau", "BDF", "LSODA", "odeint"]


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("name", "method", "rtol"),
    [
        *(("van der Pol", method, 1e-8) for method in ["RK45", "DOP853", *STIFF]),
        *(("van der Pol, 20", method, 1e-5) for method in ["BDF", "odeint"]),
        *(("Robertson", method, 1e-6) for method in STIFF),
        *(("van der Pol, 1000", method, 1e-6) for method in ["BDF", "LSODA"]),
    ],
)
def test_final_states_against_forward_sensitivities(name, method, rtol):
    f, _, y0, p, end = EQUATIONS[name]
    exact = sensitivities(name)
    weights = np.array([1, 0.6, 0.3])[: len(y0)] / np.max(np.abs(exact), axis=1)  # so that no state hides another
    found = grad(lambda y0, p: np.sum(weights * last_state(f, y0, p, end, method, rtol)), (0, 1))(y0, p)
    close(np.concatenate(found), weights @ exact, rtol=1e-4)


@pytest.mark.unmeasured
@pytest.mark.parametrize("method", ["RK45", "Radau", "odeint"])
def test_small_cotangents_are_as_good_as_large_ones(method):
    """The tolerances of the backward pass are in relation to the cotangent."""
    f, _, y0, p, end = EQUATIONS["van der Pol"]
    one = grad(lambda p: last_state(f, y0, p, end, method, 1e-3)[0])(p)
    small = grad(lambda p: 1e-12 * last_state(f, y0, p, end, method, 1e-3)[0])(p)
    close(small, 1e-12 * one, rtol=1e-12)


def test_a_backward_pass_whose_integration_fails_says_so():
    """y′ = y² from 1 is 1/(1 − t)."""
    with pytest.raises(GraphError, match="test_integrals.py.*step size"):
        adjoint.integrated(lambda t, y: y**2, 0.0, 2.0, np.ones(1))


@pytest.mark.parametrize(("rtol", "further"), [(1e-3, 1e-5), (1e-7, 1e-8), (1e-9, 1e-9)])
def test_how_much_more_closely_the_backward_pass_is_integrated(rtol, further, monkeypatch):
    """Down to 1e-8: what is tighter already has the digits that a gradient needs, and costs enough."""
    asked, legs = [], adjoint.legs
    monkeypatch.setattr(adjoint, "legs", lambda *more: asked.append(more[-1]["rtol"]) or legs(*more))
    grad(lambda a: integrate.solve_ivp(lambda t, y, a: -a * y, (0, 1), [1.0], args=(a,), rtol=rtol).y[0, -1])(0.5)
    close(asked, [further])


def test_times_that_go_backwards_and_stand_still():
    """y′ = −k y: y(t) = y0 exp(−k (t − t0))."""
    for method, times in (("RK45", [1, 0.5, -0.2]), ("Radau", [1, 0.5, -0.2]), ("odeint", [1, 0.5, 0.5, -0.2, -0.2])):
        places = np.array(times)

        def states(z, method=method, places=places):
            t = places * z[2]
            if method == "odeint":
                return integrate.odeint(lambda y, t, k: -k * y, z[:1], t, z[1], rtol=1e-10, atol=1e-12)[:, 0]
            span = (t[0], t[-1])
            return integrate.solve_ivp(
                lambda t, y, k: -k * y, span, z[:1], method, t, args=(z[1],), rtol=1e-9, atol=1e-12
            ).y[0]

        z = np.array([1.5, 0.7, 1.1])
        exact = lambda z, places=places: z[0] * np.exp(-z[1] * (places - 1) * z[2])
        close(states(z), exact(z), rtol=1e-6)
        close(jacobian(states)(z), jacobian(exact)(z), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("method", ["DOP853", pytest.param("Radau", marks=pytest.mark.unmeasured)])
def test_the_second_order_of_an_equation(method):
    """y′ = −k y has the solution y0 exp(−k t)."""

    def end(z):
        return integrate.solve_ivp(
            lambda t, y, k: -k * y, (0, z[2]), z[:1], method, args=(z[1],), rtol=1e-8, atol=1e-10
        ).y[0, -1]

    z = np.array([1.5, 0.7, 1.3])
    exact = lambda z: z[0] * np.exp(-z[1] * z[2])
    close(hessian(end)(z), hessian(exact)(z), rtol=1e-4, atol=1e-7)


RIGHT_HAND_SIDES = {
    "a scalar": (lambda y, t, a: a, 1.0, lambda a: 1 + a),
    "a list": (lambda y, t, a: [a * y[1], 0.0], [0.0, 1.0], lambda a: a),
    "a list of constants": (lambda y, t, a: [2.0 + 0 * a, 1.0], [0.0, 1.0], lambda a: 2.0 + 0 * a),
    "a forcing": (lambda y, t, a: a * np.cos(30 * t), 0.0, lambda a: a * np.sin(30.0) / 30),
    "a long parameter": (lambda y, t, a: np.sum(a * np.ones(50)) * y / 50, 1.0, np.exp),
}


@pytest.mark.parametrize("name", RIGHT_HAND_SIDES)
@pytest.mark.parametrize("method", ["odeint", "RK45", "Radau"])
def test_right_hand_sides(name, method):
    f, y0, exact = RIGHT_HAND_SIDES[name]
    start = np.atleast_1d(np.asarray(y0, dtype=float))
    solutions = {
        "odeint": lambda a: integrate.odeint(f, y0, (0, 1), a)[-1, 0],
        "RK45": lambda a: integrate.solve_ivp(
            lambda t, y, a: f(y, t, a), (0, 1), start, args=(a,), rtol=1e-9, atol=1e-9
        ).y[0, -1],
        "Radau": lambda a: integrate.solve_ivp(
            lambda t, y, a: f(y, t, a), (0, 1), start, "Radau", args=(a,), rtol=1e-8
        ).y[0, -1],
    }
    close(solutions[method](Value(1.3)).data, exact(1.3), rtol=1e-5, atol=1e-7)
    close(grad(solutions[method])(1.3), grad(exact)(1.3), rtol=1e-5, atol=1e-7)


def test_arguments_in_a_list_or_alone():
    for args in (lambda a: [a], lambda a: (a,), lambda a: a):
        found = grad(
            lambda a, args=args: integrate.solve_ivp(lambda t, y, a: a * y, (0, 1), [1.0], args=args(a), rtol=1e-8).y[
                0, -1
            ]
        )
        close(found(0.5), exp(0.5), rtol=1e-6)


def test_the_times_of_a_solution_have_derivatives():
    found = lambda end: integrate.solve_ivp(lambda t, y: y, (0, end), [1.0], rtol=1e-8)
    close(grad(lambda end: found(end).t[-1])(1.5), 1)
    close(grad(lambda end: found(end).y[0, -1])(1.5), exp(1.5), rtol=1e-6)
    chosen = lambda t: integrate.solve_ivp(lambda t, y: y, (0, 2), [1.0], t_eval=t, rtol=1e-8)
    times = np.array([0.5, 1.5])
    assert chosen(Value(times)).y.shape == (1, 2)
    close(grad(lambda t: np.sum(chosen(t).y))(times), exp(times), rtol=1e-6)
