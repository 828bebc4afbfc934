"""Somebody's weights: what fits is loaded, the body is frozen, and another head is trained."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file


class Net(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 8, 3)
        self.fc1 = nn.Linear(8 * 2 * 2, 16)
        self.fc2 = nn.Linear(16, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.relu(self.conv2(x))
        x = F.adaptive_avg_pool2d(x, 2)
        x = torch.flatten(x, 1)
        x = F.dropout(F.relu(self.fc1(x)), p=0.0, training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)


rng = np.random.default_rng(3)
x = torch.from_numpy(rng.normal(size=(12, 1, 12, 12)))
y = torch.from_numpy(rng.integers(0, 2, 12))

model = Net()
model.load_state_dict(load_file(WEIGHTS))
model.eval()
with torch.no_grad():
    figures = model(x)[:2].flatten().tolist()

model = Net()
model.fc2 = nn.Identity()
missing, unexpected = model.load_state_dict(load_file(WEIGHTS), strict=False)
assert missing == [] and sorted(unexpected) == ["fc2.bias", "fc2.weight"]
model.fc2 = nn.Linear(model.fc1.out_features, 2)
nn.init.zeros_(model.fc2.weight)
nn.init.zeros_(model.fc2.bias)
for name, param in model.named_parameters():
    if not name.startswith("fc2"):
        param.requires_grad = False
optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=0.05)
for epoch in range(8):
    optimizer.zero_grad()
    loss = F.nll_loss(model(x), y)
    loss.backward()
    optimizer.step()
    figures.append(loss.item())
assert model.conv1.weight.grad is None
