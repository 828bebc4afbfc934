"""`einops` on Values: `rearrange`, `reduce`, `repeat`, `einsum`, `pack` and `unpack`, differentiable (extra `einops`).

einops looks for the class that knows a kind of arrays among the subclasses of its own. Once this module has been imported,
``einops.rearrange`` and all others take Values, too.
"""

from __future__ import annotations

from typing import Any

from autograd import Value

try:
    from einops import einsum, pack, rearrange, reduce, repeat, unpack
    from einops._backends import NumpyBackend
except ImportError as error:
    raise ImportError("einops is needed for nn.einops: pip install 'chainrule[einops]'") from error

__all__ = ["einsum", "pack", "rearrange", "reduce", "repeat", "unpack"]


class Backend(NumpyBackend):  # type: ignore[misc]
    """NumPy's functions, which work on Values as they do on arrays."""

    framework_name = "autograd"

    def is_appropriate_type(self, tensor: Any) -> bool:
        return isinstance(tensor, Value)
