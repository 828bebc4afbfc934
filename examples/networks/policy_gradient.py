"""Policy gradient: a small network learns to balance a pole on a cart.

R. J. Williams, "Simple statistical gradient-following algorithms …", 1992 (REINFORCE), with a baseline. The cart is that of
A. G. Barto, R. S. Sutton, C. W. Anderson, "Neuronlike adaptive elements …", 1983; sixteen of them run side by side.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import RED, TEAL, figure, save

import nn
from autograd import no_grad
from nn import functional

CARTS, LONGEST, DISCOUNT = 16, 500, 0.99


class CartPole:
    """`n` carts on rails, each with a pole on a hinge; a push to the left or the right every fiftieth of a second.

    A state is (place, speed, angle, angular speed). A cart is out when it has left ±2.4 m, or its pole ±12°.
    """

    gravity, cart, pole, half, push, tick = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02

    def __init__(self, n: int, rng: np.random.Generator) -> None:
        self.state = rng.uniform(-0.05, 0.05, (n, 4))
        self.up = np.ones(n, bool)

    def step(self, right: Any) -> None:
        """Push each cart that is not out; equations of motion (23) and (24) of R. V. Florian, 2005, without friction."""
        _, speed, angle, turning = self.state.T
        force = np.where(right, self.push, -self.push)
        total, sine, cosine = self.cart + self.pole, np.sin(angle), np.cos(angle)
        thrust = (force + self.pole * self.half * turning**2 * sine) / total
        swing = (self.gravity * sine - cosine * thrust) / (self.half * (4 / 3 - self.pole * cosine**2 / total))
        drive = thrust - self.pole * self.half * swing * cosine / total
        moved = self.state + self.tick * np.stack([speed, drive, turning, swing], axis=1)
        self.state = np.where(self.up[:, None], moved, self.state)
        self.up &= (abs(self.state[:, 0]) < 2.4) & (abs(self.state[:, 2]) < np.radians(12))


@no_grad()
def episodes(policy: nn.Module, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """States (time, cart, 4), pushes (time, cart), and whether the cart was not yet out (time, cart)."""
    carts, record = CartPole(CARTS, rng), []
    while carts.up.any() and len(record) < LONGEST:
        logits = policy(carts.state).numpy()[:, 0]
        right = rng.random(CARTS) < 1 / (1 + np.exp(-logits))
        record.append((carts.state, right, carts.up.copy()))
        carts.step(right)
    states, pushes, up = map(np.array, zip(*record, strict=True))
    return states, pushes, up


def advantages(up: Any) -> Any:
    """What is still to come at each time, discounted, less the mean of the carts at that time, in standard deviations."""
    to_come, later = np.zeros(up.shape), np.zeros(up.shape[1])
    for t in reversed(range(len(up))):
        to_come[t] = later = up[t] * (1 + DISCOUNT * later)
    surplus = (to_come - to_come.sum(axis=1, keepdims=True) / np.maximum(up.sum(axis=1, keepdims=True), 1)) * up
    return surplus / (surplus[up].std() + 1e-8)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=150)
    options = parser.parse_args(arguments)
    rng = nn.manual_seed(0)
    policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = nn.optim.Adam(policy.parameters(), lr=1e-2)
    lengths = []
    for update in range(1, options.updates + 1):
        states, pushes, up = episodes(policy, rng)
        lengths.append(up.sum(axis=0))
        misfit = functional.binary_cross_entropy_with_logits(policy(states[up]), pushes[up][:, None], reduction="none")
        optimizer.zero_grad()
        (misfit[:, 0] * advantages(up)[up]).mean().backward()
        optimizer.step()
        if update % 25 == 0:
            print(f"update {update}: {np.mean(lengths[-1]):.0f} of {LONGEST} steps")

    means = np.mean(lengths, axis=1)
    drawing, (axis,) = figure("How long sixteen poles stay up")
    axis.fill_between(range(1, len(means) + 1), np.min(lengths, axis=1), np.max(lengths, axis=1), color=TEAL, alpha=0.2)
    axis.plot(range(1, len(means) + 1), means, color=TEAL, label="mean, and all sixteen")
    axis.axhline(LONGEST, color=RED, linewidth=1, label="the end of an episode")
    axis.set(xlabel="update", ylabel="steps", ylim=(0, None))
    axis.legend(loc="lower right")
    print(f"wrote {save(drawing, 'networks_policy_gradient.png')}")
    return {"first": float(means[0]), "last ten": float(means[-10:].mean())}


if __name__ == "__main__":
    print(main())
