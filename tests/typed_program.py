"""What type checkers make of a program: read by test_types.py, which runs mypy and pyright over it, and run as well.

Each line with an ``ignore`` is a mistake that they find: both report an ignore for which there is no reason.
"""

from typing import Any, assert_type

import numpy as np

import nn
from autograd import Value, grad, hessian, jacobian, value_and_grad, vjp
from autograd.engine.typed import Numbers

w = Value(np.array([0.5, -0.3]), name="w")
x: np.ndarray[Any, np.dtype[np.float64]] = np.array([[0.0, 1.0], [1.0, 0.0]])

# Operators, from both sides.
assert_type(w * w, Value)
assert_type(2.0 * w, Value)
assert_type(-w, Value)
assert_type(1 - w / 2 + 3**w, Value)
for product in (x @ w, x * w, x + w, x - w, x / w, 1 / (1 + np.exp(-w))):
    assert_type(product, Any)
assert_type(w @ x, Value)

# NumPy's functions.
for result in (
    np.exp(w),
    np.tanh(w),
    np.arctan(w),
    np.maximum(w, 0),
    np.mean(w),
    np.mean(w, axis=0),
    np.dot(x, w),
    np.std(w),
):
    assert_type(result, Any)
assert_type(np.sum(w), Value)
assert_type(np.max(w), Value)

# Methods, and what hangs on a Value.
assert_type(w.sum(), Value)
assert_type(w.reshape(2, 1), Value)
assert_type(w.T, Value)
assert_type(w.shape, tuple[int, ...])
loss = ((x @ w - 1) ** 2).mean()
loss.backward()
assert_type(w.grad, Numbers)
assert_type(w.data, Numbers | Any)
w.data -= 0.1 * w.grad
print(round(loss.data, 3), float(loss.data), f"{loss.item():.3f}", w.grad[0])


# Derivatives take what their function takes.
def cost(weight: float, *, scale: float = 1.0) -> float:
    return scale * weight**2


assert_type(grad(cost)(2.0, scale=3.0), Any)
value, gradient = value_and_grad(cost)(2.0)
assert_type(grad(np.tanh)(1.0), Any)
out, pull = vjp(cost, 2.0, scale=2.0)
assert_type(pull(1.0), Any)
assert pull(1.0) == 8.0
assert_type(jacobian(cost)(2.0), Any)
assert_type(hessian(cost)(2.0), Any)


@grad
def slope(at: float) -> float:
    return at**3


assert_type(slope(2.0), Any)


def mistakes() -> None:
    grad(cost)(2.0, scael=3.0)  # type: ignore[call-arg]
    value_and_grad(cost)("2")  # type: ignore[arg-type]
    vjp(cost, 2.0, scael=1.0)  # type: ignore[call-arg]
    Value(1.0).backwards()  # type: ignore[attr-defined]
    slope(a=2.0)  # type: ignore[call-arg]
    nn.Linear(2, 3, biass=True)  # type: ignore[call-arg]


# Networks.
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
optimizer = nn.SGD(net.parameters(), lr=0.1)
assert_type(net(x), Value | Any)
error = nn.MSELoss()(net(x), np.zeros((2, 1)))
error.backward()
optimizer.step()
