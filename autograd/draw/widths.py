"""Text as wide as it was laid out for, whatever fonts there are where a picture is looked at.

Boxes are made for Helvetica, whose widths Arial, Liberation Sans and Arimo have too. Where there is none of these, another font
is wider, and text would stand out of its box: with its length written beside it, it is drawn narrower instead.
"""

from __future__ import annotations

import html
import re

# Of an em, in thousandths, for the characters of numbers, names and formulas.
_REGULAR = {
    191: "'", 222: "ijl’", 260: "|", 278: " !,./:;I[\\]ft\xa0·", 333: '()-`r²³¹“”', 334: "{}", 355: '"', 389: "*", 395: "τ",
    400: "°", 446: "ε", 469: "^", 494: "∂", 500: "Jcksvxyzγλç", 549: "÷±√≤≥≠", 556: "#$0123456789?L_abdeghnopquθηäöüéèêàâñ–",
    557: "δ", 569: "ρ", 575: "β", 576: "μ", 578: "α", 584: "+<=>~−×", 611: "FTZß", 617: "σ", 618: "Σ", 648: "φ",
    667: "&ABEKPSVXYÄ", 668: "Δ", 690: "π", 713: "∞", 722: "CDHNRUwÜ", 748: "Ω", 778: "GOQÖ", 781: "ω", 833: "Mm", 889: "%",
    944: "W", 1000: "…—", 1015: "@",
}  # fmt: skip
_BOLD = {
    238: "'", 278: " ,./I\\ijl\xa0·’", 280: "|", 333: "!()-:;[]`ft²³¹", 389: "*r{}", 400: "°", 446: "τ", 474: '"', 475: "ε",
    494: "∂", 500: "z“”", 541: "θ", 549: "÷±√≤≥≠", 556: "#$0123456789J_aceksvxyγλäéèêàâç–", 584: "+<=>^~−×", 600: "Σ",
    606: "δ", 610: "β", 611: "?FLTZbdghnopquηöüßñ", 612: "μ", 615: "α", 619: "ρ", 667: "EPSVXY", 684: "σ", 713: "∞", 715: "φ",
    719: "Δ", 722: "&ABCDHKNRUÄÜ", 766: "π", 778: "GOQwÖ", 802: "Ω", 833: "M", 845: "ω", 889: "%m", 944: "W", 975: "@",
    1000: "…—",
}  # fmt: skip
_WIDTHS = [{c: width for width, chars in table.items() for c in chars} for table in (_REGULAR, _BOLD)]


def width(text: str, size: float, bold: bool = False) -> float | None:
    """The width of `text` in Helvetica of this size; None where a character is not known."""
    widths = _WIDTHS[bold]
    return size / 1000 * sum(widths[c] for c in text) if all(c in widths for c in text) else None


def fitted(svg: str) -> str:
    """The picture with the length of each text in it."""
    return re.sub(r"<text ([^>]*)>([^<]*)</text>", _with_length, svg)


def _with_length(found: re.Match[str]) -> str:
    attributes, text = found.groups()
    size = re.search(r'font-size="([\d.]+)"', attributes)
    length = width(html.unescape(text), float(size[1]), 'font-weight="bold"' in attributes) if size else None
    if not length:
        return found[0]
    return f'<text {attributes} textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs">{text}</text>'
