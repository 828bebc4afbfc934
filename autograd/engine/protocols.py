"""How NumPy and Python meet a `Value`: NumPy's function protocol, containers, conversions to plain numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DtypeError, UnsupportedError, explain, no_rule, user_line
from ..rules import CONSTANTS, MAKERS, REFUSALS, TABLE, indexing
from ..rules.op import Op
from .convert import refuse_masked, unbox
from .mode import is_recording


class Protocols:
    """The part of `Value` that others call: NumPy, loops, conversions."""

    __slots__ = ()
    raw: Any
    requires_grad: bool
    __record__: Any

    # -- NumPy's functions ---------------------------------------------------------------------------------------

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """What NumPy calls for its functions, ``np.sum(value)``, with a `Value` among the arguments."""
        function = TABLE.get(func)
        if function is not None:
            if function.__class__ is not Op:  # it takes its constants apart before an operation sees them
                refuse_masked(*args, *kwargs.values())
            try:
                return function(*args, **kwargs)
            except Exception as error:
                explain(func.__name__, args, error)
                raise
        if func is np.size and len(args) == 1 and not kwargs:
            # Every array knows it, and not every library has the function.
            return args[0].size
        if func in CONSTANTS:
            return func(*unbox(args), **unbox(kwargs))
        if func in MAKERS:
            return func(*args, **kwargs)
        raise no_rule(f"{func.__module__.replace('numpy', 'np', 1)}.{func.__name__}", REFUSALS.get(func))

    if not TYPE_CHECKING:  # see typed.pyi

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            """Refused: the history would be lost without a word."""
            raise UnsupportedError(
                f"a Value cannot become a plain NumPy array at {user_line()}: its history would be lost without a word. "
                "Write np.dot(array, value) in place of array.dot(value), autograd.Value([...]) to stack Values into an array, "
                "np.where or value[index] in place of assignment into an array, and autograd.scipy's function for SciPy's; a "
                "function that has none can be given a rule (autograd.primitive). What another library's array (pandas, xarray, "
                "masked, sparse) holds is had by its .to_numpy(), .values, .filled(number), and its product with a sparse matrix "
                "by autograd.scipy.sparse.matmul. The plain numbers, without a derivative, are value.data"
            )

    # -- containers ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """The length of the first axis."""
        return len(self.raw)

    def __iter__(self) -> Iterator[Any]:
        """Along the first axis."""
        if not self.raw.ndim:
            raise TypeError("iteration over a scalar Value")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        """``value[index]``, with any index that an array takes."""
        template, arrays = indexing.freeze(index)
        return self.__record__(indexing.getitem, (self, *unbox(arrays)), {"index": template})

    def __setitem__(self, index: Any, value: Any) -> None:
        """Refused: a Value does not change in place; see `at`."""
        raise UnsupportedError(
            f"item assignment at {user_line()}: a Value does not change in place, because the operations recorded "
            "before would then have the wrong derivative. Use np.where(mask, new, old), or build the parts and "
            "np.concatenate or np.stack them"
        )

    def __bool__(self) -> bool:
        """Whether the number is not 0."""
        return bool(self.raw)

    def _leave(self, kind: str) -> Any:
        """The plain data, for a conversion that nobody sees: refused while the Value would be differentiated."""
        if self.requires_grad and is_recording():
            raise DtypeError(
                f"a Value that is being differentiated was asked for a plain {kind} at {user_line()}: the derivative would "
                "be 0 without a word. Use np.exp(value) and its like in place of math.exp, np.where or value.at[index] in "
                "place of assignment into an array, and value.item() for a number to print or to compare"
            )
        return self.raw

    def __float__(self) -> float:
        """A plain float, refused while the derivative would be lost: see `item`."""
        return float(self._leave("float"))

    def __complex__(self) -> complex:
        """A plain complex number, refused while the derivative would be lost."""
        return complex(self._leave("complex number"))

    def __int__(self) -> int:
        """A plain integer."""
        return int(self.raw)

    # -- how it looks ----------------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """What it is called in pictures and messages."""
        return self.notes.get("name")

    @name.setter
    def name(self: Any, name: str | None) -> None:
        self.notes["name"] = name if name is None else str(name)

    @property
    def notes(self: Any) -> dict[str, Any]:
        """What is known of it besides its numbers: its name, and what `scope` and `trace_lines` note."""
        found = getattr(self, "_notes", None)
        if found.__class__ is not dict:
            found = self._notes = {} if found is None else {"ended": found}
        notes: dict[str, Any] = found
        return notes

    def __repr__(self: Any) -> str:
        """Name, numbers, shape and operation."""
        parts = [repr(self.name)] if self.name else []
        if self.raw.ndim:
            plain = type(self.raw).__module__ == "numpy"  # a Dask array would have to be computed to be shown
            shown = np.array2string(self.raw, precision=6, threshold=20) if plain else repr(self.raw)
            parts += [shown, f"shape={self.raw.shape}"]
        else:
            parts += [f"{self.raw:.6g}"]
        if self.grad is not None and not self.raw.ndim:
            parts.append(f"grad={self.grad:.6g}")
        if self.raw.dtype != np.float64:
            parts.append(f"dtype={self.raw.dtype}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        elif not self.requires_grad:
            parts.append("requires_grad=False")
        return f"{type(self).__name__}({', '.join(parts)})"

    # -- copies ----------------------------------------------------------------------------------------------------

    def __deepcopy__(self: Any, memo: Any) -> Any:
        """A leaf of its own; of a computed Value one that is computed from it."""
        if self.op is not None:
            return self.copy()
        make, arguments, (own, slots) = self.__reduce__()
        leaf = make(*arguments)
        leaf.grad = copy.deepcopy(slots["grad"], memo)
        if own:  # of a subclass with attributes of its own
            vars(leaf).update(own)
        return leaf

    def __copy__(self: Any) -> Any:
        """As a deep copy."""
        return self.__deepcopy__({})


def ended(result: Any, kind: type, begun: int) -> None:
    """Note that a call of something of this kind gave `result`, and computed nothing before the number `begun`.

    It is done for each call of each module: alone it is no dictionary, and calls that gave the same result are a chain.
    """
    if result.op is not None:
        before = getattr(result, "_notes", None)
        if before.__class__ is dict:
            before["ended"] = (begun, kind, before.get("ended"))
        else:
            result._notes = (begun, kind, before)
