"""The words of headlines in any alphabet, and what has to be known about headlines before a network trains on them."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence

try:
    import jieba
except ImportError:
    jieba = None

__all__ = ["check_corpus", "known_prefixes", "plot_labels", "split_words"]

LEAST_HEADLINES, LEAST_WORDS = 60, 30
APOSTROPHES = string.punctuation + "\u2018\u2019\u02bc\u00b4\u2010\u2011\u05f3\u05f4"  # signs inside of words
# Thai, Lao, Burmese, Khmer, Japanese and Chinese stand without spaces between words.
SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, with the letters of every alphabet and without other signs.

    Signs inside of words fall out, as in ASCII: ``"Don't"`` is ``["dont"]``. Other signs, such as dashes, part words.
    Where a script has no spaces, each character is a word, with what stands above or below it. For Chinese, the package
    jieba finds the words if it is installed.
    """
    kept = []
    for character in unicodedata.normalize("NFKC", text).lower():
        if unicodedata.category(character)[0] in "LMN":
            kept.append(character)
        elif character not in APOSTROPHES and unicodedata.category(character) != "Cf":  # Cf: marks without a picture
            kept.append(" ")
    return SPACELESS.sub(lambda run: f" {' '.join(_characters(run[0]))} ", "".join(kept)).split()


def _characters(run: str) -> list[str]:
    """The characters, or where it can be told the words, of a run of a script without spaces."""
    if jieba is not None and all("\u4e00" <= character <= "\u9fff" for character in run):
        return jieba.lcut(run)
    characters: list[str] = []
    for character in run:
        if characters and unicodedata.category(character)[0] == "M":
            characters[-1] += character
        else:
            characters.append(character)
    return characters


def check_corpus(corpus: Sequence[str]) -> None:
    """Say at once what notebook 1 would fail at later on, in headlines that are cleaned.

    Prints how many headlines have no word left, and whether there are few.

    Raises:
        ValueError: if there are too few to train on, to validate and to judge by.
    """
    several = {headline for headline in corpus if len(headline.split()) > 1}
    words = {word for headline in corpus for word in headline.split()}
    if len(several) < LEAST_HEADLINES or len(words) < LEAST_WORDS:
        raise ValueError(
            f"These {len(corpus)} headlines are too few: {LEAST_HEADLINES} that differ and have two words or more are "
            f"needed, with {LEAST_WORDS} different words, and here are {len(several)}, with {len(words)}. Some hundred "
            "make a good start."
        )
    if empty := sum(not headline.split() for headline in corpus):
        print(f"{empty} headlines have no word left after cleaning and drop out.")
    if len(several) < 5 * LEAST_HEADLINES:
        print(f"{len(several)} different headlines are few: all below runs, but its figures are coarse.")


def known_prefixes(headlines: Sequence[str], word_index: Mapping[str, int]) -> list[list[int]]:
    """The prefixes of two and more words whose last word is known, as ids, 0 for a word that is not.

    Args:
        headlines: validation headlines, cleaned.
        word_index: the id of each training word, from 1.

    Raises:
        ValueError: if there is none, so that nothing can be chosen by them.
    """
    rows = [[word_index.get(word, 0) for word in headline.split()] for headline in headlines]
    prefixes = [row[:end] for row in rows for end in range(2, len(row) + 1) if row[end - 1]]
    if not prefixes:
        raise ValueError(
            f"No next word of the {len(rows)} validation headlines occurs in the training headlines, so nothing "
            "can be judged: more headlines are needed, or such that have words in common."
        )
    return prefixes


def plot_labels(words: Sequence[str]) -> list[str]:
    """Words as a plot can show them: themselves, or numbers, explained by a printed line, where no font can."""
    import matplotlib as mpl
    from matplotlib import font_manager

    def shows(path: str) -> bool:
        font = font_manager.get_font(path)
        return all(font.get_char_index(ord(character)) for character in "".join(words))

    # Matplotlib writes from left to right, sign by sign.
    plain = all(
        unicodedata.bidirectional(c) not in {"R", "AL"} and unicodedata.category(c)[0] != "M" for c in "".join(words)
    )
    if plain and shows(font_manager.findfont(font_manager.FontProperties(family=mpl.rcParams["font.family"]))):
        return list(words)
    for font in font_manager.fontManager.ttflist if plain else []:
        if "last resort" not in font.name.lower() and shows(font.fname):  # that font draws every sign as a box
            families = [name for name in mpl.rcParams["font.family"] if name != font.name]
            mpl.rcParams["font.family"] = [*families, font.name]
            return list(words)
    print(
        "No font here can show these words in a plot:", ", ".join(f"{n} is {word}" for n, word in enumerate(words, 1))
    )
    return [str(number) for number in range(1, len(words) + 1)]
