"""Rows looked up by number."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from .. import functional, init
from ..module import Module, Parameter
from ..random import Seed


class Embedding(Module):
    """A table of `num_embeddings` rows of length `embedding_dim`, looked up by number.

    `weight` begins normal, with mean 0 and standard deviation 1.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of a row.
        padding_idx: a row that begins at zero and has no gradient.
        max_norm: a row that is looked up and is longer than this is shortened to it first, in place.
        norm_type: the p of the p-norm that measures it.
        dtype: of `weight`.
        generator: where the first rows come from; None takes that of `nn.manual_seed`.

    Raises:
        ValueError: `padding_idx` is none of the rows.
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, *, dtype: Any = np.float64, generator: Seed = None,
    ) -> None:  # fmt: skip
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx={padding_idx} is none of the {num_embeddings} rows")
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.max_norm, self.norm_type = max_norm, norm_type
        self.weight = Parameter(np.empty((num_embeddings, embedding_dim), dtype))
        init.normal_(self.weight, generator=generator)
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0

    @property
    def num_embeddings(self) -> int:
        """The number of rows."""
        return self.weight.shape[0]

    @property
    def embedding_dim(self) -> int:
        """The length of a row."""
        return self.weight.shape[1]

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None) -> Self:
        """An `Embedding` of these rows, which are not trained unless `freeze` is False."""
        rows = np.asarray(embeddings.raw if isinstance(embeddings, Parameter) else embeddings)
        layer = cls(rows.shape[0], rows.shape[1], padding_idx, dtype=rows.dtype)
        layer.weight.data = rows
        return layer.requires_grad_(not freeze)

    def forward(self, x: Any) -> Any:
        if self.max_norm is not None:
            self._shorten(np.unique(x))
        return functional.embedding(x, self.weight, self.padding_idx)

    def _shorten(self, numbers: Any) -> None:
        rows = self.weight.raw[numbers]
        lengths = np.linalg.norm(rows, self.norm_type, axis=1, keepdims=True)
        if (lengths > self.max_norm).any():
            self.weight.data[numbers] = np.where(
                lengths > self.max_norm, rows * (self.max_norm / (lengths + 1e-7)), rows
            )

    def extra_repr(self) -> str:
        named = {"padding_idx": self.padding_idx, "max_norm": self.max_norm}
        return ", ".join(
            [
                f"{self.num_embeddings}, {self.embedding_dim}",
                *(f"{name}={given}" for name, given in named.items() if given is not None),
            ]
        )
