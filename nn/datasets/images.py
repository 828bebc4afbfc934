"""Pictures with labels: MNIST, Fashion-MNIST and CIFAR-10.

MNIST: Y. LeCun, C. Cortes and C. J. C. Burges, 60,000 training and 10,000 test images of 28×28 grey levels, with labels 0
to 9, in four IDX files (big-endian; a magic number, the sizes, then one byte for each number). Fashion-MNIST: H. Xiao,
K. Rasul and R. Vollgraf, 2017, pieces of clothing in the same form. CIFAR-10: A. Krizhevsky, 2009, 50,000 and 10,000
colour images of 32×32.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .files import File, Source, bytes_of

IdxFile = File
Folder = str | os.PathLike[str] | None

MNIST = Source(
    "mnist",
    ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
)
MNIST_FILES = (
    File("train-images-idx3-ubyte", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    File("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    File("t10k-images-idx3-ubyte", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    File("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
)
FASHION = Source(
    "fashion_mnist",
    (
        "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
)
FASHION_FILES = tuple(
    File(name, size, sha256, packed=False)
    for name, size, sha256 in (
        ("train-images-idx3-ubyte.gz", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        ("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        ("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        ("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    )
)
CIFAR10 = Source("cifar10", ("https://www.cs.toronto.edu/~kriz/",))
CIFAR10_FILE = File(
    "cifar-10-binary.tar.gz",
    170_052_171,
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    packed=False,
)


def mnist(
    data_dir: Folder = None,
    *,
    mirrors: Sequence[str] = MNIST.mirrors,
    timeout: float = MNIST.timeout,
    patience: float = MNIST.patience,
    files: Sequence[File] = MNIST_FILES,
) -> tuple[Any, ...]:
    """``(train_images, train_labels, test_images, test_labels)``, as uint8 arrays of (n, 28, 28) and (n,).

    Each file is looked for, plain or gzip-compressed, in `data_dir`, in the folder that the environment variable
    CHAINRULE_DATA names and in the user's cache; otherwise it is downloaded into the cache.

    Args:
        data_dir: a folder to look in first.
        mirrors: addresses that the names of the files are added to.
        timeout: seconds until a mirror must have answered, and between two pieces of data.
        patience: seconds that a file may take in all.
        files: what to read.

    Raises:
        DataUnavailableError: a file is nowhere to be found, or has the wrong bytes.
    """
    source = replace(MNIST, mirrors=mirrors, timeout=timeout, patience=patience)
    return tuple(read_idx(bytes_of(file, source, data_dir)) for file in files)


def fashion_mnist(
    data_dir: Folder = None,
    *,
    mirrors: Sequence[str] = FASHION.mirrors,
    timeout: float = FASHION.timeout,
    patience: float = FASHION.patience,
    files: Sequence[File] = FASHION_FILES,
) -> tuple[Any, ...]:
    """Clothing in `mnist`'s form. Labels: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, boot."""
    source = replace(FASHION, mirrors=mirrors, timeout=timeout, patience=patience)
    return tuple(read_idx(gzip.decompress(bytes_of(file, source, data_dir))) for file in files)


def cifar10(
    data_dir: Folder = None,
    *,
    mirrors: Sequence[str] = CIFAR10.mirrors,
    timeout: float = CIFAR10.timeout,
    patience: float = 3600.0,
    file: File = CIFAR10_FILE,
) -> tuple[Any, ...]:
    """Colour images as uint8 arrays of (n, 3, 32, 32), with labels, in `mnist`'s order.

    Labels: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. The archive has 170 MB.
    """
    source = replace(CIFAR10, mirrors=mirrors, timeout=timeout, patience=patience)
    with tarfile.open(fileobj=io.BytesIO(bytes_of(file, source, data_dir)), mode="r:gz") as archive:

        def read(*names: str) -> tuple[Any, Any]:
            members = [archive.extractfile(f"cifar-10-batches-bin/{name}.bin") for name in names]
            rows = np.frombuffer(b"".join(m.read() for m in members if m), np.uint8).reshape(-1, 1 + 3 * 32 * 32)
            return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]

        return (*read(*(f"data_batch_{i}" for i in range(1, 6))), *read("test_batch"))


def read_idx(data: bytes) -> Any:
    """The array in the bytes of an IDX file of unsigned bytes.

    Raises:
        ValueError: the bytes are none of such a file.
    """
    zeros, kind, ndim = struct.unpack(">HBB", data[:4])
    shape = struct.unpack(f">{ndim}I", data[4 : 4 + 4 * ndim])
    if zeros or kind != 8:
        raise ValueError(f"not an IDX file of unsigned bytes: it begins with {data[:4].hex()}")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * ndim).reshape(shape)
