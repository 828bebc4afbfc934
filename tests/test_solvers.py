"""Minima, roots and fits differentiate what was solved: tables of problems whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, NonlinearConstraint

from autograd import GraphError, Value, grad, hessian, jacobian
from autograd.scipy import optimize
from autograd.solvers import kkt
from tests.oracle import projections

close = np.testing.assert_allclose


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
        found = jacobian(lambda z: best(z[0], z[1]).x)(np.array([a, high]))
        close(found, np.stack([of_a, of_high], axis=1), atol=1e-6)
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
    "far circle": (
        lambda c: {"type": "ineq", "fun": lambda x, c: 100 * c - np.sum(x**2), "args": (c,)},
        [1, 0],
        [0, 0],
    ),
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
    best = lambda z: optimize.minimize(distance, start, (z[0],), method, constraints=constraints(z[1]), tol=1e-9).x
    close(jacobian(best)(np.array([2.0, 1.0])), np.stack([of_a, of_c], axis=1), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("found", "target", "active"),
    [
        (0.9999 - 1e-8, 0.9999, False),  # near the bound by chance; what pushes towards it is the solver's inaccuracy
        (0.9999 + 1e-8, 0.9999, False),
        (1.0, 1.0, False),  # weakly active
        (1 - 1e-5, 2.0, True),  # an interior-point method comes near only
        (1.0, 1.001, True),
        (1 + 1e-9, 2.0, True),
    ],
)
def test_which_bounds_are_active(found, target, active):
    for scale in (1e-6, 1.0, 1e6):  # the unit of the objective has no say
        z, _ = kkt.stationary(
            lambda x, scale=scale: scale * np.sum((x - target) ** 2), np.array([found]), [kkt.limits_of_x(0.0, 1.0)]
        )
        assert len(z) == 1 + active


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
    "no success":
        (lambda a: optimize.minimize(lambda x, a: np.sum((x - a) ** 4), np.full(2, 9.0), (a,), options={"maxiter": 1}).x,
            "Maximum number of iterations"),
    "inexact": (lambda a: optimize.minimize(lambda x, a: (x - a) ** 2 * (1 + x**2), 1.0, (a,), tol=1.0).x, "more tightly"),
    "flat": (lambda a: optimize.minimize(lambda x, a: (x[0] - x[1] - a) ** 2, np.zeros(2), (a,)).x, "singular"),
    "double root":
        (lambda a: optimize.newton(lambda x, a: (x - a) ** 2, 2.0, args=(a,), tol=1e-12, maxiter=99), "singular|more tightly"),
    "no convergence":
        (lambda a: optimize.brentq(lambda x, a: x**3 - a, 0, 9, (a,), maxiter=2, full_output=True, disp=False)[0],
            "did not converge"),
    "scalar": (lambda a: optimize.root_scalar(lambda x, a: x**3 - a, (a,), "brentq", (0, 9), maxiter=2).root, "did not converge"),
    "root": (lambda a: optimize.root(lambda x, a: x**2 + a, np.ones(1), (a,)).x, "found no solution"),
    "fsolve": (lambda a: optimize.fsolve(lambda x, a: x**2 + a, np.ones(1), (a,), full_output=True)[0], "found no solution"),
    "squares":
        (lambda a: optimize.least_squares(lambda x, a: x**3 - a, np.ones(1) * 50, args=(a,), max_nfev=2).x, "found no solution"),
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
            lambda p, y: p[0] + p[1] * PLACES - y,
            np.array([0.0, 1.0]),
            args=(y,),
            loss=loss,
            f_scale=scale,
            x_scale=x_scale,
            **TIGHT,
        )

    for f in (lambda *a: fit(*a).x[0] + 3 * fit(*a).x[1], lambda *a: fit(*a).cost, lambda *a: np.sum(fit(*a).fun ** 2)):
        numeric, analytic = projections(f, grad(f, (0, 1)), (ORDINATES, 0.5), 1)
        close(analytic, numeric, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("method", ["trf", "dogbox"])
def test_least_squares_under_bounds(method):
    """A line whose slope is held at the bound b has the ordinate mean(y) − b mean(t) at 0."""
    fit = lambda y, b: (
        optimize.least_squares(
            lambda p, y: p[0] + p[1] * PLACES - y,
            np.array([0.0, 0.5]),
            args=(y,),
            bounds=([-1, -1], [5, b]),
            method=method,
        ).x
    )
    close(grad(lambda y: fit(y, 0.9)[0])(ORDINATES), np.full(6, 1 / 6), atol=1e-8)
    close(grad(lambda y: fit(y, 0.9)[1])(ORDINATES), np.zeros(6), atol=1e-8)
    close(grad(lambda b: fit(ORDINATES, b)[0])(0.9), -2.5)
    close(grad(lambda y: fit(y, 3.0)[1])(ORDINATES), (PLACES - 2.5) / 17.5, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [{}, {"sigma": np.linspace(1, 2, 9)}, {"sigma": np.diag(np.linspace(1, 2, 9)) + 0.1, "absolute_sigma": True},
     {"bounds": ([0, 0], [0.9, 5])}],
)  # fmt: skip
def test_curve_fit(options):
    """A straight line is fitted in closed form (with a slope that is held, by its mean alone)."""
    x = np.linspace(0, 2, 9)
    y = 0.5 + 1.5 * x + 0.1 * np.sin(9 * x)
    line = lambda x, slope, start: slope * x + start
    fit = lambda y: optimize.curve_fit(line, x, y, [0.5, 0.5], **options)
    of_y = grad(lambda y: fit(y)[0][0])(y)
    if "bounds" in options:
        close(of_y, np.zeros(9), atol=1e-8)
        return
    sigma = options.get("sigma", np.ones(9))
    weights = np.linalg.inv(sigma if sigma.ndim == 2 else np.diag(sigma**2))
    design = np.stack([x, np.ones(9)], axis=1)
    solution = np.linalg.solve(design.T @ weights @ design, design.T @ weights)
    close(of_y, solution[0], atol=1e-7)
    residual = lambda y: y - design @ (solution @ y)
    known = "absolute_sigma" in options
    spread = np.linalg.inv(design.T @ weights @ design)[0, 0]
    variance = lambda y: spread * (residual(y) @ weights @ residual(y) / 7)
    close(grad(lambda y: fit(y)[1][0, 0])(y), np.zeros(9) if known else grad(variance)(y), atol=1e-8)
    close(fit(Value(y))[1].data, fit(y)[1], rtol=1e-6)


CUBE = lambda x, a: x**3 - a
ROOTS = {
    "bisect": lambda a: optimize.bisect(CUBE, 0, 9, (a,), xtol=1e-14),
    "brenth": lambda a: optimize.brenth(CUBE, 0, 9, (a,), xtol=1e-14),
    "brentq": lambda a: optimize.brentq(CUBE, 0, 9, (a,), xtol=1e-14),
    "ridder": lambda a: optimize.ridder(CUBE, 0, 9, (a,), xtol=1e-14),
    "toms748": lambda a: optimize.toms748(CUBE, 0, 9, (a,), xtol=1e-14),
    "full output": lambda a: optimize.brentq(CUBE, 0, 9, a, full_output=True)[1].root,
    "newton": lambda a: optimize.newton(CUBE, 1, args=(a,)),
    "halley": lambda a: optimize.newton(CUBE, 1.0, args=(a,), fprime2=lambda x, a: 6 * x),
    "secant": lambda a: optimize.newton(CUBE, 1.0, args=(a,), x1=2.0),
    "newton of an array": lambda a: optimize.newton(CUBE, np.ones(3), args=(a * np.ones(3),))[1],
    "newton of an array, in full": lambda a: optimize.newton(CUBE, np.ones(3), args=(a,), full_output=True)[0][1],
    "root_scalar": lambda a: optimize.root_scalar(CUBE, (a,), bracket=(0, 9)).root,
    "root_scalar by newton": lambda a: optimize.root_scalar(CUBE, (a,), "newton", x0=1.0).root,
    "root_scalar by halley": lambda a: optimize.root_scalar(CUBE, (a,), "halley", x0=1.0).root,
    "root_scalar with its slope":
        lambda a: optimize.root_scalar(lambda x, a: (CUBE(x, a), 3 * x**2), (a,), x0=1.0, fprime=True).root,
    "fsolve": lambda a: optimize.fsolve(lambda x, a: [CUBE(x[0], a)], 1.0, a)[0],
    "fsolve in full": lambda a: optimize.fsolve(CUBE, np.ones(1), (a,), full_output=True)[0][0],
    "root": lambda a: optimize.root(CUBE, np.ones(1), (a,), tol=1e-13).x[0],
    "root from a Value": lambda a: optimize.root(CUBE, a * np.ones(1), (a,), tol=1e-13).x[0],
    "root with its slope": lambda a: optimize.root(lambda x, a: (CUBE(x, a), np.diag(3 * x**2)), np.ones(1), (a,), jac=True).x[0],
    "fixed point": lambda a: optimize.fixed_point(lambda x, a: (2 * x + a / x**2) / 3, 1.5, (a,)),
    "minimum": lambda a: optimize.minimize_scalar(lambda x, a: x**4 / 4 - a * x, args=(a,), tol=1e-12).x,
    "minimum in bounds":
        lambda a: optimize.minimize_scalar(lambda x, a: x**4 / 4 - a * x, bounds=(0, 9), args=a, options={"xatol": 1e-10}).x,
}  # fmt: skip


@pytest.mark.parametrize("name", ROOTS)
def test_cube_roots(name):
    solve = ROOTS[name]
    for a in (2.0, 5.0):
        close(solve(a), np.cbrt(a), rtol=1e-6)
        close(grad(solve)(a), np.cbrt(a) / (3 * a), rtol=1e-6)
        close(grad(grad(solve))(a), -2 * np.cbrt(a) / (9 * a**2), rtol=1e-4)


def test_equations_of_different_sizes_are_not_singular():
    """z₀ + z₁ = a and 1e-9 (z₀ − z₁) = 0: both are a/2."""
    both = lambda a: optimize.root(lambda z, a: np.stack([z[0] + z[1] - a, 1e-9 * (z[0] - z[1])]), [0.3, 0.4], (a,))
    close(jacobian(lambda a: both(a).x)(2.0), [0.5, 0.5])


def test_a_minimum_at_an_end_moves_with_it():
    held = lambda a, end: optimize.minimize_scalar(lambda x, a: (x - a) ** 2, bounds=(0.0, end), args=(a,))
    for f, derivatives in ((lambda *z: held(*z).x, (0, 1)), (lambda *z: held(*z).fun, (6, -6))):
        close(grad(f, (0, 1))(5.0, 2.0), derivatives, atol=1e-4)


def test_at_an_end_the_slope_need_not_be_as_exact_as_the_place():
    """min 1e6 (x − 1.0001)² over [0, b] is at b = 1; SciPy's x is 6e-6 short of it, and the slope there 6 % off."""
    held = lambda b: optimize.minimize_scalar(lambda x, a: 1e6 * (x - a) ** 2, bounds=(0.0, b), args=(1.0001,)).x
    close(grad(held)(1.0), 1)
