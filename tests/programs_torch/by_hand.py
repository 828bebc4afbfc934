"""Without an optimiser and with few layers: raw parameters, functions, hooks, a gradient written out, a step under no_grad."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

rng = np.random.default_rng(0)
x = torch.from_numpy(rng.normal(size=(20, 3)))
t = torch.from_numpy(rng.integers(0, 4, 20))


class Scaled(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty(in_features, out_features))
        self.register_parameter("scale", nn.Parameter(torch.ones(1)))
        self.register_parameter("shift", None)
        self.register_buffer("calls", torch.zeros(()))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.trunc_normal_(self.weight, std=0.5)

    def forward(self, input):
        self.calls += 1
        return self.scale.expand(1, self.out_features) * torch.mm(input, self.weight)

    def extra_repr(self):
        return f"in_features={self.in_features}, out_features={self.out_features}"


net = nn.Sequential()
net.add_module("first", Scaled(3, 8))
net.add_module("act", nn.PReLU())
net.add_module("last", Scaled(8, 4))
start(net)

seen = {}


def hook(module, args, output):
    seen[type(module).__name__] = output.detach().norm().item()


handle = net.act.register_forward_hook(hook)
figures, lr = [], 0.2
for step in range(10):
    log_probs = F.log_softmax(net(x), dim=1)
    one_hot = F.one_hot(t, num_classes=4)
    loss = -(log_probs * one_hot).sum(dim=1).mean()
    loss = loss + 1e-3 * sum(p.pow(2).sum() for p in net.parameters())
    for p in net.parameters():
        p.grad = None
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= lr * p.grad
    figures += [loss.item(), seen["PReLU"]]
handle.remove()

features = F.normalize(net[:2](x), p=2, dim=1)
triplet = nn.TripletMarginLoss(margin=0.5)(features[:5], features[5:10], features[10:15])
similar = F.cosine_similarity(features[:5], features[5:10]).mean()
(triplet + similar).backward()
figures += [triplet.item(), similar.item(), net.first.weight.grad.abs().max().item(), net.first.calls.item()]
vector = nn.utils.parameters_to_vector(net.parameters())
figures += [vector.numel(), vector.detach().norm().item(), vector.argmax().item()]
