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

from . import data, functional, init, layers, optim, random, training
from .containers import Identity, ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .data import DataLoader
from .layers import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Bilinear,
    Dense,
    Dropout,
    Dropout1d,
    Dropout2d,
    Embedding,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    Linear,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)  # fmt: skip
from .losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    CTCLoss,
    GaussianNLLLoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MarginRankingLoss,
    MSELoss,
    MultiLabelMarginLoss,
    MultiMarginLoss,
    NLLLoss,
    PerceptronLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
    SSELoss,
    TripletMarginLoss,
)  # fmt: skip
from .module import Module, Parameter
from .optim import SGD
from .random import manual_seed
from .scalar import MLP, Layer, Neuron
from .state import StateDictError
from .training import Epoch, evaluate, fit

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "MLP",
    "SELU",
    "SGD",
    "BCELoss",
    "BCEWithLogitsLoss",
    "Bilinear",
    "CTCLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "DataLoader",
    "Dense",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "Epoch",
    "GaussianNLLLoss",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "Layer",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiLabelMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "Neuron",
    "PReLU",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PerceptronLoss",
    "PoissonNLLLoss",
    "ReLU",
    "ReLU6",
    "SSELoss",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softplus",
    "Softsign",
    "StateDictError",
    "Tanh",
    "TripletMarginLoss",
    "data",
    "evaluate",
    "fit",
    "functional",
    "init",
    "layers",
    "manual_seed",
    "optim",
    "random",
    "training",
]
