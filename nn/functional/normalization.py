"""Normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.functions import layer_norm as _layer_norm
from autograd.functions import standardize


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + ε) · w + b, over the last axes, which have the lengths `normalized_shape`.

    J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
    """
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    for name, part in (("input", input.shape[-len(shape) :]), ("weight", np.shape(weight)), ("bias", np.shape(bias))):
        if part != shape and not (part == () and name != "input"):
            raise ShapeError(f"layer_norm over {shape}: the {name} ends in {part}")
    if weight is not None and bias is not None:
        return _layer_norm(input, weight, bias, eps=eps)
    y = standardize(input, axes=tuple(range(-len(shape), 0)), eps=eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias
