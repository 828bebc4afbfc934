"""A multi-layer perceptron: a data set of one's own, a loader, a schedule, the best weights kept, early stopping."""

import copy
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Rings(Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        angle, radius = rng.uniform(0, 2 * np.pi, n), rng.integers(1, 4, n)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1) + rng.normal(scale=0.2, size=(n, 2))
        self.x = torch.from_numpy(points)
        self.y = torch.from_numpy(radius - 1).long()

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


class MLP(nn.Module):
    def __init__(self, in_features, hidden, num_classes):
        super(MLP, self).__init__()
        self.layers = nn.Sequential(OrderedDict([
            ("fc1", nn.Linear(in_features, hidden)),
            ("bn1", nn.BatchNorm1d(hidden)),
            ("relu1", nn.ReLU(inplace=True)),
            ("drop", nn.Dropout(0.0)),
            ("fc2", nn.Linear(hidden, hidden, bias=False)),
            ("relu2", nn.ReLU(True)),
            ("out", nn.Linear(hidden, num_classes)),
        ]))

    def forward(self, x):
        return self.layers(x)


def evaluate(model, loader, criterion):
    model.eval()
    total, correct, loss_sum = 0, 0, 0.0
    with torch.no_grad():
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = model(inputs)
            loss_sum += criterion(outputs, targets).item() * inputs.size(0)
            _, predicted = torch.max(outputs, 1)
            total += targets.size(0)
            correct += (predicted == targets).sum().item()
    return loss_sum / total, correct / total


order = np.random.default_rng(2).permutation(96).tolist()
train_loader = DataLoader(Rings(96, 0), batch_size=16, sampler=order, num_workers=0, pin_memory=False)
val_loader = DataLoader(Rings(48, 1), batch_size=48, shuffle=False)

model = MLP(2, 16, 3).to(device)
start(model)
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.02, weight_decay=1e-4)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)

figures = []
best_loss, best_state, waited, patience = float("inf"), None, 0, 2
for epoch in range(10):
    model.train()
    running_loss = 0.0
    for i, (inputs, targets) in enumerate(train_loader):
        inputs = inputs.to(device)
        targets = targets.to(device)
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    scheduler.step()
    val_loss, val_acc = evaluate(model, val_loader, criterion)
    figures += [running_loss / len(train_loader), val_loss, val_acc, scheduler.get_last_lr()[0]]
    if val_loss < best_loss:
        best_loss, best_state, waited = val_loss, copy.deepcopy(model.state_dict()), 0
    else:
        waited += 1
        if waited > patience:
            break
model.load_state_dict(best_state)
figures += evaluate(model, val_loader, criterion)
figures.append(sum(p.numel() for p in model.parameters() if p.requires_grad))
