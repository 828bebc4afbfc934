"""Attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.functions import attention


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, *, is_causal: bool = False, scale: float | None = None
) -> Any:
    """softmax (q kᵀ / √E + mask) v, for q of shape (…, L, E), k of (…, S, E) and v of (…, S, Ev).

    Args:
        query: q; the axes before the last two are batches and heads, and broadcast.
        key: k.
        value: v.
        attn_mask: of a shape that broadcasts to (…, L, S): booleans, True where a query may look, or numbers to add.
        is_causal: a query looks at keys up to its own place only.
        scale: in place of 1/√E.

    A. Vaswani et al., "Attention is all you need", 2017. A query that may look at nothing gets zeros.
    """
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    if attn_mask is not None and attn_mask.dtype == bool:
        attn_mask = np.where(attn_mask, 0, -np.inf).astype(query.dtype)
    bias = () if attn_mask is None else (attn_mask,)
    return attention(query, key, value, *bias, scale=scale, causal=is_causal)
