"""What the functions that rules call do, in words and signs: a formula is for reading, and names of code say little.

In a phrase ``{0}`` stands for the first argument, as MathML. Signs are written as ``<mo>``, everything else is text.
"""

from __future__ import annotations

import re

_FIRM = "\u00a0"  # MathML drops spaces at the ends of a text
_SPACES_AT_ENDS = re.compile("^ | $")
_SUMMED = "({0}, repeated along the axes that were reduced)"
_PART = "<mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>"

PHRASES = {
    # helpers of the rules
    "ahead": "({1} <mo>−</mo> {0})",
    "at_largest": "{0}, where the largest was",
    "chain": "{0} <mo>·</mo> {1}",
    "cofactors": "the cofactors of {0}",
    "convolution": "the convolution of {0} with {1}",
    "convolution_transpose": "{0}, spread by {1} (transposed convolution)",
    "convolution_weight": "the sums over all places of {0} times {1}",
    "count": "how many there were",
    "deviation": "({0} <mo>−</mo> its mean)",
    "direction": "({0} over its length)",
    "divided": "{0} <mo>/</mo> {1}",
    "inv": "<msup><mrow>{0}</mrow><mn>−1</mn></msup>",
    "kept": _SUMMED,
    "_of_each_row": "{0}, row by row",
    "over": _PART,
    "over_slant_twice": "<mfrac><mrow>{0}</mrow><mrow><mn>1</mn><mo>+</mo><msup><mrow>{1}</mrow><mn>2</mn></msup></mrow></mfrac>",
    "product_of_others": "the product of the others",
    "share": "{0} where this one was taken (half of it at equality)",
    "shares": "the softmax of the numbers",
    "slant": "<msqrt><mn>1</mn><mo>+</mo><msup><mrow>{0}</mrow><mn>2</mn></msup></msqrt>",
    "_softmax_rule": "{1} <mo>·</mo> ({0} <mo>−</mo> <mo>Σ</mo> {0} <mo>·</mo> {1})",
    "solve": "<msup><mrow>{0}</mrow><mn>−1</mn></msup> {1}",
    "spread": _SUMMED,
    "sum_pool": "the sum of {0} in each window",
    "_t": "<msup><mrow>{0}</mrow><mi>ᵀ</mi></msup>",
    "ties": "(1 where the one that was taken is, shared among equals)",
    "to_all": "{0}, for everything in its window",
    "to_largest": "{0}, for the largest in its window",
    "won": "(1 where this one was taken, ½ at equality)",
    # NumPy's
    "broadcast_to": _SUMMED,
    "convolve": "the convolution of {0} with {1}",
    "cumsum": "the running sums of {0}",
    "fft": "the Fourier transform of {0}",
    "flip": "{0} in reverse",
    "ifft": "the inverse Fourier transform of {0}",
    "isnan": "[{0} is not a number]",
    "log_base": "<mi>ln</mi> {0}",
    "moveaxis": "{0} with its axes moved back",
    "roll": "{0} rolled back",
    "where": "the part that was chosen: {1} or {2}",
    # methods of arrays
    "reshape": "{0} in the shape of the input",
    "sum": "<mo>Σ</mo> {0}",
    "swapaxes": "{0} with the two axes exchanged again",
}

# Rules that are programs rather than formulas, and say no more of themselves.
RULES = {
    "batch_norm": "Of x: g without its mean and without its part along y, times weight / √(var + ε); of the weight Σ g y, of the "
    "bias Σ g.",
    "convolve": "The convolution of g with the other one in reverse, where they overlap wholly.",
    "einsum": "The same sum with the result and this operand changing places.",
    "spherical_bessel": "A spherical Bessel function's slope by those of the orders beside it.",
    "transpose": "g with its axes in the order that they had.",
    "others": "What is the product of all others for x moves by the same products for g.",
}


def phrase(name: str, arguments: list[str]) -> str | None:
    """The phrase for a call with these arguments, as MathML; None if there is none, or it needs more of them."""
    if name not in PHRASES:
        return None
    parts = re.split(r"(<m\w+>.*</m\w+>|<mo>.</mo>|\{\d\}|[()\[\]])", PHRASES[name])
    try:
        written = [_part(part, arguments) for part in parts if part.strip()]
    except IndexError:
        return None
    return f"<mrow>{''.join(written)}</mrow>"


def _part(part: str, arguments: list[str]) -> str:
    if part.strip() in ("(", ")", "[", "]"):
        return f"<mo>{part.strip()}</mo>"
    if part.startswith("<") or re.fullmatch(r"\{\d\}", part):
        return re.sub(r"\{(\d)\}", lambda found: arguments[int(found[1])], part)
    return f"<mtext>{_SPACES_AT_ENDS.sub(_FIRM, part)}</mtext>"
