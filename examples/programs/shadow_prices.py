"""The price of a constraint: how the cheapest basket of goods changes with the welfare that it must give."""

import numpy as np

from autograd import grad, jacobian
from autograd.scipy.optimize import minimize

PRICES = np.array([1.0, 2.0, 4.0])


def cheapest(welfare, most):
    """The basket x with the least cost, Σ log x at least `welfare`, and no good above `most`."""
    enough = {"type": "ineq", "fun": lambda x, welfare: np.sum(np.log(x)) - welfare, "args": (welfare,)}
    found = minimize(
        lambda x, prices: prices @ x, np.ones(3), (PRICES,), "SLSQP", bounds=[(0.01, most)] * 3,
        constraints=[enough], tol=1e-12,
    )  # fmt: skip
    return found.x


def main():
    welfare = 1.5
    slope = jacobian(lambda w: cheapest(w, 100.0))(welfare)
    price = grad(lambda w: PRICES @ cheapest(w, 100.0))(welfare)
    multiplier = (np.exp(welfare) * np.prod(PRICES)) ** (1 / 3)  # of Lagrange: x = λ / p, and Π x = exp(welfare)
    rationed = jacobian(lambda w: cheapest(w, 2.5))(welfare)  # now the cheapest good is bought up to its bound
    rest = (np.exp(welfare) / 2.5 * np.prod(PRICES[1:])) ** (1 / 2)
    return [
        ("the shadow price of welfare", price, multiplier, 1e-6),
        *[(f"good {i}, by welfare", slope[i], multiplier / 3 / PRICES[i], 1e-6) for i in range(3)],
        ("good 0 at its bound, by welfare", rationed[0], 0.0, 1e-6),
        ("good 1 beside it", rationed[1], rest / 2 / PRICES[1], 1e-6),
    ]
