"""What the two language models share: the sonnets, the loss of the next character, and writing on."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import no_grad
from nn.datasets import encode, sonnets

LENGTH, BATCH = 64, 32


class Windows(nn.data.Dataset):
    """All stretches of `length` characters of a text, each with the same stretch one character later."""

    def __init__(self, codes: Any, length: int) -> None:
        self.codes, self.length = codes, length

    def __len__(self) -> int:
        return len(self.codes) - self.length

    def __getitem__(self, start: int) -> tuple[Any, Any]:
        stretch = self.codes[start : start + self.length + 1]
        return stretch[:-1], stretch[1:]


def loaders(batches: int) -> tuple[nn.DataLoader, nn.DataLoader, list[str]]:
    """So many batches of random windows, the last tenth of the text, which is not trained on, and the alphabet."""
    codes, alphabet = encode(sonnets())
    split = len(codes) * 9 // 10
    train, held_out = Windows(codes[:split], LENGTH), Windows(codes[split:], LENGTH)
    drawn = nn.data.RandomSampler(train, replacement=True, num_samples=batches * BATCH)
    apart = nn.data.Subset(held_out, np.arange(0, len(held_out), LENGTH))
    return nn.DataLoader(train, batch_size=BATCH, sampler=drawn), nn.DataLoader(apart, batch_size=BATCH), alphabet


def next_character_loss(logits: Any, targets: Any) -> Any:
    """Cross-entropy per character, in nats: logits (batch, length, characters), targets (batch, length)."""
    return nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


@no_grad()
def write(net: nn.Module, alphabet: list[str], prompt: str, count: int, temperature: float = 0.7) -> str:
    """`prompt` and `count` characters more, each drawn from softmax(logits / temperature) of the last 64."""
    net.eval()
    rng = np.random.default_rng(0)
    codes = [alphabet.index(character) for character in prompt]
    for _ in range(count):
        logits = net(np.array([codes[-LENGTH:]]))[0, -1]
        chances = nn.functional.softmax(logits / temperature, dim=-1).numpy().astype(np.float64)
        codes.append(int(rng.choice(len(alphabet), p=chances / chances.sum())))
    return "".join(alphabet[code] for code in codes)
