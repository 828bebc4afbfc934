"""A variational autoencoder: digits from two numbers, and all pairs of numbers are digits.

D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", 2014.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _shared import digits, figure, save

import nn
from autograd import no_grad
from nn import functional


class VAE(nn.Module):
    """Each image has a normal distribution over two latent numbers; a draw from it is decoded."""

    def __init__(self, hidden: int = 256, latent: int = 2) -> None:
        self.encoder = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, 784))

    def forward(self, images: Any) -> tuple[Any, Any, Any]:
        """Logits of the pixels, and mean and logarithm of the variance of the latent numbers."""
        mean, log_variance = np.split(self.encoder(images), 2, axis=1)
        noise = nn.random.default_generator().standard_normal(mean.shape, dtype=np.float32)
        return self.decoder(mean + np.exp(log_variance / 2) * noise), mean, log_variance


def negative_elbo(output: tuple[Any, Any, Any], images: Any) -> Any:
    """−log p(x|z) + KL(q(z|x) ‖ N(0, 1)), in nats per image; the KL divergence is ½ Σ (μ² + σ² − 1 − log σ²)."""
    logits, mean, log_variance = output
    misses = functional.binary_cross_entropy_with_logits(logits, images, reduction="sum")
    divergence = (mean**2 + np.exp(log_variance) - 1 - log_variance).sum() / 2
    return (misses + divergence) / len(images)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--rows", type=int, help="train on so many images only")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    images, _, test_images, _ = digits()
    train, test = images[: options.rows].reshape(-1, 784), test_images.reshape(-1, 784)

    net = VAE().float()
    history = nn.fit(
        net,
        negative_elbo,
        nn.optim.Adam(net.parameters(), lr=1e-3),
        nn.DataLoader(train, train, batch_size=100, shuffle=True),
        nn.DataLoader(test, test, batch_size=500),
        epochs=options.epochs,
        on_epoch=lambda epoch: print(epoch) if epoch.number % 10 == 0 else None,
    )
    draw(net)
    return {"first": history[0].loss, "training": history[-1].loss, "held-out": history[-1].val_loss}


@no_grad()
def draw(net: VAE, side: int = 15) -> None:
    """What the decoder makes of a grid of latent numbers."""
    ticks = np.linspace(-2.2, 2.2, side, dtype=np.float32)
    latent = np.stack(np.meshgrid(ticks, ticks[::-1]), axis=-1).reshape(-1, 2)
    pixels = functional.sigmoid(net.decoder(latent)).numpy().reshape(side, side, 28, 28)
    drawing, (axis,) = figure("What two numbers from −2.2 to 2.2 are decoded to", width=6, height=6.6)
    axis.imshow(pixels.swapaxes(1, 2).reshape(side * 28, side * 28), cmap="gray_r")
    axis.set_axis_off()
    print(f"wrote {save(drawing, 'networks_vae.png')}")


if __name__ == "__main__":
    print(main())
