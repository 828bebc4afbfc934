"""A transformer encoder with sinusoidal positions and padding, trained by a class `Trainer` with a one-cycle schedule."""

import math

import numpy as np
import torch
from torch import Tensor
from torch import nn
from torch.utils.data import DataLoader, Dataset


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1, max_len: int = 50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(x + self.pe[: x.size(1)])


class Encoder(nn.Module):
    def __init__(self, vocab: int, d_model: int, classes: int):
        super().__init__()
        self.embed = nn.Embedding(vocab, d_model)
        self.pos = PositionalEncoding(d_model, 0.0)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead=2, dim_feedforward=16, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
        self.cls = nn.Parameter(torch.randn(1, 1, d_model) * 0.02)
        self.heads = nn.ModuleList(nn.Linear(d_model, classes) for _ in range(2))

    def forward(self, tokens: Tensor) -> Tensor:
        padding = tokens == 0
        x = self.embed(tokens) * math.sqrt(self.embed.embedding_dim)
        x = torch.cat([self.cls.repeat(x.size(0), 1, 1), self.pos(x)], dim=1)
        padding = torch.cat([torch.zeros(x.size(0), 1, dtype=torch.bool), padding], dim=1)
        x = self.encoder(x, src_key_padding_mask=padding)
        return torch.stack([head(x[:, 0]) for head in self.heads]).mean(0)


class Tokens(Dataset):
    def __init__(self, n):
        rng = np.random.default_rng(0)
        self.tokens = rng.integers(1, 12, (n, 7))
        self.tokens[np.arange(7) >= rng.integers(3, 8, (n, 1))] = 0
        self.labels = self.tokens.max(1) // 6

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {"tokens": torch.as_tensor(self.tokens[i]), "label": int(self.labels[i])}


class Trainer:
    def __init__(self, model, train_loader, epochs, max_lr):
        self.model, self.loader, self.epochs = model, train_loader, epochs
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=max_lr)
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=max_lr, epochs=epochs, steps_per_epoch=len(train_loader)
        )
        self.criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0]))
        self.history = []

    def step(self, batch):
        out = self.model(batch["tokens"])
        loss = self.criterion(out, batch["label"])
        self.optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=1.0)
        self.optimizer.step()
        self.scheduler.step()
        return loss.item(), float(norm)

    def fit(self):
        for _ in range(self.epochs):
            self.model.train()
            for batch in self.loader:
                self.history += self.step(batch)
        return self


model = Encoder(12, 8, 2)
start(model)
trainer = Trainer(model, DataLoader(Tokens(32), batch_size=8), epochs=2, max_lr=1e-2).fit()
figures = trainer.history
