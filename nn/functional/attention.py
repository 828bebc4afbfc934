"""Attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.functions import attention, softmax, where

from ..random import Seed
from .arrays import as_array
from .dropout import dropout


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: float | None = None, *, generator: Seed = None,
) -> Any:  # fmt: skip
    """softmax (q kᵀ / √E + mask) v, for q of shape (…, L, E), k of (…, S, E) and v of (…, S, Ev).

    Args:
        query: q; the axes before the last two are batches and heads, and broadcast.
        key: k.
        value: v.
        attn_mask: of a shape that broadcasts to (…, L, S): booleans, True where a query may look, or numbers to add.
        dropout_p: the share of the weights that is left out, whether in training or not.
        is_causal: a query looks at keys up to its own place only.
        scale: in place of 1/√E.
        generator: where the dropout comes from.

    A. Vaswani et al., "Attention is all you need", 2017. A query that may look at nothing gets zeros.

    Raises:
        ShapeError: q, k, v and the mask do not fit each other.
    """
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(
            f"scaled_dot_product_attention: query (…, L, E), key (…, S, E) and value (…, S, Ev) are needed, and they have "
            f"{query.shape}, {key.shape} and {value.shape}"
        )
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    bias = None if attn_mask is None else additive(attn_mask, query.dtype)
    lengths = query.shape[-2], key.shape[-2]
    if bias is not None and any(n not in (1, m) for n, m in zip(bias.shape[:-3:-1], lengths[::-1], strict=False)):
        raise ShapeError(
            f"scaled_dot_product_attention: attn_mask has shape {bias.shape}, and (…, {lengths[0]}, {lengths[1]}) is needed"
        )
    if not dropout_p:
        masks = () if bias is None else (bias,)
        return attention(query, key, value, *masks, scale=scale, causal=is_causal)
    weights = attention_weights(query, key, bias, is_causal=is_causal, scale=scale)
    return dropout(weights, dropout_p, generator=generator) @ value


def attention_weights(query: Any, key: Any, bias: Any = None, *, is_causal: bool = False, scale: float) -> Any:
    """softmax (scale · q kᵀ + bias), of shape (…, L, S): how much each query takes of each key."""
    scores = (query * scale) @ key.swapaxes(-1, -2)
    scores = scores if bias is None else scores + bias
    if is_causal:
        scores = where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    numbers = scores.raw if isinstance(scores, Value) else scores
    nothing = np.isneginf(numbers).all(axis=-1, keepdims=True)
    return where(nothing, 0, softmax(where(nothing, 0, scores), axis=-1))


def additive(mask: Any, dtype: Any) -> Any:
    """Numbers to add to the scores: 0 where a boolean mask is True and −∞ where it is not; other masks as they are."""
    if isinstance(mask, Value):
        return mask
    mask = as_array(mask)
    return np.where(mask, 0, -np.inf).astype(dtype) if mask.dtype == bool else mask.astype(dtype)


def merged_masks(attn_mask: Any, key_padding_mask: Any, *, shape: tuple[int, int, int, int], dtype: Any) -> Any:
    """The sum of two masks of `MultiheadAttention`, in which True is where *not* to look, for scores of `shape`; or None.

    `attn_mask` has the shape (L, S) or (batch × heads, L, S), `key_padding_mask` (batch, S).
    """
    batch, heads, queries, keys = shape
    bias: Any = None
    if attn_mask is not None:
        bias = additive(~attn_mask if attn_mask.dtype == bool else attn_mask, dtype)
        if bias.shape not in ((queries, keys), (batch * heads, queries, keys)):
            raise ShapeError(
                f"attn_mask has shape {bias.shape}, and {(queries, keys)} or {(batch * heads, queries, keys)} is needed"
            )
        bias = bias if bias.ndim == 2 else bias.reshape(shape)
    if key_padding_mask is not None:
        if key_padding_mask.shape != (batch, keys):
            raise ShapeError(f"key_padding_mask has shape {key_padding_mask.shape}, and {(batch, keys)} is needed")
        padding = additive(~key_padding_mask if key_padding_mask.dtype == bool else key_padding_mask, dtype)
        padding = padding[:, None, None, :]
        bias = padding if bias is None else bias + padding
    return bias
