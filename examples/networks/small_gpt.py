"""A small GPT learns to write sonnets, character by character.

A. Radford et al., "Language models are unsupervised multitask learners", 2019 (GPT-2): learnt positions, the norm in front of
attention and maps, one more at the end, and one matrix for the characters that are read and those that are written.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from _text import LENGTH, loaders, next_character_loss, write

import nn
from nn import training
from nn.optim.lr_scheduler import OneCycleLR

gelu = partial(nn.functional.gelu, approximate="tanh")


class GPT(nn.Module):
    """Characters and places are embedded; `layers` times each place takes from those before it, and is mapped."""

    def __init__(
        self, characters: int, length: int, *, width: int = 64, heads: int = 4, layers: int = 3, dropout: float = 0.2
    ) -> None:
        self.characters = nn.Embedding(characters, width)
        self.places = nn.Embedding(length, width)
        for embedding in (self.characters, self.places):
            nn.init.normal_(embedding.weight, std=0.02)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, dropout, gelu, batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, codes: Any) -> Any:
        """Logits (batch, length, characters) of codes (batch, length)."""
        x = self.characters(codes) + self.places(np.arange(codes.shape[1]))
        for block in self.blocks:
            x = block(x, is_causal=True)
        return self.norm(x) @ self.characters.weight.T


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=12, help="of --batches batches each")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--characters", type=int, default=300, help="to write in the end")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    train, held_out, alphabet = loaders(options.batches)

    net = GPT(len(alphabet), LENGTH).float()
    print(f"{sum(p.size for p in net.parameters()):,} parameters")
    optimizer = nn.optim.AdamW(net.parameters(), weight_decay=0.1)
    schedule = OneCycleLR(optimizer, 5e-3, epochs=options.epochs, steps_per_epoch=options.batches)
    history = nn.fit(
        net,
        next_character_loss,
        optimizer,
        train,
        held_out,
        epochs=options.epochs,
        callbacks=[training.LRSchedule(schedule, every="step"), training.GradientClipping(max_norm=1.0)],
        on_epoch=print,
    )
    print(write(net, alphabet, "Shall I ", options.characters))
    columns = history.as_dict()
    return {"first loss": columns["loss"][0], "loss": columns["loss"][-1], "held-out loss": columns["val_loss"][-1]}


if __name__ == "__main__":
    print(main())
