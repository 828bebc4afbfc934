"""The encoder layers of a Transformer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import functional
from ..containers import ModuleList
from ..module import Module
from ..random import Seed, default_generator, kept_generator
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .normalization import LayerNorm

Activation = str | Callable[[Any], Any]


class TransformerEncoderLayer(Module):
    """Attention of a sequence to itself, then two linear maps of each place, each added to what it began with.

    x ← norm1(x + attention(x)), x ← norm2(x + linear2(activation(linear1(x)))); with `norm_first` the norm stands in front of
    attention and maps: x ← x + attention(norm1(x)) and so on. Dropout follows the attention and both maps.

    Args:
        d_model: the length of inputs and outputs.
        nhead: the number of heads, a divisor of it.
        dim_feedforward: the length between the two maps.
        dropout: the share that is left out in training.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: ε of the norms.
        batch_first: whether inputs and outputs are (batch, length, d_model) rather than (length, batch, d_model).
        norm_first: see above.
        bias: whether linear maps and norms have biases.
        dtype: of the parameters.
        generator: where they come from, and the dropout; None takes that of `nn.manual_seed`.

    A. Vaswani et al., "Attention is all you need", 2017, section 3.1; norm first: R. Xiong et al., "On layer normalization in
    the Transformer architecture", 2020.

    Raises:
        ValueError: there is no such `activation`.
    """

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Activation = "relu",
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, *,
        dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        if isinstance(activation, str) and activation not in ("relu", "gelu"):
            raise ValueError(f"TransformerEncoderLayer: activation={activation!r} is 'relu', 'gelu' or a function")
        kept = kept_generator(generator)
        rng = default_generator(kept)
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, generator=rng
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype=dtype, generator=rng)
        self.dropout = Dropout(dropout, generator=kept)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype=dtype, generator=rng)
        self.norm_first = norm_first
        self.norm1, self.norm2 = (LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype) for _ in range(2))
        self.dropout1, self.dropout2 = (Dropout(dropout, generator=kept) for _ in range(2))
        self.self_attn.generator = kept
        self.activation = getattr(functional, activation) if isinstance(activation, str) else activation

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        """The sequence, changed, in its shape; masks as for `MultiheadAttention`."""
        masks = src_mask, src_key_padding_mask, is_causal
        if self.norm_first:
            x = src + self._attend(self.norm1(src), *masks)
            return x + self._feed(self.norm2(x))
        x = self.norm1(src + self._attend(src, *masks))
        return self.norm2(x + self._feed(x))

    def _attend(self, x: Any, mask: Any, padding: Any, is_causal: bool) -> Any:
        mixed, _ = self.self_attn(x, x, x, padding, need_weights=False, attn_mask=mask, is_causal=is_causal)
        return self.dropout1(mixed)

    def _feed(self, x: Any) -> Any:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerEncoder(Module):
    """`num_layers` copies of an encoder layer, one after the other, and a norm at the end if one is given.

    As in PyTorch the copies begin with the same numbers; draw others with the functions of `nn.init`. A generator that the
    layer was given goes on drawing for all of them. `enable_nested_tensor` and `mask_check` are PyTorch's, and without effect.
    """

    def __init__(
        self, encoder_layer: TransformerEncoderLayer, num_layers: int, norm: Module | None = None,
        enable_nested_tensor: bool = True, mask_check: bool = True,
    ) -> None:  # fmt: skip
        generators = [getattr(part, "generator", None) for part in encoder_layer.modules()]
        self.layers = ModuleList(
            copy.deepcopy(encoder_layer, {id(shared): shared for shared in generators}) for _ in range(num_layers)
        )
        self.num_layers, self.norm = num_layers, norm

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        """The sequence, changed, in its shape; masks as for `MultiheadAttention`."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal)
        return src if self.norm is None else self.norm(src)
