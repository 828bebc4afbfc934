"""What is said of a wrong answer, compared with what should be."""

import re


def says(text, words):
    """Whether a text holds some words; of a change also as it is told where it is known already what is wrong."""
    told = re.sub(
        r"should be (`.*)$", r"\1 in place of", re.sub(r"(`.*`) should be (`.*`)", r"\2 in place of \1", words)
    )
    return words in text or told in text
