"""Neural networks on `autograd`: modules, losses, optimisers and a training loop, under PyTorch's names."""

from __future__ import annotations

import autograd

if not hasattr(autograd, "Value"):
    _found = getattr(autograd, "__file__", None) or list(autograd.__path__)
    raise ImportError(
        f"nn stands on chainrule's autograd, and the autograd imported from {_found} is another library, or what the "
        "removal of another left over: two projects have that import name, and pip overwrites one with the other "
        "without a word. To mend it:  pip uninstall -y autograd chainrule && pip install chainrule"
    )

from . import data, functional, init, layers, optim, random, training, utils
from .containers import Sequential
from .data import DataLoader
from .layers import Dense, Linear, ReLU, Sigmoid, Softmax, Tanh
from .losses import CrossEntropyLoss, MSELoss, PerceptronLoss, SSELoss
from .module import Module, Parameter
from .optim import SGD
from .saving import load, save
from .scalar import MLP, Layer, Neuron
from .training import Epoch, evaluate, fit

__all__ = [
    "MLP",
    "SGD",
    "CrossEntropyLoss",
    "DataLoader",
    "Dense",
    "Epoch",
    "Layer",
    "Linear",
    "MSELoss",
    "Module",
    "Neuron",
    "Parameter",
    "PerceptronLoss",
    "ReLU",
    "SSELoss",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "data",
    "evaluate",
    "fit",
    "functional",
    "init",
    "layers",
    "load",
    "optim",
    "random",
    "save",
    "training",
    "utils",
]
