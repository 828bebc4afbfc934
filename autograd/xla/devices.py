"""Many devices, here and on other machines, as one: what is shared out over them, and what each of them has whole."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import NamedSharding, PartitionSpec

from .. import tree
from ..errors import ShapeError, UnsupportedError, user_line
from .array import XlaArray
from .leaving import host, traced
from .memory import double
from .nests import is_array, plain

Spec = str | tuple[str | None, ...]
_BATCH = "batch"


def mesh(
    devices: int | jax.sharding.Mesh | None = None, *, parameters: Mapping[str, Spec] | None = None, **axes: int
) -> Mesh:
    """The devices that share a batch: all there are, so many of them, or JAX's own mesh with an axis "batch".

    ``mesh(batch=4, model=2)`` has eight, in a table of two axes. The examples of a batch are shared out along "batch". Each
    device has all parameters, except those whose name matches a pattern in `parameters`: ``{"*.weight": "model"}`` shares the
    first axis of a weight out along "model", ``(None, "model")`` its second; the first pattern that matches counts.

    In several processes (``python -m autograd.xla.launch``) the devices are those of all processes.

    Raises:
        UnsupportedError: there are not so many devices, or fewer are asked for than several processes have; no axis "batch".
    """
    if axes and devices is not None:
        raise UnsupportedError(
            f"xla.mesh at {user_line()}: the sizes of the axes say how many devices: leave out {devices!r}"
        )
    table: Any = devices
    if devices is None or isinstance(devices, int):
        sizes = axes or {_BATCH: jax.device_count() if devices is None else devices}
        count = math.prod(sizes.values())
        _check_count(count)
        places = np.asarray(jax.devices()[:count]).reshape(tuple(sizes.values()))
        table = jax.sharding.Mesh(places, tuple(sizes))
    if _BATCH not in table.axis_names:
        raise UnsupportedError(f"xla.mesh at {user_line()}: one of the axes {table.axis_names} must be called 'batch'")
    return Mesh(table, parameters or {})


def _check_count(count: int) -> None:
    there = jax.device_count()
    if not 0 < count <= there:
        raise UnsupportedError(
            f"xla.mesh at {user_line()}: {count} devices are asked for, and there are {there}. A processor counts as several if "
            f"XLA_FLAGS=--xla_force_host_platform_device_count={count} is set before Python starts"
        )
    if count < there and jax.process_count() > 1:
        raise UnsupportedError(
            f"xla.mesh at {user_line()}: {count} devices of {there}, in {jax.process_count()} processes, which must all be used"
        )


class Mesh:
    """Devices in a table; see `mesh`.

    Attributes:
        process: which process this is; 0 is the one that writes.
        processes: how many there are.

    Raises:
        UnsupportedError: a pattern of `parameters` names an axis that there is not.
    """

    def __init__(self, devices: jax.sharding.Mesh, parameters: Mapping[str, Spec]) -> None:
        self.devices, self.parameters = devices, dict(parameters)
        self.process, self.processes = jax.process_index(), jax.process_count()
        for pattern, spec in self.parameters.items():
            unknown = {axis for axis in _axes(spec) if axis is not None} - set(devices.axis_names)
            if unknown:
                raise UnsupportedError(
                    f"xla.mesh at {user_line()}: the pattern {pattern!r} names {', '.join(sorted(unknown))}, and the axes are "
                    f"{', '.join(devices.axis_names)}"
                )

    def __repr__(self) -> str:
        return f"Mesh({', '.join(f'{name}={n}' for name, n in self.devices.shape.items())})"

    # -- parameters, and what is like them -----------------------------------------------------------------------

    def check_names(self, names: list[str]) -> None:
        """Raise an error for a pattern that matches none of the parameters."""
        for pattern in self.parameters:
            if not fnmatch.filter(names, pattern):
                raise UnsupportedError(
                    f"xla.mesh: the pattern {pattern!r} matches no parameter. There are {', '.join(names)}"
                )

    def placed(self, x: Any, name: str | None = None) -> Any:
        """The array `x` where the parameter `name` belongs, or whole on each device; within a program, its result there."""
        sharding = NamedSharding(self.devices, self._spec(name, np.shape(x)))
        if traced(x):
            return XlaArray(jax.lax.with_sharding_constraint(plain(x), sharding))
        if getattr(plain(x), "sharding", None) == sharding:
            return x
        with double(True):
            if isinstance(x, XlaArray):  # a number stays one where NumPy decides about precision
                return XlaArray(jax.device_put(plain(x), sharding))
            return self._made(np.asarray(x), sharding)

    def _spec(self, name: str | None, shape: tuple[int, ...]) -> PartitionSpec:
        if name is None:
            return PartitionSpec()
        for pattern, spec in self.parameters.items():
            if fnmatch.fnmatchcase(name, pattern):
                self._check_shape(name, shape, _axes(spec))
                return PartitionSpec(*_axes(spec))
        return PartitionSpec()

    def _check_shape(self, name: str, shape: tuple[int, ...], axes: tuple[str | None, ...]) -> None:
        counts = [1 if axis is None else self.devices.shape[axis] for axis in axes]
        if len(counts) > len(shape) or any(n % k for n, k in zip(shape, counts, strict=False)):
            raise ShapeError(
                f"xla.mesh: {name} of shape {shape} cannot be shared out over {axes}, {counts} devices: each axis must be a "
                "multiple of its number. Take another size, or a pattern that leaves this parameter out"
            )

    @staticmethod
    def _made(x: Any, sharding: NamedSharding) -> XlaArray:
        with double(True):
            return XlaArray(jax.make_array_from_callback(x.shape, sharding, lambda index: x[index]))

    # -- batches ---------------------------------------------------------------------------------------------------

    def rows(self, n: int) -> slice:
        """The examples of a batch of `n` that the devices of this process compute; all, if they cannot be shared out."""
        if n % self.devices.shape[_BATCH]:
            return slice(0, n)
        parts = [rows.indices(n) for (rows,) in self._shared(1).addressable_devices_indices_map((n,)).values()]
        return slice(min(p[0] for p in parts), max(p[1] for p in parts))

    def batch(self, nest: Any, n: int | None = None) -> Any:
        """The arrays of a batch, shared out by examples; of `n` examples in all, if these are the `rows(n)` alone.

        What is no multiple of the number of devices, as a last batch may be, each of them has whole: the results are the same.
        """
        leaves, build = tree.flatten(nest)
        return build([self._part(x, n) if is_array(x) and np.ndim(x) else x for x in leaves])

    def _part(self, x: Any, n: int | None) -> XlaArray:
        x = np.asarray(plain(x))
        total = len(x) if n is None else n
        begin = 0 if n is None else self.rows(n).start
        if total % self.devices.shape[_BATCH]:
            return self._made(x, NamedSharding(self.devices, PartitionSpec()))

        def part(index: tuple[slice, ...]) -> Any:
            low, high, _ = index[0].indices(total)
            return x[low - begin : high - begin]

        with double(True):
            return XlaArray(jax.make_array_from_callback((total, *x.shape[1:]), self._shared(x.ndim), part))

    def _shared(self, ndim: int) -> NamedSharding:
        return NamedSharding(self.devices, PartitionSpec(_BATCH, *[None] * (ndim - 1)))

    # -- between processes -----------------------------------------------------------------------------------------

    def same(self, nest: Any) -> Any:
        """The nest with the arrays of NumPy's that process 0 has in it."""
        leaves, build = tree.flatten(nest)
        places = [i for i, x in enumerate(leaves) if isinstance(x, np.ndarray)]
        if self.processes > 1 and places:
            with double(True):
                found = multihost_utils.broadcast_one_to_all([leaves[i] for i in places])
            for i, x in zip(places, found, strict=True):
                leaves[i] = np.array(x)
        return build(leaves)

    @staticmethod
    def whole(nest: Any) -> Any:
        """The nest with arrays of NumPy's in place of those on devices."""
        leaves, build = tree.flatten(nest)
        return build([host(x) if isinstance(x, XlaArray) else x for x in leaves])


def _axes(spec: Spec) -> tuple[str | None, ...]:
    return (spec,) if isinstance(spec, str) else tuple(spec)
