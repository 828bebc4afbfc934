"""A generative adversarial network: one net turns noise into two moons, as another that tells them apart teaches it.

I. Goodfellow et al., "Generative adversarial nets", 2014, with the generator's loss that does not saturate (section 3).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import RED, TEAL, figure, save

import nn
from autograd import no_grad
from nn.datasets import two_moons

BATCH, NOISE = 256, 4


def mlp(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, outputs)
    )


def distance(points: Any, others: Any) -> float:
    """The mean distance from each of the points to the nearest of the others."""
    return float(np.linalg.norm(points[:, None] - others, axis=2).min(axis=1).mean())


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=5000)
    options = parser.parse_args(arguments)
    rng = nn.manual_seed(0)
    generator, critic = mlp(NOISE, 2), mlp(2, 1)
    of_generator = nn.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    of_critic = nn.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
    loss, real, false = nn.BCEWithLogitsLoss(), np.ones((BATCH, 1)), np.zeros((BATCH, 1))
    average = nn.optim.averaging.AveragedModel(generator, nn.optim.averaging.get_ema_avg_fn(0.99))

    moons, _ = two_moons(500, noise=0.05)
    noise = rng.standard_normal((500, NOISE))
    with no_grad():
        before = generator(noise).numpy()
    for step in range(1, options.steps + 1):
        made = generator(rng.standard_normal((BATCH, NOISE)))
        seen, _ = two_moons(BATCH, noise=0.05)
        of_critic.zero_grad()
        error = loss(critic(seen), real) + loss(critic(made.detach()), false)
        error.backward()
        of_critic.step()

        of_generator.zero_grad()
        deceived = loss(critic(made), real)
        deceived.backward()
        of_generator.step()
        average.update_parameters(generator)
        if step % 1000 == 0:
            print(f"step {step}: critic {error.item():.3f}, generator {deceived.item():.3f}")
    with no_grad():
        after = average(noise).numpy()

    drawing, axes = figure("Before", "After", height=4.8)
    for axis, points in zip(axes, (before, after), strict=True):
        axis.scatter(*moons.T, s=12, color=TEAL, alpha=0.5, label="data", linewidths=0)
        axis.scatter(*points.T, s=12, color=RED, label="made of noise", linewidths=0)
        axis.set(aspect="equal", xlim=(-1.5, 2.5), ylim=(-1.2, 1.7))
        axis.legend(loc="upper right")
    print(f"wrote {save(drawing, 'networks_gan_two_moons.png')}")
    return {
        "from the data to noise": distance(moons, before),
        "from what is made to the data": distance(after, moons),
        "from the data to what is made": distance(moons, after),
    }


if __name__ == "__main__":
    print(main())
