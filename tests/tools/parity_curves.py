"""PyTorch's losses as it trains the two language models of the examples: ``python -m tests.tools.parity_curves`` (extra `fuzz`).

Writes tests/data/parity/training/curves.json: the losses of fifty steps in float32, from weights and batches that are drawn here
on both sides, from `numpy.random.RandomState`, whose streams never change. Without dropout, which draws differently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nn.datasets import encode, sonnets

PLACE = Path(__file__).parent.parent / "data" / "parity" / "training" / "curves.json"
STEPS, BATCH, LENGTH = 50, 8, 32
RATES = {"char_lstm": 5e-3, "small_gpt": 1e-3}
CODES, ALPHABET = encode(sonnets())


def weights(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Numbers for the parameters of these names, in PyTorch's shapes: uniform on ±1/√columns, about 1 for scales."""
    stream = np.random.RandomState(0)
    drawn = {}
    for name, shape in sorted(shapes.items()):
        scale = "norm" in name and name.endswith("weight")
        drawn[name] = (scale + stream.uniform(-1, 1, shape) / shape[-1] ** 0.5).astype(np.float32)
    return drawn


def batches() -> list[tuple[Any, Any]]:
    """Random stretches of the sonnets, and the same one character later."""
    starts = np.random.RandomState(1).randint(0, len(CODES) - LENGTH, (STEPS, BATCH))
    places = starts[..., None] + np.arange(LENGTH)
    return list(zip(CODES[places], CODES[places + 1], strict=True))


def main() -> None:
    import torch
    from torch import nn
    from torch.nn import functional as F

    class CharLSTM(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(len(ALPHABET), 32)
            self.lstm = nn.LSTM(32, 128, batch_first=True)
            self.head = nn.Linear(128, len(ALPHABET))

        def forward(self, codes: Any) -> Any:
            return self.head(self.lstm(self.embedding(codes))[0])

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.characters, self.places = nn.Embedding(len(ALPHABET), 64), nn.Embedding(LENGTH, 64)
            gelu = nn.GELU("tanh")
            self.blocks = nn.ModuleList(
                nn.TransformerEncoderLayer(64, 4, 256, 0.0, gelu, batch_first=True, norm_first=True) for _ in range(3)
            )
            self.norm = nn.LayerNorm(64)

        def forward(self, codes: Any) -> Any:
            x = self.characters(codes) + self.places(torch.arange(LENGTH))
            mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
            for block in self.blocks:
                x = block(x, mask, is_causal=True)
            return self.norm(x) @ self.characters.weight.T

    torch.set_num_threads(1)
    curves: dict[str, list[float]] = {}
    for name, net in {"char_lstm": CharLSTM(), "small_gpt": GPT()}.items():
        shapes = {key: tuple(tensor.shape) for key, tensor in net.state_dict().items()}
        net.load_state_dict({key: torch.from_numpy(array) for key, array in weights(shapes).items()})
        optimizer = torch.optim.AdamW(net.parameters(), lr=RATES[name])
        curves[name] = []
        for codes, targets in batches():
            loss = F.cross_entropy(net(torch.from_numpy(codes)).flatten(0, 1), torch.from_numpy(targets).flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            curves[name].append(loss.item())
    PLACE.write_text(json.dumps(curves, indent=0) + "\n")
    print({name: (curve[0], curve[-1]) for name, curve in curves.items()})


if __name__ == "__main__":
    main()
