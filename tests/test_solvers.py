"""Solvers differentiate what they solved, or say why not: tables of problems whose derivatives are known."""

from __future__ import annotations

import gc

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint

from autograd import AutogradError, GraphError, UnsupportedError, Value, grad, hessian, no_grad
from autograd.errors import ChangedDataError
from autograd.scipy import integrate, optimize
from tests.oracle import projections

close = np.testing.assert_allclose
exp = np.exp


# -- minima under bounds and constraints -------------------------------------------------------------------------

BOUNDED = ["L-BFGS-B", "TNC", "SLSQP", "trust-constr", "Nelder-Mead", "Powell", "COBYLA", "COBYQA"]
CONSTRAINED = ["SLSQP", "trust-constr", "COBYLA", "COBYQA"]


def distance(x, a):
    """The square of the distance of x to the point (a, 2)."""
    return (x[0] - a) ** 2 + (x[1] - 2) ** 2


@pytest.mark.parametrize("method", [None, *BOUNDED])
def test_a_bound_that_holds_the_minimum_stops_it(method):
    """min Σ (x − a)² over [0, 1]² is at min(a, 1), and its value (a − min(a, 1))² each."""
    best = lambda a, high: optimize.minimize(
        lambda x, a: np.sum((x - a) ** 2), np.full(2, 0.3), (a,), method, bounds=[(0, high), (None, 1.0)], tol=1e-8
    )
    for a, high, of_a, of_high in ((2.0, 1.0, [0, 0], [1, 0]), (0.5, 1.0, [1, 1], [0, 0]), (2.0, 3.0, [1, 0], [0, 0])):
        for i in range(2):
            close(grad(lambda a: best(a, high).x[i])(a), of_a[i], atol=1e-6)
            close(grad(lambda high: best(a, high).x[i])(high), of_high[i], atol=1e-6)
    close(grad(lambda a: best(a, 1.0).fun)(2.0), 4, rtol=1e-3)
    if method is None:
        close(grad(lambda a: np.sum(best(a, 1.0).jac))(2.0), -4)
        close(grad(grad(lambda a: best(a, 1.0).fun))(2.0), 4)


ON_THE_CIRCLE = lambda a: 1 / np.sqrt(a**2 + 4) - a**2 / (a**2 + 4) ** 1.5  # d/da of a/√(a² + 4)
LINE = np.array([[1.0, 1.0]])
MINIMA = {  # constraints as a function of the parameter c, the derivative of (x₀, x₁) in a and in c, at a = 2, c = 1
    "equation": (lambda c: {"type": "eq", "fun": lambda x, c: x[0] + x[1] - c, "args": (c,)}, [0.5, -0.5], [0.5, 0.5]),
    "circle": (
        lambda c: [{"type": "ineq", "fun": lambda x, c: c**2 - np.sum(x**2), "args": (c,)}],
        [ON_THE_CIRCLE(2.0), -4 / 8**1.5],
        [1 / np.sqrt(2), 1 / np.sqrt(2)],
    ),
    "far circle": (lambda c: {"type": "ineq", "fun": lambda x, c: 100 * c - np.sum(x**2), "args": (c,)}, [1, 0], [0, 0]),
    "two": (
        lambda c: [
            {"type": "ineq", "fun": lambda x: np.stack([1 - x[0], 9 - x[0]])},
            {"type": "ineq", "fun": lambda x, c: [c - x[1]], "args": (c,)},
        ],
        [0, 0],
        [0, 1],
    ),
    "linear": (lambda c: LinearConstraint(LINE, -np.inf, c), [0.5, -0.5], [0.5, 0.5]),
    "matrix": (lambda c: LinearConstraint(LINE * c, 1.0, 1.0), [0.5, -0.5], [-0.5, -0.5]),
    "nonlinear": (
        lambda c: NonlinearConstraint(lambda x: np.sum(x**2), -np.inf, c),
        [ON_THE_CIRCLE(2.0), -4 / 8**1.5],
        [0.5 / np.sqrt(2), 0.5 / np.sqrt(2)],
    ),
}


@pytest.mark.filterwarnings("ignore:delta_grad == 0.0")
@pytest.mark.parametrize("method", CONSTRAINED)
@pytest.mark.parametrize("name", MINIMA)
def test_a_minimum_moves_along_its_constraints(name, method):
    constraints, of_a, of_c = MINIMA[name]
    start = np.array([0.3, 0.2])
    best = lambda a, c: optimize.minimize(distance, start, (a,), method, constraints=constraints(c), tol=1e-9).x
    for i in range(2):
        close(grad(lambda a: best(a, 1.0)[i])(2.0), of_a[i], rtol=1e-3, atol=1e-6)
        close(grad(lambda c: best(2.0, c)[i])(1.0), of_c[i], rtol=1e-3, atol=1e-6)


def test_second_order_along_a_constraint():
    """The point on the circle of radius c next to (a, 2) is c (a, 2)/√(a² + 4)."""
    circle = {"type": "ineq", "fun": lambda x, c: c**2 - np.sum(x**2)}
    first = lambda z: optimize.minimize(
        distance, np.array([0.3, 0.2]), (z[0],), "SLSQP", constraints={**circle, "args": (z[1],)}, tol=1e-13
    ).x[0]
    exact = lambda z: z[1] * z[0] / np.sqrt(z[0] ** 2 + 4)
    close(hessian(first)(np.array([2.0, 1.0])), hessian(exact)(np.array([2.0, 1.0])), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_quadratic_programs(seed):
    """Random quadratic programs against differences of a tight solver: some bounds and inequalities hold, others do not."""
    rng = np.random.default_rng(seed)
    n = 4
    half = rng.normal(size=(n, n))
    quadratic, linear, rows = half @ half.T + np.eye(n), rng.normal(size=n) * 3, rng.normal(size=(2, n))

    def best(linear, high, ends):
        return optimize.minimize(
            lambda x, b: x @ quadratic @ x / 2 - b @ x, np.zeros(n), (linear,), "SLSQP", bounds=[(-0.4, h) for h in high],
            constraints={"type": "ineq", "fun": lambda x, ends: ends - rows @ x, "args": (ends,)}, tol=1e-14,
            options={"maxiter": 500},
        ).x  # fmt: skip

    args = (linear, np.full(n, 0.5), np.array([0.3, 0.6]))
    f = lambda *args: np.sum(best(*args) * np.arange(1, n + 1))
    numeric, analytic = projections(f, grad(f, (0, 1, 2)), args, seed)
    close(analytic, numeric, rtol=1e-4, atol=1e-5)


FAILED = {
    "no success": (lambda a: optimize.minimize(lambda x, a: np.sum((x - a) ** 4), np.full(2, 9.0), (a,), options={"maxiter": 1}).x, "Maximum number of iterations"),
    "inexact": (lambda a: optimize.minimize(lambda x, a: (x - a) ** 2 * (1 + x**2), 1.0, (a,), tol=1.0).x, "more tightly"),
    "flat": (lambda a: optimize.minimize(lambda x, a: (x[0] - x[1] - a) ** 2, np.zeros(2), (a,)).x, "singular"),
    "double root": (lambda a: optimize.newton(lambda x, a: (x - a) ** 2, 2.0, args=(a,), tol=1e-12, maxiter=99), "singular|more tightly"),
    "no convergence": (lambda a: optimize.brentq(lambda x, a: x**3 - a, 0, 9, (a,), maxiter=2, full_output=True, disp=False)[0], "did not converge"),
    "scalar": (lambda a: optimize.root_scalar(lambda x, a: x**3 - a, (a,), "brentq", (0, 9), maxiter=2).root, "did not converge"),
    "root": (lambda a: optimize.root(lambda x, a: x**2 + a, np.ones(1), (a,)).x, "found no solution"),
    "fsolve": (lambda a: optimize.fsolve(lambda x, a: x**2 + a, np.ones(1), (a,), full_output=True)[0], "found no solution"),
    "squares": (lambda a: optimize.least_squares(lambda x, a: x**3 - a, np.ones(1) * 50, args=(a,), max_nfev=2).x, "found no solution"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FAILED)
def test_what_is_no_solution_has_no_derivative(name):
    f, words = FAILED[name]
    found = f(Value(2.0))  # which can be looked at
    assert np.all(np.isfinite(found.data))
    with pytest.raises(GraphError, match=words):
        np.sum(found).backward()


# -- least squares, roots and fits -------------------------------------------------------------------------------

PLACES, ORDINATES = np.arange(6.0), np.array([0, 1.1, 1.9, 4.0, 4.1, 5.2])
OWN_LOSS = lambda z: np.array([np.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2])
TIGHT = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-13}


@pytest.mark.parametrize("x_scale", [1.0, "jac"])
@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan", OWN_LOSS])
def test_robust_losses(loss, x_scale):
    def fit(y, scale):
        return optimize.least_squares(
            lambda p, y: p[0] + p[1] * PLACES - y, np.array([0.0, 1.0]), args=(y,), loss=loss, f_scale=scale, x_scale=x_scale, **TIGHT
        )

    for f in (lambda *a: fit(*a).x[0] + 3 * fit(*a).x[1], lambda *a: fit(*a).cost, lambda *a: np.sum(fit(*a).fun ** 2)):
        numeric, analytic = projections(f, grad(f, (0, 1)), (ORDINATES, 0.5), 1)
        close(analytic, numeric, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("method", ["trf", "dogbox"])
def test_least_squares_under_bounds(method):
    """A line whose slope is held at the bound b has the ordinate mean(y) − b mean(t) at 0."""
    fit = lambda y, b: optimize.least_squares(
        lambda p, y: p[0] + p[1] * PLACES - y, np.array([0.0, 0.5]), args=(y,), bounds=([-1, -1], [5, b]), method=method
    ).x
    close(grad(lambda y: fit(y, 0.9)[0])(ORDINATES), np.full(6, 1 / 6), atol=1e-8)
    close(grad(lambda y: fit(y, 0.9)[1])(ORDINATES), np.zeros(6), atol=1e-8)
    close(grad(lambda b: fit(ORDINATES, b)[0])(0.9), -2.5)
    close(grad(lambda y: fit(y, 3.0)[1])(ORDINATES), (PLACES - 2.5) / 17.5, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [{}, {"sigma": np.linspace(1, 2, 9)}, {"sigma": np.diag(np.linspace(1, 2, 9)) + 0.1, "absolute_sigma": True}, {"bounds": ([0, 0], [0.9, 5])}],
)  # fmt: skip
def test_curve_fit(options):
    """A straight line is fitted in closed form (with a slope that is held, by its mean alone)."""
    x = np.linspace(0, 2, 9)
    y = 0.5 + 1.5 * x + 0.1 * np.sin(9 * x)
    line = lambda x, slope, start: slope * x + start
    fit = lambda y: optimize.curve_fit(line, x, y, [0.5, 0.5], **options)
    of_y = grad(lambda y: fit(y)[0][0])(y)
    if "bounds" in options:
        return close(of_y, np.zeros(9), atol=1e-8)
    sigma = options.get("sigma", np.ones(9))
    weights = np.linalg.inv(sigma if sigma.ndim == 2 else np.diag(sigma**2))
    design = np.stack([x, np.ones(9)], axis=1)
    solution = np.linalg.solve(design.T @ weights @ design, design.T @ weights)
    close(of_y, solution[0], atol=1e-7)
    residual = lambda y: y - design @ (solution @ y)
    spread = lambda y: (1 if "absolute_sigma" in options else residual(y) @ weights @ residual(y) / 7) / (
        design.T @ weights @ design
    )[0, 0]
    variance = np.linalg.inv(design.T @ weights @ design)[0, 0] * (design.T @ weights @ design)[0, 0]
    close(grad(lambda y: fit(y)[1][0, 0])(y), grad(lambda y: spread(y) * variance)(y), atol=1e-8)
    close(fit(Value(y))[1].data, fit(y)[1], rtol=1e-6)


CUBE = lambda x, a: x**3 - a
ROOTS = {
    **{name: lambda a, f=getattr(optimize, name): f(CUBE, 0, 9, (a,), xtol=1e-14) for name in ("bisect", "brenth", "brentq", "ridder", "toms748")},
    "full output": lambda a: optimize.brentq(CUBE, 0, 9, a, full_output=True)[1].root,
    "newton": lambda a: optimize.newton(CUBE, 1, args=(a,)),
    "halley": lambda a: optimize.newton(CUBE, 1.0, args=(a,), fprime2=lambda x, a: 6 * x),
    "secant": lambda a: optimize.newton(CUBE, 1.0, args=(a,), x1=2.0),
    "newton of an array": lambda a: optimize.newton(CUBE, np.ones(3), args=(a * np.ones(3),))[1],
    "newton of an array, in full": lambda a: optimize.newton(CUBE, np.ones(3), args=(a,), full_output=True)[0][1],
    "root_scalar": lambda a: optimize.root_scalar(CUBE, (a,), bracket=(0, 9)).root,
    "root_scalar by newton": lambda a: optimize.root_scalar(CUBE, (a,), "newton", x0=1.0).root,
    "root_scalar by halley": lambda a: optimize.root_scalar(CUBE, (a,), "halley", x0=1.0).root,
    "root_scalar with its slope": lambda a: optimize.root_scalar(lambda x, a: (CUBE(x, a), 3 * x**2), (a,), x0=1.0, fprime=True).root,
    "fsolve": lambda a: optimize.fsolve(lambda x, a: [CUBE(x[0], a)], 1.0, a)[0],
    "fsolve in full": lambda a: optimize.fsolve(CUBE, np.ones(1), (a,), full_output=True)[0][0],
    "root": lambda a: optimize.root(CUBE, np.ones(1), (a,), tol=1e-13).x[0],
    "root from a Value": lambda a: optimize.root(CUBE, a * np.ones(1), (a,), tol=1e-13).x[0],
    "root with its slope": lambda a: optimize.root(lambda x, a: (CUBE(x, a), np.diag(3 * x**2)), np.ones(1), (a,), jac=True).x[0],
    "fixed point": lambda a: optimize.fixed_point(lambda x, a: (2 * x + a / x**2) / 3, 1.5, (a,)),
    "minimum": lambda a: optimize.minimize_scalar(lambda x, a: x**4 / 4 - a * x, args=(a,), tol=1e-12).x,
    "minimum in bounds": lambda a: optimize.minimize_scalar(lambda x, a: x**4 / 4 - a * x, bounds=(0, 9), args=a, options={"xatol": 1e-10}).x,
}  # fmt: skip


@pytest.mark.parametrize("name", ROOTS)
def test_cube_roots(name):
    solve = ROOTS[name]
    for a in (2.0, 5.0):
        close(solve(a), np.cbrt(a), rtol=1e-6)
        close(grad(solve)(a), np.cbrt(a) / (3 * a), rtol=1e-6)
        close(grad(grad(solve))(a), -2 * np.cbrt(a) / (9 * a**2), rtol=1e-4)


def test_a_minimum_at_an_end_moves_with_it():
    held = lambda a, end: optimize.minimize_scalar(lambda x, a: (x - a) ** 2, bounds=(0.0, end), args=(a,))
    for f, derivatives in ((lambda *z: held(*z).x, (0, 1)), (lambda *z: held(*z).fun, (6, -6))):
        close(grad(f, (0, 1))(5.0, 2.0), derivatives, atol=1e-4)


# -- integrals ---------------------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("name", INTEGRALS)
def test_integrals(name):
    f = INTEGRALS[name]
    close(f(Value(1.4)).data, f(1.4), rtol=1e-9)
    for function, tolerance in ((f, 1e-6), (grad(f), 1e-5))[: 1 if name == "double" else 2]:  # an integral of integrals is slow
        numeric, analytic = projections(function, grad(function, (0,)), (1.4,), 0)
        close(analytic, numeric, rtol=tolerance)


@pytest.mark.parametrize("places", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("name", ["trapezoid", "simpson", "cumulative_trapezoid"])
def test_sampled_integrals_are_scipys(name, places):
    rng = np.random.default_rng(places)
    f, y, x = getattr(integrate, name), rng.normal(size=(3, places)), np.cumsum(rng.uniform(0.1, 1, places))
    for args, options in (((y,), {}), ((y, x), {}), ((y.T,), {"x": x, "axis": 0}), ((y,), {"dx": 0.3}), ((y, np.stack([x] * 3)), {})):
        close(f(*map(Value, args), **options).data, f(*args, **options))


# -- nothing is lost without a word ------------------------------------------------------------------------------

CLOSURES = {
    "minimize": lambda b: optimize.minimize(lambda x: np.sum((x - b) ** 2), np.zeros(2)).x[0],
    "minimize without gradient": lambda b: optimize.minimize(lambda x: np.sum((x - b) ** 2), np.zeros(2), method="Powell").x[0],
    "minimize's jac": lambda b: optimize.minimize(lambda x, a: (x - a) ** 2, 0.0, (b,), jac=lambda x, a: 2 * (x - b)).x,
    "minimize's constraint": lambda b: optimize.minimize(np.sum, np.ones(1), constraints={"type": "ineq", "fun": lambda x: x - b}).x[0],
    "minimize's nonlinear constraint": lambda b: optimize.minimize(np.sum, np.ones(1), method="SLSQP", constraints=NonlinearConstraint(lambda x: x - b, 0, 9)).x[0],
    "minimize's callback": lambda b: optimize.minimize(np.sum, np.ones(1), bounds=Bounds(0, 1), callback=lambda x: x - b).x[0],
    "minimize_scalar": lambda b: optimize.minimize_scalar(lambda x: (x - b) ** 2).x,
    "least_squares": lambda b: optimize.least_squares(lambda x: x - b, np.zeros(2)).x[0],
    "least_squares' loss": lambda b: optimize.least_squares(lambda x: x - 1, np.zeros(2), loss=lambda z: np.stack([z, b * np.ones_like(z), 0 * z])).x[0],
    "curve_fit": lambda b: optimize.curve_fit(lambda x, p: p * x * b, PLACES, ORDINATES)[0][0],
    "root": lambda b: optimize.root(lambda x: x - b, np.zeros(2)).x[0],
    "fsolve": lambda b: optimize.fsolve(lambda x: x - b, np.zeros(2))[0],
    "root_scalar": lambda b: optimize.root_scalar(lambda x: x - b, bracket=(0, 9)).root,
    "fixed_point": lambda b: optimize.fixed_point(lambda x: (x + b / x) / 2, 1.0),
    **{name: lambda b, f=getattr(optimize, name): f(lambda x: x - b, 0, 9) for name in ("bisect", "brenth", "brentq", "ridder", "toms748")},
    "newton": lambda b: optimize.newton(lambda x: x - b, 1.0),
    **{name: lambda b, f=getattr(optimize, name): f(lambda x: np.sum((x - b) ** 2), 0.0, disp=False) for name in ("fmin", "fmin_bfgs", "fmin_powell", "fmin_cg")},
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
    "solve_ivp's event": lambda b: integrate.solve_ivp(lambda t, y: y, (0, 1), [1.0], events=lambda t, y: y[0] - b).t_events[0][0],
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
    "differential_evolution": lambda b: optimize.differential_evolution(lambda x, b: np.sum(x - b), [(0, 1)], (b,)).x[0],
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

ROUNDS = {
    "minimize": lambda v: optimize.minimize(lambda x, a: np.sum((x - a) ** 2), np.zeros(2), (v,), bounds=[(0, 1)] * 2).fun,
    "least_squares": lambda v: np.sum(optimize.least_squares(lambda x, a: x - a, np.zeros(2), args=(v,), loss="soft_l1").x),
    "root": lambda v: np.sum(optimize.root(lambda x, a: x - a, np.zeros(2), (v,)).x),
    "brentq": lambda v: optimize.brentq(lambda x, a: x - a, 0, 5, (v,)),
    "quad": lambda v: integrate.quad(lambda t, a: exp(-a * t), 0, v, (v,))[0],
    "odeint": lambda v: np.sum(integrate.odeint(lambda y, t, a: -a * y, v, (0, 1, 2), (v,))),
    "solve_ivp": lambda v: np.sum(integrate.solve_ivp(lambda t, y, a: -a * y, (0, v), [1.0], "RK23", args=(v,)).y),
}  # fmt: skip


@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_is_left_for_the_collector(name):
    """What SciPy itself leaves behind (its stiff solvers and trust-region methods do) is counted on plain numbers, and taken off."""

    def left(x):
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                out = ROUNDS[name](x)
                if isinstance(out, Value):
                    out.backward()
            del out
            return sum(isinstance(x, Value) for x in _garbage())
        finally:
            gc.enable()

    left(Value(1.3))
    assert left(Value(1.3)) == 0


def _garbage():
    """What only the cyclic collector would free."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
