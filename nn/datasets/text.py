"""Text that comes with the package: 24 of Shakespeare's sonnets, and given names."""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np


def sonnets() -> str:
    """24 of William Shakespeare's sonnets (1609, in the public domain), in modern spelling, with an empty line between."""
    return _read("sonnets.txt")


def names() -> list[str]:
    """Given names in lower case, each once, in alphabetical order: a list drawn up for this package."""
    return _read("names.txt").split()


def encode(text: str) -> tuple[Any, list[str]]:
    """``(codes, alphabet)``: each character's place in the sorted list of all that occur; ``alphabet[code]`` is the way back."""
    alphabet = sorted(set(text))
    place = {character: i for i, character in enumerate(alphabet)}
    return np.array([place[character] for character in text], np.int64), alphabet


def _read(name: str) -> str:
    return (resources.files(__package__) / "assets" / name).read_text("utf-8")
