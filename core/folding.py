"""Text as it is stored, searched and sorted.

* :func:`clean` and :func:`clean_line` say which characters a stored text may hold;
* :func:`fold` makes the search form: no marks, lower case, đ as d;
* :func:`sort_key` makes Vietnamese alphabetical order out of plain string comparison, since neither database
  has it.

Every function is linear in the length of its input, and cuts it where the result is used for search or order
only. Pure Python: no Django.
"""

import re
import unicodedata
from typing import Final

FOLD_LIMIT: Final = 20_000
SORT_LIMIT: Final = 120
SORT_KEY_LENGTH: Final = 400
MAX_TERMS: Final = 8
QUERY_LIMIT: Final = 200

# Control characters but tab and newline; soft hyphen, zero-width and direction marks; lone surrogates; code
# points that XML (and so DOCX and XLSX) forbids; interlinear marks; the invisible tag characters.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# Line ends of every system; U+000B is how a word processor pastes a line break.
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

_QUOTES_AND_DASHES: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛`´′ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "đ": "d",
    }
)

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SPACE_CODE: Final = "10"
_PRIMARY: Final = {str(digit): str(20 + digit) for digit in range(10)} | {
    letter: str(40 + place) for place, letter in enumerate(_ALPHABET)
}
_LETTER_MARKS: Final = {
    ("a", "\u0306"): "ă",
    ("a", "\u0302"): "â",
    ("e", "\u0302"): "ê",
    ("o", "\u0302"): "ô",
    ("o", "\u031b"): "ơ",
    ("u", "\u031b"): "ư",
}
_TONES: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def strip_unsafe(text: str) -> str:
    """The text without invisible and forbidden characters, every line end as "\\n"."""
    return _UNSAFE.sub("", _LINE_ENDS.sub("\n", text))


def clean(text: str) -> str:
    """Text of several lines as it is stored: NFC, no control, zero-width, direction or surrogate characters.

    Tabs and newlines stay; spaces at the end of lines and around the whole go. Cleaning twice changes
    nothing.
    """
    text = unicodedata.normalize("NFC", strip_unsafe(text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def clean_line(text: str) -> str:
    """Text of one line as it is stored: :func:`clean`, with every run of white space as one space."""
    return " ".join(clean(text).split())


def fold(text: str, limit: int = FOLD_LIMIT) -> str:
    """The search form: lower case, no marks, đ as d, one space between words, plain quotes and dashes.

    "Khẩu  trang – Đà Nẵng" gives "khau trang - da nang". Only the first ``limit`` characters are read.
    Folding twice changes nothing.
    """
    bare = _without_marks(_without_marks(strip_unsafe(text[:limit])).lower())
    return " ".join(unicodedata.normalize("NFC", bare.translate(_QUOTES_AND_DASHES)).split())


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def sort_key(text: str, limit: int = SORT_LIMIT) -> str:
    """A string of digits whose plain order is the Vietnamese one, at most 400 long.

    First by letters (a ă â b c d đ e ê … o ô ơ … u ư … y z; space before digits before letters; any
    punctuation counts as one space; case does not matter), then, where all letters are equal, by tones:
    ngang, huyền, hỏi, ngã, sắc, nặng. Digits only, because they compare alike under every collation of both
    databases. Only the first ``limit`` characters are read.
    """
    primary: list[str] = []
    tones: list[str] = []
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", strip_unsafe(text[:limit]).lower()):
        if unicodedata.combining(char):
            _apply_mark(char, letters, primary, tones)
        elif char.isalnum():
            letters.append(char)
            primary.append(_PRIMARY.get(char) or f"99{ord(char):07d}")
            tones.append("0")
        elif letters and letters[-1] != " ":
            letters.append(" ")
            primary.append(_SPACE_CODE)
            tones.append("0")
    if letters and letters[-1] == " ":
        primary.pop()
        tones.pop()
    if not primary:
        return ""
    return ("".join(primary) + "00" + "".join(tones).rstrip("0"))[:SORT_KEY_LENGTH]


def _apply_mark(mark: str, letters: list[str], primary: list[str], tones: list[str]) -> None:
    """A combining mark changes the letter it follows (ă, â, ê, ô, ơ, ư) or its tone; others are ignored."""
    if not letters:
        return
    letter = _LETTER_MARKS.get((letters[-1], mark))
    if letter:
        letters[-1] = letter
        primary[-1] = _PRIMARY[letter]
    elif mark in _TONES:
        tones[-1] = _TONES[mark]


def search_terms(query: str) -> list[str]:
    """The folded words of a query, each once, at most 8; words in quotes stay together as one term."""
    terms: list[str] = []
    for index, part in enumerate(fold(query, QUERY_LIMIT).split('"')):
        for term in [part] if index % 2 else part.split():
            term = term.strip(" ,.;:!?()[]'")
            if term and term not in terms:
                terms.append(term)
    return terms[:MAX_TERMS]


def like_escape(term: str) -> str:
    """The term for a LIKE pattern with ESCAPE '\\': %, _ and the backslash stand for themselves."""
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def exact_accents(text: str, query: str) -> bool:
    """Whether the query stands in the text with the very marks it was typed with, whatever the case.

    Puts exact matches before folded ones. False for an empty query; reads the first 20.000 characters.
    """
    wanted = _caseless(query[:QUERY_LIMIT])
    return bool(wanted) and wanted in _caseless(text[:FOLD_LIMIT])


def _caseless(text: str) -> str:
    return unicodedata.normalize("NFC", clean_line(text).casefold())
