"""A training that is saved after two epochs, and goes on in another model and optimiser as if nothing had been."""

import os
import tempfile

import numpy as np
import torch
from torch import nn
from torch import optim
from torch.utils.data import DataLoader, TensorDataset, random_split

rng = np.random.default_rng(0)
X = torch.from_numpy(rng.normal(size=(40, 3)))
Y = (X.sum(dim=1, keepdim=True) > 0).double()
dataset = TensorDataset(X, Y)
assert [len(part) for part in random_split(dataset, [32, 8])] == [32, 8]
loader = DataLoader(dataset, batch_size=8)


def build():
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
    start(model)
    optimizer = optim.RMSprop(model.parameters(), lr=1e-2, momentum=0.5)
    scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.3)
    return model, optimizer, scheduler


def train_one_epoch(model, optimizer, scheduler):
    losses = []
    for data, target in loader:
        optimizer.zero_grad()
        loss = nn.BCEWithLogitsLoss()(model(data), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()
    return losses


def save_checkpoint(state, filename):
    torch.save(state, filename)


straight, figures = build(), []
for epoch in range(4):
    figures += train_one_epoch(*straight)

model, optimizer, scheduler = build()
for epoch in range(2):
    train_one_epoch(model, optimizer, scheduler)
path = os.path.join(tempfile.mkdtemp(), "checkpoint.pt")
save_checkpoint(
    {
        "epoch": epoch + 1,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    },
    path,
)

model, optimizer, scheduler = build()
checkpoint = torch.load(path)
model.load_state_dict(checkpoint["model_state_dict"])
optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
scheduler.load_state_dict(checkpoint["scheduler"])
resumed = []
for epoch in range(checkpoint["epoch"], 4):
    resumed += train_one_epoch(model, optimizer, scheduler)
figures += resumed
assert resumed == figures[10:20]
