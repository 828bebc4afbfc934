"""`XlaArray`: a JAX array, or the tracer of one, that speaks NumPy's protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import IndexingError, UnsupportedError, user_line
from . import functions

double = jax.enable_x64  # a context: ``with double(True):`` 64 bits are 64 bits, in this thread and in this block alone


# The number of the function that is being traced; an array is written to only where it was made.
level: ContextVar[int] = ContextVar("level", default=0)
NEVER = -1


@contextmanager
def at_level(number: int) -> Iterator[None]:
    """While a function is traced, or mapped."""
    token = level.set(number)
    try:
        yield
    finally:
        level.reset(token)


def traced(x: Any) -> bool:
    """Whether `x` stands for an array that does not exist yet: a function is being compiled, or mapped."""
    return isinstance(x, XlaArray) and isinstance(x.array, jax.core.Tracer)


def asarray(x: Any, device: Any = None) -> XlaArray:
    """`x` on an accelerator: the default one, or the `device` (of `jax.devices()`), in its own precision."""
    if isinstance(x, XlaArray) and device is None:
        return x
    with double(True):
        return XlaArray(jax.device_put(unwrapped(x) if isinstance(x, XlaArray) else np.asarray(x), device))


def unwrapped(x: Any) -> Any:
    """JAX's arrays in place of ours, in lists, tuples and dicts too."""
    if isinstance(x, XlaArray):
        return x.array
    kind = type(x)
    if kind is list or kind is tuple:
        return kind([unwrapped(item) for item in x])
    if kind is dict:
        return {key: unwrapped(item) for key, item in x.items()}
    return x


def wrapped(x: Any, made: int = NEVER) -> Any:
    """Our arrays in place of JAX's, in lists, tuples and named tuples too."""
    if isinstance(x, jax.Array):
        return XlaArray(x, made)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*[wrapped(item, made) for item in x])
    if type(x) in (list, tuple):
        return type(x)([wrapped(item, made) for item in x])
    return x


def compute(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``f(*args, **kwargs)`` of JAX, for our arrays; the results are nobody else's yet."""
    with double(True):
        result = f(*[unwrapped(x) for x in args], **{key: unwrapped(x) for key, x in kwargs.items()})
    return wrapped(result, level.get())


def show(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """As `compute`, where NumPy's result may share memory with an argument: from now on neither is written to."""
    for x in (*args, *kwargs.values()):
        freeze(x)
    with double(True):
        return wrapped(f(*[unwrapped(x) for x in args], **{key: unwrapped(x) for key, x in kwargs.items()}))


def freeze(x: Any) -> None:
    """Let nobody write into the arrays in `x` any more."""
    if isinstance(x, XlaArray):
        while x is not None:
            x.made, x = NEVER, x.shows
    elif type(x) in (list, tuple):
        for item in x:
            freeze(item)


def refused(x: XlaArray, what: str, instead: str) -> UnsupportedError:
    """The error for asking a number that is not there yet."""
    return UnsupportedError(
        f"{what} at {user_line()}, in a function that is being compiled or mapped: its numbers are not known yet "
        f"({x.shape} {x.dtype}). {instead}"
    )


def _beside_values(inputs: Any) -> bool:
    return any(hasattr(type(x), "__record__") for x in inputs)


def _binary(ufunc: np.ufunc) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The operator of a ufunc, and the reflected one. NumPy sends both here, or to `Value`."""
    return lambda self, other: ufunc(self, other), lambda self, other: ufunc(other, self)


def _augmented(ufunc: np.ufunc) -> Callable[..., Any]:
    """The operator of a ufunc in place."""

    def changed(self: XlaArray, other: Any) -> Any:
        new = ufunc(self, other)
        return self.write(f"an assignment in place (np.{ufunc.__name__})", new) if isinstance(new, XlaArray) else new

    return changed


def _method(name: str, run: Callable[..., Any] = compute) -> Callable[..., Any]:
    """The array method of that name, which JAX's arrays have too."""

    def method(self: XlaArray, *args: Any, **kwargs: Any) -> Any:
        given = {key: x for key, x in kwargs.items() if x is not np._NoValue and not (key == "out" and x is None)}
        return run(lambda x, *more, **options: getattr(x, name)(*more, **options), self, *args, **given)

    method.__name__ = name
    return method


class XlaArray:
    """A JAX array under NumPy's protocols: ``np.sin(x)``, ``x @ y``, ``x.sum()`` compute where it lives, eagerly or traced.

    ``np.asarray(x)`` and ``float(x)`` copy its numbers to the host. JAX's arrays do not change. An XlaArray that a
    computation has just made, or NumPy's ``zeros_like``, can be assigned to all the same, and what slices of it show changes
    with it: it holds another JAX array then. Any other (an argument, a constant, what may share memory in NumPy) refuses:
    there ``x.at[index].set(new)`` makes a copy.
    """

    __slots__ = ("__weakref__", "_array", "_seen", "made", "place", "shows")
    __hash__ = object.__hash__
    __array_priority__ = 50
    base = None  # it shows no other array's memory

    made: int  # the level at which it may be written to
    shows: XlaArray | None  # the array that it is a slice of, if that can still change
    place: Any

    def __init__(self, array: Any, made: int = NEVER, shows: XlaArray | None = None, place: Any = None) -> None:
        self._array, self.made, self.shows, self.place = array, made, shows, place
        self._seen = None if shows is None else shows.array

    @property
    def array(self) -> Any:
        """The JAX array, or the tracer of one."""
        if self.shows is not None and (now := self.shows.array) is not self._seen:
            self._array, self._seen = now[self.place], now
        return self._array

    @property
    def writeable(self) -> bool:
        """Whether it can be assigned to: it was made here, and nothing else may share its memory."""
        return self.made == level.get()

    def write(self, what: str, new: Any, place: Any = ...) -> XlaArray:
        """Put `new` at `place`: from now on this, and all that shows it, is another JAX array."""
        if not self.writeable:
            raise _in_place(what)
        if self.shows is not None:
            whole = self.array.at[place].set(unwrapped(new)) if place is not ... else new
            self.shows.write(what, whole, self.place)
        else:
            with double(True):
                self._array = self._array.at[place].set(unwrapped(new))
        return self

    # -- what kind of array it is ----------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def size(self) -> int:
        return self.array.size

    @property
    def dtype(self) -> Any:
        return self.array.dtype

    @property
    def itemsize(self) -> int:
        return int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """As of a NumPy array in C's order, which is the only one here."""
        steps = [self.itemsize]
        for n in self.shape[:0:-1]:
            steps.append(steps[-1] * n)
        return tuple(steps[::-1]) if self.ndim else ()

    @property
    def device(self) -> Any:
        """Where it lives."""
        return self.array.device

    # -- NumPy's protocols -----------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if _beside_values(inputs):
            return NotImplemented
        if method == "at":
            return self._ufunc_at(ufunc, *inputs)
        outs = kwargs.pop("out", None)
        if method == "__call__":
            result = compute(functions.ufunc_call, ufunc, *inputs, **kwargs)
        else:
            result = compute(functions.ufunc_method, ufunc, method, *inputs, **kwargs)
        if outs is None:
            return result
        what = f"np.{ufunc.__name__}(…, out=…)"
        if len(outs) > 1 or not isinstance(outs[0], XlaArray):
            raise _in_place(what)
        return outs[0].write(what, result)

    @staticmethod
    def _ufunc_at(ufunc: np.ufunc, x: Any, index: Any, *values: Any) -> None:
        """``np.add.at(x, index, values)``."""
        what = f"np.{ufunc.__name__}.at(…)"
        method = {"add": "add", "multiply": "multiply", "maximum": "max", "minimum": "min"}.get(ufunc.__name__)
        if method is None or not isinstance(x, XlaArray):
            raise _in_place(what)
        x.write(what, x.at[index]._changed(method, *values))

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if _beside_values(args) or any(hasattr(t, "__record__") for t in types):
            return NotImplemented
        kwargs = {key: x for key, x in kwargs.items() if x is not np._NoValue}
        if kwargs.pop("out", None) is not None:
            raise _in_place(f"np.{func.__name__}(…, out=…)")
        if func is np.copyto:
            return self._copied_to(*args, **kwargs)
        for option in ("subok", "like", "order") if func in functions.MAKERS else ():
            kwargs.pop(option, None)
        composed = functions.composed(func)
        if composed is not None:
            return composed(*args, **kwargs)
        return (compute if func in functions.MAKERS else show)(functions.function(func), *args, **kwargs)

    @staticmethod
    def _copied_to(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
        """`np.copyto`."""
        if not isinstance(dst, XlaArray):
            raise _in_place("np.copyto(…)")
        dst.write("np.copyto(…)", src if where is True else np.where(where, src, dst))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if traced(self):
            raise refused(
                self, "a NumPy array was asked of an XLA array", "Use NumPy's functions, which XLA has too, on it; "
                "np.take(array, index) in place of array[index] for an array of NumPy's and a traced index; make an argument "
                "that is a size or an option static (static_argnums)",
            )  # fmt: skip
        return np.array(self.array, dtype=dtype, copy=copy)

    # -- picking ---------------------------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        if index == () if index.__class__ is tuple else False:
            return self if not getattr(self.array, "weak_type", False) else self.astype(self.dtype)
        places = self._places(index)
        if self.writeable and all(part.__class__ in (int, slice) or part is None or part is Ellipsis for part in places):
            return XlaArray(self.array[places], self.made, self, places)
        if any(isinstance(i, jax.core.Tracer) and i.dtype.kind in "iu" for i in places):
            # what JAX would clamp without a word is a NaN then
            return compute(lambda x: x.at[places].get(mode="fill"), self)
        return compute(lambda x: x[places], self)

    def _places(self, index: Any) -> tuple[Any, ...]:
        """The index as JAX takes it: arrays for lists. One out of bounds, or a mask that is not known, is refused."""
        parts = []
        for part in index if index.__class__ is tuple else (index,):
            if traced(part) and part.dtype.kind == "b" and part.ndim:
                raise refused(
                    part, "a mask was used as an index", "How many elements it picks, and so the shape, would depend on data: "
                    "use np.where(mask, x, other), or a sum with weights, x * mask",
                )  # fmt: skip
            parts.append(np.asarray(part) if part.__class__ is list else unwrapped(part))
        axis, spread = 0, self.ndim - sum(_axes_of(part) for part in parts)
        if spread < 0 and Ellipsis not in [p for p in parts if p is Ellipsis]:
            raise IndexingError(f"too many indices at {user_line()}: the array has {self.ndim} axes")
        for part in parts:
            if part is Ellipsis:
                axis += spread
                continue
            if isinstance(part, (int, np.integer)) and not isinstance(part, (bool, np.bool_)):
                self._within(int(part), int(part), axis)
            elif isinstance(part, np.ndarray) and part.dtype.kind in "iu" and part.size:
                self._within(int(part.min()), int(part.max()), axis)
            axis += _axes_of(part)
        return tuple(parts)

    def _within(self, low: int, high: int, axis: int) -> None:
        n = self.shape[axis]
        if low < -n or high >= n:
            worst = low if low < -n else high
            raise IndexingError(f"index {worst} at {user_line()} is out of bounds for axis {axis} with size {n}")

    def __setitem__(self, index: Any, value: Any) -> None:
        self.write("item assignment", value, self._places(index))

    @property
    def at(self) -> _At:
        """``x.at[index].set(new)``, ``add``, ``max``: copies with some elements changed."""
        return _At(self)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of an unsized object")
        return self.shape[0]

    @property
    def flat(self) -> Iterator[Any]:
        return iter(self.reshape(-1))

    # -- numbers that leave ----------------------------------------------------------------------------------------

    def _leaving(self, what: str, instead: str) -> Any:
        if traced(self):
            raise refused(self, what, instead)
        return np.asarray(self.array)

    def __bool__(self) -> bool:
        return bool(self._leaving("a branch on data", _BRANCH))

    def __float__(self) -> float:
        return float(self._leaving("float(…) of an array", _NUMBER))

    def __complex__(self) -> complex:
        return complex(self._leaving("complex(…) of an array", _NUMBER))

    def __int__(self) -> int:
        return int(self._leaving("int(…) of an array", _STATIC))

    def __index__(self) -> int:
        return self._leaving("an integer (a size, an index of a list, a number of turns)", _STATIC).__index__()

    def item(self, *place: Any) -> Any:
        """The single number in it, as a plain Python number."""
        return self._leaving(".item()", _NUMBER).item(*place)

    def tolist(self) -> Any:
        """The plain numbers, in nested lists."""
        return self._leaving(".tolist()", _NUMBER).tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes of the array."""
        data: bytes = self._leaving(".tobytes()", _NUMBER).tobytes(order)
        return data

    def __format__(self, form: str) -> str:
        return repr(self) if traced(self) else format(np.asarray(self.array)[()], form)

    def __repr__(self) -> str:
        if traced(self):
            return f"XlaArray(traced, shape={self.shape}, dtype={self.dtype})"
        return repr(np.asarray(self.array)).replace("array", "XlaArray", 1)

    def __reduce__(self) -> Any:
        return asarray, (self._leaving("pickling or copying an array", "Compute with it, and pickle the result"),)

    def copy(self, *_: Any) -> XlaArray:
        """The same numbers, in an array that is not written to."""
        return XlaArray(self.array)

    __copy__ = __deepcopy__ = copy

    # -- methods and operators -------------------------------------------------------------------------------------

    @property
    def T(self) -> Any:  # noqa: N802
        return self.transpose()

    @property
    def mT(self) -> Any:  # noqa: N802
        return self.swapaxes(-1, -2)

    @property
    def real(self) -> Any:
        return show(jnp.real, self)

    @property
    def imag(self) -> Any:
        return show(jnp.imag, self)

    def astype(self, dtype: Any, **_: Any) -> Any:
        """A copy in another precision: JAX's arrays have no order, no casting rules and no shared memory to choose."""
        return compute(jnp.astype, self, dtype)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """In another shape; ``order="A"`` and ``"K"`` are C's, which JAX's arrays always have."""
        return show(jnp.reshape, self, shape[0] if len(shape) == 1 else shape, order="F" if order == "F" else "C")

    def ravel(self, order: str = "C") -> Any:
        """As a vector."""
        return self.reshape(-1, order=order)

    def flatten(self, order: str = "C") -> Any:
        """As a vector."""
        return self.reshape(-1, order=order)

    sum, mean, prod, max, min = map(_method, ("sum", "mean", "prod", "max", "min"))
    var, std, all, any, cumsum, cumprod = map(_method, ("var", "std", "all", "any", "cumsum", "cumprod"))
    argmax, argmin, argsort, argpartition = map(_method, ("argmax", "argmin", "argsort", "argpartition"))
    dot, round, trace, conj, conjugate = map(_method, ("dot", "round", "trace", "conj", "conj"))
    repeat, take, searchsorted, nonzero = map(_method, ("repeat", "take", "searchsorted", "nonzero"))
    transpose, swapaxes = _method("transpose", show), _method("swapaxes", show)
    squeeze, diagonal = _method("squeeze", show), _method("diagonal", show)

    def clip(self, min: Any = None, max: Any = None, **_: Any) -> Any:
        """With the numbers outside of the bounds set to these."""
        return compute(jnp.clip, self, min, max)

    __add__, __radd__ = _binary(np.add)
    __sub__, __rsub__ = _binary(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.true_divide)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide)
    __mod__, __rmod__ = _binary(np.remainder)
    __pow__, __rpow__ = _binary(np.power)
    __matmul__, __rmatmul__ = _binary(np.matmul)
    __and__, __rand__ = _binary(np.bitwise_and)
    __or__, __ror__ = _binary(np.bitwise_or)
    __xor__, __rxor__ = _binary(np.bitwise_xor)
    __lshift__, __rlshift__ = _binary(np.left_shift)
    __rshift__, __rrshift__ = _binary(np.right_shift)
    __lt__, __gt__ = _binary(np.less)
    __le__, __ge__ = _binary(np.less_equal)
    __eq__, _ = _binary(np.equal)
    __ne__, _ = _binary(np.not_equal)
    del _
    __iadd__, __isub__, __imul__ = map(_augmented, (np.add, np.subtract, np.multiply))
    __itruediv__, __ipow__, __imatmul__ = map(_augmented, (np.true_divide, np.power, np.matmul))

    def __neg__(self) -> Any:
        return np.negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __invert__(self) -> Any:
        return np.invert(self)


class _At:
    """``x.at[index]``: copies of `x` with some elements changed, as JAX makes them."""

    __slots__ = ("_array", "_index")

    def __init__(self, array: XlaArray, index: Any = ()) -> None:
        self._array, self._index = array, index

    def __getitem__(self, index: Any) -> _At:
        return _At(self._array, index)

    def _changed(self, method: str, values: Any) -> Any:
        places = self._array._places(self._index)
        return compute(lambda x, v: getattr(x.at[places], method)(v), self._array, values)

    def set(self, values: Any) -> Any:
        """With ``copy[index] = values``."""
        return self._changed("set", values)

    def add(self, values: Any) -> Any:
        """With ``copy[index] += values``, as often as a place is named."""
        return self._changed("add", values)

    def max(self, values: Any) -> Any:
        """With ``copy[index] = maximum(copy[index], values)``."""
        return self._changed("max", values)


_BRANCH = (
    "Use np.where(condition, a, b), which computes both; or make the argument that decides static (static_argnums: one "
    "program for each of its values)"
)
_NUMBER = "Return the array and read it outside; compute with np.exp and its like in place of math.exp"
_STATIC = "Make the argument it comes from static (static_argnums), or take it from a shape, which is known"


def _axes_of(part: Any) -> int:
    """How many axes a part of an index takes."""
    if part is None or part is Ellipsis or isinstance(part, (bool, np.bool_)):
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1


def _in_place(what: str) -> UnsupportedError:
    return UnsupportedError(
        f"{what} at {user_line()}: an XLA array that is an argument or a constant, or that another may share memory with, does not "
        "change in place. Use x.at[index].set(new) or .add(new), np.where(mask, new, old), y = x + 1 in place of x += 1, or "
        "build the parts and np.concatenate or np.stack them"
    )
