"""An LSTM learns to write sonnets, character by character.

A. Graves, "Generating sequences with recurrent neural networks", 2013; A. Karpathy's char-rnn, 2015.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from _text import loaders, next_character_loss, write

import nn
from nn import training


class CharLSTM(nn.Module):
    """An embedding, an LSTM, and a score for each character that may come next."""

    def __init__(self, characters: int, embedded: int = 32, hidden: int = 128) -> None:
        self.embedding = nn.Embedding(characters, embedded)
        self.lstm = nn.LSTM(embedded, hidden, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(hidden, characters)

    def forward(self, codes: Any) -> Any:
        """Logits (batch, length, characters) of codes (batch, length)."""
        states, _ = self.lstm(self.embedding(codes))
        return self.head(self.dropout(states))


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=12, help="of --batches batches each")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--characters", type=int, default=300, help="to write in the end")
    options = parser.parse_args(arguments)
    nn.manual_seed(0)
    train, held_out, alphabet = loaders(options.batches)

    net = CharLSTM(len(alphabet)).float()
    history = nn.fit(
        net,
        next_character_loss,
        nn.optim.Adam(net.parameters(), lr=5e-3),
        train,
        held_out,
        epochs=options.epochs,
        callbacks=[training.GradientClipping(max_norm=1.0), training.EarlyStopping("val_loss", patience=3)],
        on_epoch=print,
    )
    print(write(net, alphabet, "Shall I ", options.characters))
    columns = history.as_dict()
    best = int(np.argmin(columns["val_loss"]))  # the weights that EarlyStopping has brought back
    return {"first loss": columns["loss"][0], "loss": columns["loss"][best], "held-out loss": columns["val_loss"][best]}


if __name__ == "__main__":
    print(main())
