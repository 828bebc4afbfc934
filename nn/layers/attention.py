"""Attention, and the layers that are built of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError

from .. import functional, init
from ..functional.attention import attention_weights, merged_masks
from ..module import Module, Parameter
from ..random import Seed, default_generator, kept_generator
from .linear import Linear


class MultiheadAttention(Module):
    """Attention with several heads: each has projections of its own of queries, keys and values.

    `in_proj_weight`, of shape (3 × embed_dim, embed_dim), has those of q, k and v one below the other; where keys or values
    have another length there are `q_proj_weight`, `k_proj_weight` and `v_proj_weight`. `out_proj` is a `Linear`. In a mask of
    booleans True is where a query may *not* look, as in PyTorch, and other than in `scaled_dot_product_attention`.

    Args:
        embed_dim: the length of queries and outputs.
        num_heads: a divisor of it.
        dropout: the share of the weights that is left out in training.
        bias: whether the projections have biases, which begin at 0.
        kdim: the length of keys; None is `embed_dim`.
        vdim: the length of values; None is `embed_dim`.
        batch_first: whether inputs and outputs are (batch, length, …) rather than (length, batch, …).
        dtype: of the parameters.
        generator: where they come from, and the dropout; None takes that of `nn.manual_seed`.

    A. Vaswani et al., "Attention is all you need", 2017, section 3.2.2.

    Raises:
        ValueError: `embed_dim` cannot be divided by `num_heads`.
    """

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, *, kdim: int | None = None,
        vdim: int | None = None, batch_first: bool = False, dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        if embed_dim % num_heads:
            raise ValueError(f"MultiheadAttention: embed_dim={embed_dim} is not divisible by num_heads={num_heads}")
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self.generator = kept_generator(generator)
        rng = default_generator(self.generator)
        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight: Any = _xavier(3 * embed_dim, embed_dim, dtype, rng)
            self.q_proj_weight = self.k_proj_weight = self.v_proj_weight = None
        else:
            self.in_proj_weight = None
            self.q_proj_weight, self.k_proj_weight, self.v_proj_weight = (
                _xavier(embed_dim, width, dtype, rng) for width in (embed_dim, self.kdim, self.vdim)
            )
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, dtype)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype=dtype, generator=rng)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
        average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple[Any, Any]:  # fmt: skip
        """What the queries find, in their shape, and how much each took of each key.

        Args:
            query: of shape (L, batch, embed_dim), with `batch_first` (batch, L, embed_dim), or (L, embed_dim).
            key: as `query`, of length S and width `kdim`.
            value: as `key`, of width `vdim`.
            key_padding_mask: of shape (batch, S), or (S,): True for keys that are not there, or numbers to add.
            need_weights: whether the weights are returned, of shape (batch, L, S); else None in their place, which is faster.
            attn_mask: of shape (L, S) or (batch × heads, L, S): True where a query may not look, or numbers to add.
            average_attn_weights: whether the weights are means over the heads, else of shape (batch, heads, L, S).
            is_causal: a query looks at keys up to its own place only.
        """
        alone = query.ndim == 2
        if alone and key_padding_mask is not None:
            key_padding_mask = key_padding_mask[None]
        q, k, v = self._projected(query, key, value)
        shape = (*q.shape[:3], k.shape[2])
        bias = merged_masks(attn_mask, key_padding_mask, shape=shape, dtype=q.dtype)
        p = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = attention_weights(q, k, bias, is_causal=is_causal, scale=q.shape[-1] ** -0.5)
            weights = functional.dropout(weights, p, generator=self.generator)
            mixed = weights @ v
            weights = weights.mean(axis=1) if average_attn_weights else weights
        else:
            mixed = functional.scaled_dot_product_attention(q, k, v, bias, p, is_causal, generator=self.generator)
        out = self.out_proj(mixed.swapaxes(1, 2).reshape(shape[0], shape[2], self.embed_dim))
        if alone:
            return out[0], None if weights is None else weights[0]
        return (out if self.batch_first else out.swapaxes(0, 1)), weights

    def _batched(self, name: str, x: Any, width: int, alone: bool) -> Any:
        """`x` as (batch, length, width)."""
        if x.ndim != (2 if alone else 3) or x.shape[-1] != width:
            raise ShapeError(
                f"MultiheadAttention: the {name} has shape {x.shape}; its last axis must have the length {width}, and query, "
                "key and value two axes (without a batch) or three"
            )
        return x[None] if alone else x if self.batch_first else x.swapaxes(0, 1)

    def _projected(self, query: Any, key: Any, value: Any) -> list[Any]:
        """q, k and v, each of shape (batch, heads, length, embed_dim / heads)."""
        alone = query.ndim == 2
        one = query is key is value and self.in_proj_weight is not None
        query = self._batched("query", query, self.embed_dim, alone)
        if one:
            parts = np.split(self._linear(query, self.in_proj_weight, self.in_proj_bias), 3, axis=-1)
        else:
            inputs = query, self._batched("key", key, self.kdim, alone), self._batched("value", value, self.vdim, alone)
            weights: Any = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
            weights = weights if self.in_proj_weight is None else np.split(self.in_proj_weight, 3)
            biases = [None] * 3 if self.in_proj_bias is None else np.split(self.in_proj_bias, 3)
            parts = [self._linear(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True)]
        return [x.reshape(*x.shape[:2], self.num_heads, -1).swapaxes(1, 2) for x in parts]

    @staticmethod
    def _linear(x: Any, weight: Any, bias: Any) -> Any:
        return functional.linear(x, weight.T, bias)

    def extra_repr(self) -> str:
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"


def _xavier(rows: int, columns: int, dtype: Any, generator: np.random.Generator) -> Parameter:
    parameter = Parameter(np.empty((rows, columns), dtype))
    init.xavier_uniform_(parameter, generator=generator)
    return parameter
