"""Sensitivities of a stiff system: Robertson's chemical reactions, whose rates span nine powers of ten."""

import numpy as np

from autograd import jacobian
from autograd.scipy.integrate import solve_ivp

RATES = np.array([0.04, 3e7, 1e4])
TIME = 40.0


def reactions(_t, y, k):
    a = k[0] * y[0]
    b = k[2] * y[1] * y[2]
    c = k[1] * y[1] ** 2
    return np.stack([-a + b, a - b - c, c])


def concentrations(k):
    solution = solve_ivp(reactions, (0.0, TIME), np.array([1.0, 0.0, 0.0]), "Radau", args=(k,), rtol=1e-7, atol=1e-11)
    return solution.y[:, -1]


def main():
    by_rate = jacobian(concentrations)(RATES)
    final = np.asarray(concentrations(RATES))
    # All rates c times as large is time c times as fast: Σ k ∂y/∂k = t ∂y/∂t.
    faster, later = by_rate @ RATES, TIME * reactions(TIME, final, RATES)
    return [
        *[(f"concentration {i}, all rates larger", faster[i], later[i], 1e-5) for i in range(3)],
        ("nothing is lost", np.sum(by_rate[:, 0]), 0.0, 1e-5),
        ("the first concentration", final[0], 0.7158271, 1e-5),
    ]
