"""Weights from PyTorch, and for it.

The names of parameters are PyTorch's. Where a class keeps one in another layout (`Linear.weight` has the inputs first), its
attribute `torch_layout` says how the axes stand there, and they are turned on the way. Arrays themselves need nothing:
``torch.from_dlpack(parameter.data)`` and ``numpy.from_dlpack(tensor)`` share their memory.

Examples:
    >>> from nn import Linear
    >>> net = Linear(3, 2)
    >>> to_torch(net)["weight"].shape
    (2, 3)
    >>> from_torch(Linear(3, 2), to_torch(net))
    IncompatibleKeys(missing_keys=[], unexpected_keys=[])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd import Value

from .module import Module
from .state import IncompatibleKeys

__all__ = ["from_torch", "to_torch"]


def to_torch(model: Module) -> dict[str, Any]:
    """The state of a model as PyTorch's module of the same architecture has it: ``nn.save("net.safetensors", …)`` stores it."""
    state = model.state_dict()
    return state | {name: state[name].transpose(axes) for name, axes in _turned(model) if name in state}


def from_torch(model: Module, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
    """Load a `state_dict` of PyTorch's module of the same architecture: arrays, or what `nn.load` reads of a file.

    Raises:
        StateDictError: something is missing, unexpected or misshapen; the model is then what it was.
    """
    state = {name: _plain(entry) for name, entry in state_dict.items()}
    for name, axes in _turned(model):
        if name in state and state[name].ndim == len(axes):
            state[name] = state[name].transpose(np.argsort(axes))
    return model.load_state_dict(state, strict)


def _turned(model: Module) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The parameters whose layout differs, by name, and how their axes stand in PyTorch's."""
    for path, module in model.named_modules(remove_duplicate=False):
        for key, axes in module.torch_layout.items():
            yield f"{path}.{key}" if path else key, axes


def _plain(entry: Any) -> Any:
    return entry.raw if isinstance(entry, Value) else np.asarray(entry)
