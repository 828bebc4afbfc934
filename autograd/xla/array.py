"""`XlaArray`: a JAX array, or the tracer of one, that speaks NumPy's protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..engine.witness import next_number
from . import functions
from .leaving import Leaving, host, leaked, refused, traced
from .memory import NEVER, at_level, double, freeze, in_place, level, unwrapped
from .picking import places_of, put


def asarray(x: Any, device: Any = None) -> XlaArray:
    """`x` on an accelerator: the default one, or the `device` (of `jax.devices()`), in its own precision.

    A Python number stays one where NumPy decides about precision: times a float32 it is a float32.
    """
    if isinstance(x, XlaArray) and device is None:
        return x
    with double(True):
        kept = isinstance(x, XlaArray) or x.__class__ in (int, float, complex)
        return XlaArray(jax.device_put(unwrapped(x) if kept else np.asarray(x), device))


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
    return wrapped(_called(f, args, kwargs), level.get())


def show(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """As `compute`, where NumPy's result may share memory with an argument: from now on neither is written to."""
    for x in (*args, *kwargs.values()):
        freeze(x)
    return wrapped(_called(f, args, kwargs))


def _called(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        with double(True):
            return f(*[unwrapped(x) for x in args], **{key: unwrapped(x) for key, x in kwargs.items()})
    except jax.errors.UnexpectedTracerError as error:
        raise leaked() from error


def _beside_values(inputs: Any) -> bool:
    return any(hasattr(type(x), "__record__") for x in inputs)


def _binary(ufunc: np.ufunc) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The operator of a ufunc, and the reflected one. NumPy sends both here, or to `Value`."""
    return lambda self, other: ufunc(self, other), lambda self, other: ufunc(other, self)  # noqa: PLW0108 - no method else


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


class XlaArray(Leaving):
    """A JAX array under NumPy's protocols: ``np.sin(x)``, ``x @ y``, ``x.sum()`` compute where it lives, eagerly or traced.

    ``np.asarray(x)`` and ``float(x)`` copy its numbers to the host. JAX's arrays do not change. An XlaArray that a
    computation has just made, or NumPy's ``zeros_like``, can be assigned to all the same, and what slices of it show changes
    with it: it holds another JAX array then. Any other (an argument, a constant, what may share memory in NumPy) refuses:
    there ``x.at[index].set(new)`` makes a copy.
    """

    __slots__ = ()
    __hash__ = object.__hash__
    __array_priority__ = 50
    base = None  # it shows no other array's memory

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
            raise in_place(what)
        return outs[0].write(what, result)

    @staticmethod
    def _ufunc_at(ufunc: np.ufunc, x: Any, index: Any, *values: Any) -> None:
        """``np.add.at(x, index, values)``."""
        what = f"np.{ufunc.__name__}.at(…)"
        method = {"add": "add", "multiply": "multiply", "maximum": "max", "minimum": "min"}.get(ufunc.__name__)
        if method is None or not isinstance(x, XlaArray):
            raise in_place(what)
        x.write(what, x.at[index].changed(method, *values))

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if _beside_values(args) or any(hasattr(t, "__record__") for t in types):
            return NotImplemented
        kwargs = {key: x for key, x in kwargs.items() if x is not np._NoValue}
        if kwargs.pop("out", None) is not None:
            raise in_place(f"np.{func.__name__}(…, out=…)")
        if func is np.copyto:
            return self._copied_to(*args, **kwargs)
        for option in ("subok", "like", "order") if func in functions.MAKERS else ():
            kwargs.pop(option, None)
        composed = None if func in functions.MAKERS else functions.composed(func)
        if composed is not None:
            return composed(*args, **kwargs)
        return (compute if func in functions.MAKERS else show)(functions.function(func), *args, **kwargs)

    @staticmethod
    def _copied_to(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:  # noqa: ARG004 - NumPy's
        """`np.copyto`."""
        if not isinstance(dst, XlaArray):
            raise in_place("np.copyto(…)")
        dst.write("np.copyto(…)", src if where is True else np.where(where, src, dst.copy()))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if traced(self):
            raise refused(
                self, "a NumPy array was asked of an XLA array", "Use NumPy's functions, which XLA has too, on it; "
                "xla.asarray(array)[index] in place of array[index] for an array of NumPy's and a traced index; make an argument "
                "that is a size or an option static (static_argnums)",
            )  # fmt: skip
        return np.array(host(self), dtype=dtype, copy=copy)

    # -- picking ---------------------------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        if index == () if index.__class__ is tuple else False:
            return self if not getattr(self.array, "weak_type", False) else self.astype(self.dtype)
        places = places_of(self, index)
        if all(part.__class__ in (int, slice) or part is None or part is Ellipsis for part in places):
            return self.view(lambda x: x[places], lambda x, new: put(x, places, "set", new))
        if any(isinstance(i, jax.core.Tracer) and i.dtype.kind in "iu" for i in places):
            # what JAX would clamp without a word is a NaN then
            return compute(lambda x: x.at[places].get(mode="fill"), self)
        return compute(lambda x: x[places], self)

    def __setitem__(self, index: Any, value: Any) -> None:
        places = places_of(self, index)
        self.write("item assignment", value, lambda x, new: put(x, places, "set", new))

    @property
    def at(self) -> _At:
        """``x.at[index].set(new)``, ``add``, ``max``: copies with some elements changed."""
        return _At(self)

    def each(self, f: Callable[[Any], list[Any]], parts: Any) -> list[Any]:
        """The arrays that `f` returns for each of the `parts`, all parts at once, side by side along a new first axis.

        The engine asks for it where many cotangents go back through a graph of arrays like this one.
        """

        def one(part: Any) -> list[Any]:
            with at_level(next_number()):
                return [unwrapped(x) for x in f(XlaArray(part))]

        return compute(jax.vmap(one), parts)

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

    def __format__(self, form: str) -> str:
        return repr(self) if traced(self) else format(host(self)[()], form)

    def __repr__(self) -> str:
        if traced(self):
            return f"XlaArray(traced, shape={self.shape}, dtype={self.dtype})"
        return repr(host(self)).replace("array", "XlaArray", 1)

    def __reduce__(self) -> Any:
        return asarray, (self._leaving("pickling or copying an array", "Compute with it, and pickle the result"),)

    def copy(self, *_: Any) -> XlaArray:
        """The same numbers, in an array that is not written to."""
        return XlaArray(self.array)

    __copy__ = __deepcopy__ = copy

    # -- methods and operators -------------------------------------------------------------------------------------

    @property
    def T(self) -> Any:
        return self.transpose()

    @property
    def mT(self) -> Any:
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
    squeeze, diagonal = _method("squeeze", show), _method("diagonal", show)

    def transpose(self, *axes: Any) -> XlaArray:
        """With its axes in another order: a view, as NumPy's is."""
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        order = tuple(int(i) % self.ndim for i in given or range(self.ndim)[::-1])
        inverse = np.argsort(order)
        return self.view(lambda x: x.transpose(order), lambda x, new: new.transpose(inverse))

    def swapaxes(self, axis1: int, axis2: int) -> XlaArray:
        """With two axes exchanged: a view, as NumPy's is."""
        return self.view(lambda x: x.swapaxes(axis1, axis2), lambda x, new: new.swapaxes(axis1, axis2))

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

    def changed(self, method: str, values: Any) -> Any:
        """With JAX's `method` applied there."""
        places = places_of(self._array, self._index)
        return compute(lambda x, v: put(x, places, method, v), self._array, values)

    def set(self, values: Any) -> Any:
        """With ``copy[index] = values``."""
        return self.changed("set", values)

    def add(self, values: Any) -> Any:
        """With ``copy[index] += values``, as often as a place is named."""
        return self.changed("add", values)

    def max(self, values: Any) -> Any:
        """With ``copy[index] = maximum(copy[index], values)``."""
        return self.changed("max", values)
