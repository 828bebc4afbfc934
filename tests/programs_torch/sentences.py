"""Sentences of different lengths: a collate function that pads, a GRU of both directions, an average of weights, a plateau."""

import copy

import numpy as np
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader

rng = np.random.default_rng(0)
sentences = []
for _ in range(24):
    words = rng.integers(1, 9, rng.integers(3, 8))
    sentences.append((torch.tensor(words), float((words > 6).any())))


def collate(batch):
    ids, labels = zip(*batch)
    lengths = torch.tensor([len(x) for x in ids])
    return pad_sequence(ids, batch_first=True, padding_value=0), lengths, torch.tensor(labels, dtype=torch.float64)


class Classifier(nn.Module):
    def __init__(self, vocab, emb, hid):
        super().__init__()
        self.emb = nn.Embedding(vocab, emb, padding_idx=0)
        self.gru = nn.GRU(emb, hid, batch_first=True, bidirectional=True)
        self.attn = nn.Parameter(torch.zeros(2 * hid))
        self.out = nn.Linear(2 * hid, 1)

    def forward(self, ids, lengths):
        out, _ = self.gru(self.emb(ids))
        mask = torch.arange(ids.size(1))[None, :] < lengths[:, None]
        scores = torch.matmul(out, self.attn)
        scores = scores.masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=1).unsqueeze(-1)
        pooled = torch.sum(weights * out, dim=1)
        longest = torch.where(mask.unsqueeze(2), out, torch.zeros_like(out)).abs().amax(dim=1)
        return self.out(pooled + 0.1 * longest).squeeze(1)


class EMA:
    def __init__(self, model, decay):
        self.model, self.decay = copy.deepcopy(model), decay
        for p in self.model.parameters():
            p.requires_grad_(False)

    @torch.no_grad()
    def update(self, model):
        for ema_p, p in zip(self.model.parameters(), model.parameters()):
            ema_p.mul_(self.decay).add_(p, alpha=1 - self.decay)


model = Classifier(9, 6, 5)
start(model)
ema = EMA(model, 0.9)
loader = DataLoader(sentences, batch_size=8, shuffle=False, collate_fn=collate)
optimizer = torch.optim.NAdam(model.parameters(), lr=2e-2)
scheduler = ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=0, threshold=0.3)
pos_weight = torch.tensor([1.5])

figures = []
for epoch in range(5):
    epoch_losses = []
    for ids, lengths, labels in loader:
        optimizer.zero_grad()
        logits = model(ids, lengths)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, labels, pos_weight=pos_weight)
        loss.backward()
        optimizer.step()
        ema.update(model)
        epoch_losses.append(loss.item())
    scheduler.step(np.mean(epoch_losses))
    figures += [*epoch_losses, optimizer.param_groups[0]["lr"]]
assert model.emb.weight.grad[0].abs().sum().item() == 0
with torch.no_grad():
    figures += ema.model(ids, lengths).sigmoid().tolist()
