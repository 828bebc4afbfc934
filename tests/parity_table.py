"""The whole table of what `nn` and PyTorch are both asked to compute."""

from __future__ import annotations

from tests import parity_cases, parity_images
from tests.parity_cases import Case

CASES: dict[str, list[Case]] = parity_cases.CASES | parity_images.CASES
