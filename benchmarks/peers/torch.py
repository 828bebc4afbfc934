"""PyTorch in eager mode, on the CPU and one thread."""

from __future__ import annotations

from typing import Any

import torch
from suite.starts import Start
from torch.nn import functional as F

from peers import array_programs as arrays
from peers import scalar_programs as scalars

importing = "torch"
torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def leaf(a: Any) -> torch.Tensor:
    """A tensor of its own memory that needs a gradient."""
    return torch.tensor(a, dtype=torch.float64 if isinstance(a, float) else None, requires_grad=True)


def scalar_add_1(s: Start) -> Any:
    x = leaf(s.x)
    return scalars.differentiated(lambda: scalars.sums(x, s.c, s.n), (x,), None)


def scalar_add_2(s: Start) -> Any:
    x, c = leaf(s.x), leaf(s.c)
    return scalars.differentiated(lambda: scalars.sums(x, c, s.n), (x, c), None)


def scalar_exp(s: Start) -> Any:
    x = leaf(s.x)
    return scalars.differentiated(lambda: scalars.exponentials(x, s.n), (x,), None)


def _matrices(program: Any, x: Any, c: Any, n: int) -> Any:
    x, c, ones = leaf(x), leaf(c), torch.ones(4, 4, dtype=torch.float64)
    return scalars.differentiated(lambda: program(x, c, n), (x, c), None, lambda y: y.backward(ones))


def array_add(s: Start) -> Any:
    return _matrices(scalars.sums, s.x, s.near_one, s.n)


def array_mul(s: Start) -> Any:
    return _matrices(scalars.products, s.x, s.near_one, s.n)


def array_matmul(s: Start) -> Any:
    return _matrices(scalars.matrix_products, s.x, s.turn, s.n)


def square(s: Start) -> Any:
    def step() -> Any:
        x = leaf(s.x)
        (x * x).backward()
        return (x.grad,)

    return (step,)


def _descend(parameters: list[torch.Tensor], loss: torch.Tensor, rate: float) -> list[Any]:
    for p in parameters:
        p.grad = None
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            p.sub_(p.grad, alpha=rate)
    return [p.grad for p in parameters]


def two_arrays(s: Start) -> Any:
    people = [(torch.tensor(x, dtype=torch.float64), t) for x, t in s.people]

    def epochs() -> Any:
        p = w1, b1, w2, b2 = [leaf(a) for a in arrays.two_two_one_arrays(s.p)]
        for _ in range(s.epochs):
            for x, t in people:
                y = torch.sigmoid(torch.sigmoid(x @ w1 + b1) @ w2 + b2)
                _descend(p, ((y - t) ** 2).sum(), s.rate)
        return [a.detach() for a in p]

    return (epochs,)


def _linear(w: Any, b: Any) -> torch.nn.Linear:
    layer = torch.nn.Linear(*w.shape, dtype=torch.from_numpy(w).dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(w.T))
        layer.bias.copy_(torch.from_numpy(b))
    return layer


def two_nn(s: Start) -> Any:
    people = [(torch.tensor(x, dtype=torch.float64), torch.tensor([t], dtype=torch.float64)) for x, t in s.people]
    w1, b1, w2, b2 = arrays.two_two_one_arrays(s.p)

    def epochs() -> Any:
        net = torch.nn.Sequential(_linear(w1, b1), torch.nn.Sigmoid(), _linear(w2[:, None], b2), torch.nn.Sigmoid())
        optimizer = torch.optim.SGD(net.parameters(), lr=s.rate)
        for _ in range(s.epochs):
            for x, t in people:
                loss = F.mse_loss(net(x), t)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return net[0].weight.detach().T, net[0].bias.detach(), net[2].weight.detach()[0], net[2].bias.detach()

    return (epochs,)


def mlp(s: Start) -> Any:
    linear = [_linear(w, b) for w, b in s.layers]
    model = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1], torch.nn.ReLU(), linear[2])
    optimizer = torch.optim.SGD(model.parameters(), lr=s.rate)
    rows, labels = torch.from_numpy(s.x), torch.from_numpy(s.t)

    def epoch() -> Any:
        total = 0.0
        for x, t in zip(rows.split(s.batch), labels.split(s.batch), strict=True):
            loss = F.cross_entropy(model(x), t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        return total / len(rows), *(a.detach() for layer in linear for a in (layer.weight.T, layer.bias))

    return (epoch,)


mlp_32 = mlp_128 = mlp_512 = mlp


def gpt(s: Start) -> Any:
    p = [leaf(a) for a in s.p]
    tokens, targets = torch.from_numpy(s.tokens), torch.from_numpy(s.targets).ravel()

    def norm(x: torch.Tensor, gain: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(x, gain.shape, gain, bias)

    def attention(x: torch.Tensor) -> torch.Tensor:
        batch, time, width = x.shape[0], x.shape[1], x.shape[2] // 3
        q, k, v = x.view(batch, time, 3, s.heads, -1).permute(2, 0, 3, 1, 4)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, time, width)

    def step() -> Any:
        x = p[0][tokens] + p[1]
        for i in range(2, len(p) - 3, 12):
            g1, c1, w_qkv, b_qkv, w_out, b_out, g2, c2, w_up, b_up, w_down, b_down = p[i : i + 12]
            x = x + (attention(norm(x, g1, c1) @ w_qkv + b_qkv) @ w_out + b_out)
            x = x + F.gelu(norm(x, g2, c2) @ w_up + b_up, approximate="tanh") @ w_down + b_down
        z = norm(x, p[-3], p[-2]) @ p[-1]
        loss = F.cross_entropy(z.view(len(targets), -1), targets)
        return loss.detach(), *_descend(p, loss, s.rate)

    return (step,)


def lstm(s: Start) -> Any:
    model = torch.nn.LSTM(s.x.shape[2], s.target.shape[2])
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), s.p, strict=True):
            parameter.copy_(torch.from_numpy(start))
    x, target = torch.from_numpy(s.x), torch.from_numpy(s.target)
    optimizer = torch.optim.SGD(model.parameters(), lr=s.rate)

    def step() -> Any:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x)[0], target)
        loss.backward()
        optimizer.step()
        return loss.detach(), *(p.grad for p in model.parameters())

    return (step,)


def _network(s: Start, *layers: torch.nn.Module) -> Any:
    """A step of gradient descent, of layers that begin at `s.p`, where matrices are (inputs, outputs)."""
    model, x, t = torch.nn.Sequential(*layers), torch.from_numpy(s.x), torch.from_numpy(s.t)
    with torch.no_grad():
        for parameter, a in zip(model.parameters(), s.p, strict=True):
            parameter.copy_(torch.from_numpy(a.T if a.ndim == 2 else a))
    optimizer = torch.optim.SGD(model.parameters(), lr=s.rate)

    def step() -> Any:
        loss = F.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach(), *(p.grad.T if p.ndim == 2 else p.grad for p in model.parameters())

    return (step,)


def lenet(s: Start) -> Any:
    blocks = [layer for w in (s.p[0], s.p[2]) for layer in (
        torch.nn.Conv2d(w.shape[1], w.shape[0], 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2))]  # fmt: skip
    return _network(s, *blocks, torch.nn.Flatten(), torch.nn.Linear(256, 10))


def convnet(s: Start) -> Any:
    blocks = [layer for w in s.p[:-2:3] for layer in (
        torch.nn.Conv2d(w.shape[1], w.shape[0], 3, padding=1, bias=False), torch.nn.BatchNorm2d(w.shape[0]),
        torch.nn.ReLU(), torch.nn.MaxPool2d(2))]  # fmt: skip
    return _network(s, *blocks, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(128, 10))


def elementwise(s: Start) -> Any:
    x = leaf(s.x)

    def step() -> Any:
        x.grad = None
        y = (torch.tanh(x) * torch.exp(-x * x) + x * torch.sin(x)).sum()
        y.backward()
        return y.detach(), x.grad

    return (step,)


def rosenbrock(x: torch.Tensor) -> torch.Tensor:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def hessian(s: Start) -> Any:
    f, x = torch.func.hessian(rosenbrock), torch.from_numpy(s.x)
    return (lambda: (f(x),),)


def hvp(s: Start) -> Any:
    x, v = leaf(s.x), torch.from_numpy(s.v)

    def step() -> Any:
        (g,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(g, x, v)

    return (step,)


def chain(s: Start) -> Any:
    return scalars.recorded_and_freed(leaf(s.x), s.n, None)
