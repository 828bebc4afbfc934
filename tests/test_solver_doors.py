"""Solvers lose no derivative without a word, and leave nothing behind."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from scipy.optimize import Bounds, NonlinearConstraint

from autograd import AutogradError, GraphError, UnsupportedError, Value, grad, no_grad
from autograd.errors import ChangedDataError
from autograd.scipy import integrate, optimize

close = np.testing.assert_allclose
exp = np.exp
PLACES, ORDINATES = np.arange(6.0), np.array([0, 1.1, 1.9, 4.0, 4.1, 5.2])


# -- nothing is lost without a word ------------------------------------------------------------------------------

CLOSURES = {
    "minimize": lambda b: optimize.minimize(lambda x: np.sum((x - b) ** 2), np.zeros(2)).x[0],
    "minimize without gradient": lambda b: optimize.minimize(lambda x: np.sum((x - b) ** 2), np.zeros(2), method="Powell").x[0],
    "minimize's jac": lambda b: optimize.minimize(lambda x, a: (x - a) ** 2, 0.0, (b,), jac=lambda x, a: 2 * (x - b)).x,
    "minimize's constraint":
        lambda b: optimize.minimize(np.sum, np.ones(1), constraints={"type": "ineq", "fun": lambda x: x - b}).x[0],
    "minimize's nonlinear constraint":
        lambda b: optimize.minimize(np.sum, np.ones(1), method="SLSQP", constraints=NonlinearConstraint(lambda x: x - b, 0,
            9)).x[0],
    "minimize's callback": lambda b: optimize.minimize(np.sum, np.ones(1), bounds=Bounds(0, 1), callback=lambda x: x - b).x[0],
    "minimize_scalar": lambda b: optimize.minimize_scalar(lambda x: (x - b) ** 2).x,
    "least_squares": lambda b: optimize.least_squares(lambda x: x - b, np.zeros(2)).x[0],
    "least_squares' loss":
        lambda b: optimize.least_squares(lambda x: x - 1, np.zeros(2), loss=lambda z: np.stack([z, b * np.ones_like(z),
            0 * z])).x[0],
    "curve_fit": lambda b: optimize.curve_fit(lambda x, p: p * x * b, PLACES, ORDINATES)[0][0],
    "root": lambda b: optimize.root(lambda x: x - b, np.zeros(2)).x[0],
    "fsolve": lambda b: optimize.fsolve(lambda x: x - b, np.zeros(2))[0],
    "root_scalar": lambda b: optimize.root_scalar(lambda x: x - b, bracket=(0, 9)).root,
    "fixed_point": lambda b: optimize.fixed_point(lambda x: (x + b / x) / 2, 1.0),
    "bisect": lambda b: optimize.bisect(lambda x: x - b, 0, 9),
    "brenth": lambda b: optimize.brenth(lambda x: x - b, 0, 9),
    "brentq": lambda b: optimize.brentq(lambda x: x - b, 0, 9),
    "ridder": lambda b: optimize.ridder(lambda x: x - b, 0, 9),
    "toms748": lambda b: optimize.toms748(lambda x: x - b, 0, 9),
    "newton": lambda b: optimize.newton(lambda x: x - b, 1.0),
    "fmin": lambda b: optimize.fmin(lambda x: np.sum((x - b) ** 2), 0.0, disp=False),
    "fmin_bfgs": lambda b: optimize.fmin_bfgs(lambda x: np.sum((x - b) ** 2), 0.0, disp=False),
    "fmin_powell": lambda b: optimize.fmin_powell(lambda x: np.sum((x - b) ** 2), 0.0, disp=False),
    "fmin_cg": lambda b: optimize.fmin_cg(lambda x: np.sum((x - b) ** 2), 0.0, disp=False),
    "differential_evolution": lambda b: optimize.differential_evolution(lambda x: np.sum((x - b) ** 2), [(0, 3)]).x[0],
    "brute": lambda b: optimize.brute(lambda x: np.sum((x - b) ** 2), [(0, 3)])[0],
    "basinhopping": lambda b: optimize.basinhopping(lambda x: np.sum((x - b) ** 2), 1.0, niter=1).x[0],
    "leastsq": lambda b: optimize.leastsq(lambda x: x - b, np.zeros(1))[0][0],
    "approx_fprime": lambda b: optimize.approx_fprime(np.ones(1), lambda x: np.sum(x * b))[0],
    "quad": lambda b: integrate.quad(lambda t: exp(-b * t), 0, 1)[0],
    "quad_vec": lambda b: integrate.quad_vec(lambda t: exp(-b * t), 0, 1)[0],
    "dblquad": lambda b: integrate.dblquad(lambda y, x: b, 0, 1, 0, 1)[0],
    "dblquad's limit": lambda b: integrate.dblquad(lambda y, x: 1.0, 0, 1, 0, lambda x: b)[0],
    "nquad": lambda b: integrate.nquad(lambda x: x * b, [(0, 1)])[0],
    "odeint": lambda b: integrate.odeint(lambda y, t: b * y, 1.0, (0, 1))[-1, 0],
    "odeint of a Value": lambda b: integrate.odeint(lambda y, t: b * y, b, (0, 1))[-1, 0],
    "solve_ivp": lambda b: integrate.solve_ivp(lambda t, y: b * y, (0, 1), [1.0]).y[0, -1],
    "solve_ivp's event":
        lambda b: integrate.solve_ivp(lambda t, y: y, (0, 1), [1.0], events=lambda t, y: y[0] - b).t_events[0][0],
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSURES)
def test_a_value_from_the_surroundings_is_refused(name):
    with pytest.raises(UnsupportedError, match=r"takes one from its surroundings.*args|surroundings") as caught:
        grad(CLOSURES[name])(1.5)
    assert __file__ in str(caught.value)


@pytest.mark.filterwarnings("ignore::scipy.optimize.OptimizeWarning")
@pytest.mark.parametrize("name", ["minimize", "brentq", "quad", "fmin", "odeint", "solve_ivp", "curve_fit"])
def test_a_constant_from_the_surroundings_is_fine(name):
    plain = CLOSURES[name](1.5)
    close(CLOSURES[name](Value(1.5).detach()), plain)
    with no_grad():
        close(CLOSURES[name](Value(1.5)), plain)


REFUSED = {
    "linprog": lambda b: optimize.linprog(np.ones(1) * b).x[0],
    "nnls": lambda b: optimize.nnls(np.eye(2), b * np.ones(2))[0][0],
    "linear_sum_assignment": lambda b: optimize.linear_sum_assignment(np.ones((2, 2)) * b)[0][0],
    "fmin_slsqp": lambda b: optimize.fmin_slsqp(lambda x, b: np.sum((x - b) ** 2), [1.0], args=(b,))[0],
    "differential_evolution": lambda b: optimize.differential_evolution(lambda x, b: np.sum(x - b), [(0, 1)], (b,)).x[
        0
    ],
    "nquad": lambda b: integrate.nquad(lambda x, b: x * b, [(0, 1)], (b,))[0],
    "tplquad": lambda b: integrate.tplquad(lambda z, y, x, a: a, 0, 1, 0, 1, 0, 1, (b,))[0],
    "romb": lambda b: integrate.romb(np.ones(3) * b),
    "solve_bvp": lambda b: integrate.solve_bvp(lambda x, y: y, lambda a, c: a, [0, 1], np.ones((1, 2)) * b).y[0, 0],
    "quad of weighted limits": lambda b: integrate.quad(lambda t: t, 0, b, weight="cos", wvar=1.0)[0],
    "a complex state": lambda b: integrate.solve_ivp(lambda t, y: 1j * y, (0, 1), np.array([1j]) * b).y[0, 0].real,
    "an event": lambda b: integrate.solve_ivp(lambda t, y: y, (0, 1), [b], events=lambda t, y: y[0]).y[0, 0],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_derivative_is_refused(name):
    with pytest.raises(AutogradError, match="has no derivative|takes neither|must be plain"):
        grad(REFUSED[name])(1.5)


def test_every_name_of_scipys_is_there():
    for ours, theirs in ((optimize, scipy.optimize), (integrate, scipy.integrate)):
        for name in theirs.__all__:
            assert getattr(ours, name).__name__ == getattr(theirs, name).__name__


@pytest.mark.parametrize(
    ("solve", "error"),
    [
        (lambda k, v: integrate.quad(lambda t, a: a * t * k[0], 0, 1, (v,))[0], ChangedDataError),
        (lambda k, v: integrate.odeint(lambda y, t, a: a * k[0] * y, 1.0, (0, 1), (v,))[-1, 0], ChangedDataError),
        (lambda k, v: optimize.brentq(lambda x, a: x - a * k[0], 0, 10, (v,)), GraphError),
        (lambda k, v: optimize.minimize(lambda x, a: np.sum((x - a * k[0]) ** 2), np.zeros(1), (v,)).x[0], GraphError),
    ],
)
def test_a_function_that_is_another_one_in_the_backward_pass(solve, error):
    constant, v = [1.0], Value(2.0)
    out = solve(constant, v)
    constant[0] = 3.0
    with pytest.raises(error, match="not the (same|function) any more"):
        out.backward()


# -- no cycles ---------------------------------------------------------------------------------------------------

STATES = lambda v, method: integrate.solve_ivp(lambda t, y, a: -a * y, (0, v), [1.0], method, args=(v,)).y
ROUNDS = {
    "minimize": lambda v: optimize.minimize(lambda x, a: np.sum((x - a) ** 2), np.zeros(2), (v,), bounds=[(0, 1)] * 2).fun,
    "least_squares": lambda v: np.sum(optimize.least_squares(lambda x, a: x - a, np.zeros(2), args=(v,), loss="soft_l1").x),
    "fsolve": lambda v: np.sum(optimize.fsolve(lambda x, a: x - a, np.zeros(2), (v,))),
    "newton": lambda v: optimize.newton(lambda x, a: x - a, 0.0, args=(v,)),
    "root": lambda v: np.sum(optimize.root(lambda x, a: x - a, np.zeros(2), (v,)).x),
    "brentq": lambda v: optimize.brentq(lambda x, a: x - a, 0, 5, (v,)),
    "quad": lambda v: integrate.quad(lambda t, a: exp(-a * t), 0, v, (v,))[0],
    "odeint": lambda v: np.sum(integrate.odeint(lambda y, t, a: -a * y, v, (0, 1, 2), (v,))),
    **{method: lambda v, method=method: np.sum(STATES(v, method)) for method in ("RK45", "DOP853", "Radau", "BDF", "LSODA")},
}  # fmt: skip
SCIPYS_OWN = {"root": 5, "fsolve": 5, "brentq": 5}  # a function of SciPy's that counts its calls, and so knows itself


@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_is_left_for_the_collector(name):
    def once():
        out = ROUNDS[name](Value(1.3))
        out.backward()

    once()
    gc.collect()
    gc.disable()
    try:
        once()
        assert gc.collect() <= SCIPYS_OWN.get(name, 0)
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["root", "brentq"])
def test_what_scipy_leaves_behind_holds_nothing(name):
    class Data:
        """An array that tells when it is gone."""

    find = {"root": lambda f: optimize.root(f, np.zeros(1)), "brentq": lambda f: optimize.brentq(f, -1, 2)}[name]
    data = Data()
    gone = weakref.ref(data)
    gc.disable()
    try:
        find(lambda x, data=data: x)
        del data
        assert gone() is None
    finally:
        gc.enable()
