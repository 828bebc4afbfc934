"""A convnet with batch norm and a residual block, initialised layer by layer, with decay for the matrices alone."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingLR


def conv3x3(in_planes, out_planes, stride=1):
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inplanes, planes, stride=1):
        super().__init__()
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or inplanes != self.expansion * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inplanes, self.expansion * planes, 1, stride=stride, bias=False),
                nn.BatchNorm2d(self.expansion * planes),
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)


class ConvNet(nn.Module):
    def __init__(self, num_classes=3):
        super().__init__()
        self.stem = nn.Sequential(conv3x3(1, 4), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2))
        layers = []
        for planes, stride in [(4, 1), (8, 2)]:
            layers.append(BasicBlock(4, planes, stride))
        self.layers = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, num_classes)
        self._init_weights()

    def _init_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)
            elif isinstance(m, nn.Linear):
                m.weight.data.normal_(0, 0.01)
                m.bias.data.zero_()

    def forward(self, x):
        x = self.stem(x)
        x = self.layers(x)
        x = self.pool(x)
        x = x.view(x.size(0), -1)
        return self.fc(x)


rng = np.random.default_rng(0)
labels = rng.integers(0, 3, 48)
images = rng.normal(size=(48, 12, 12))
for image, label in zip(images, labels):
    image[4 * label : 4 * label + 4] += 1.5
x = torch.tensor(images).unsqueeze(1)
y = torch.tensor(labels, dtype=torch.long)

torch.manual_seed(0)
net = ConvNet()
assert net.layers[1].bn1.weight.mean().item() == 1.0
start(net)
decay = [p for n, p in net.named_parameters() if p.dim() > 1]
no_decay = [p for n, p in net.named_parameters() if p.dim() <= 1]
optimizer = SGD(
    [{"params": decay, "weight_decay": 5e-4}, {"params": no_decay, "weight_decay": 0.0}], lr=0.1, momentum=0.9, nesterov=True
)
scheduler = CosineAnnealingLR(optimizer, T_max=6)
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)

figures = []
for epoch in range(3):
    net.train()
    for start_index in range(0, len(x), 16):
        xb, yb = x[start_index : start_index + 16], y[start_index : start_index + 16]
        optimizer.zero_grad(set_to_none=True)
        logits = net(xb)
        loss = loss_fn(logits, yb)
        loss.backward()
        optimizer.step()
        figures.append(loss.item())
    scheduler.step()
    figures.append(optimizer.param_groups[0]["lr"])
net.eval()
with torch.no_grad():
    pred = net(x).argmax(dim=1)
    figures.append((pred == y).float().mean().item())
figures += [net.stem[1].running_var.sum().item(), int(net.stem[1].num_batches_tracked)]
