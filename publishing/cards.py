"""Pictures for sharing: a card of 1200 × 630 drawn on the server, SVG to PNG.

Pure: no Django, no request, no file but the two fonts beside this module. Words come from people, so they are cleaned
and escaped here once; nothing in the picture points to another file or address.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import resvg_py
from PIL import ImageFont

WIDTH, HEIGHT = 1200, 630
DESIGN: Final = 1  # raise it with the drawing, so that a card kept somewhere is drawn again
FONTS: Final = Path(__file__).resolve().parent / "fonts"
FILES: Final = {400: FONTS / "BeVietnamPro-Regular.ttf", 600: FONTS / "BeVietnamPro-SemiBold.ttf"}
LEFT, RIGHT = 64, 1136
GAP, MOST_FIGURES = 56, 4
ELLIPSIS = "…"
_TITLE_SIZES = (62, 54, 46, 40, 35, 30)
_NOT_DRAWN = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}
)  # marks that NFC did not join stack without end
_NO_GLYPH = "\uffff"
_MEASURED = 100  # sizes are scaled from one measured size
_STAR = "M16 6.5l2.36 6.92 7.31.09-5.86 4.37 2.17 6.98L16 20.64l-5.98 4.22 2.17-6.98-5.86-4.37 7.31-.09z"
_INK, _INK_2, _BRAND, _FLAG, _GOLD, _LINE = "#17212e", "#465364", "#124e87", "#c8242b", "#ffd24a", "#dce1e7"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number behind its qualifier ("trên"), with its unit and, where there is room, what it counts."""

    q: str
    number: str
    unit: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card, in the words of its language. ``stamp``: a mark such as "Số liệu minh họa"."""

    group: str
    eyebrow: str
    title: str
    facts: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    note: str = ""
    foot: str = ""
    stamp: str = ""


def png(card: Card) -> bytes:
    """The picture."""
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg(card),
        skip_system_fonts=True,
        font_files=[str(path) for path in FILES.values()],
        font_family="Be Vietnam Pro",
        sans_serif_family="Be Vietnam Pro",
    )
    return bytes(drawn)


def mark_of(card: Card) -> str:
    """A mark of the picture's content: another one as soon as anything on it changes."""
    return hashlib.sha256(f"{DESIGN} {card!r}".encode("utf-8", "replace")).hexdigest()[:16]


def svg(card: Card) -> str:
    """The drawing; every word in it is cleaned and escaped."""
    has_figures = bool(card.figures)
    parts = [*_ground(card), *_title(card, bottom=356 if has_figures else 462)]
    y = 398 if has_figures else 508
    for fact in card.facts[:2]:
        parts.append(_text(LEFT, y, 26, cut(fact, 26, RIGHT - LEFT), fill=_INK_2))
        y += 36
    if has_figures:
        parts += _figures(card)
    parts.append(_text(LEFT, 606, 21, cut(card.foot, 21, RIGHT - LEFT), fill=_INK_2))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "".join([head, *parts, "</svg>"])


def _ground(card: Card) -> list[str]:
    """Ground, mark of the site, name of the group, kind of card."""
    stamp_width = round(width(clean(card.stamp), 22, 600)) + 36 if card.stamp else 0
    room = RIGHT - 140 - (stamp_width + 24 if stamp_width else 0)
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect width="{WIDTH}" height="10" fill="{_FLAG}"/>',
        f'<g transform="translate({LEFT} 44) scale(1.75)"><rect width="32" height="32" rx="7" fill="{_FLAG}"/>'
        f'<path fill="{_GOLD}" d="{_STAR}"/></g>',
        _text(140, 68, 26, cut(card.group, 26, room, 600), weight=600),
        _text(140, 98, 21, cut(card.eyebrow, 21, room), fill=_INK_2),
        f'<rect x="{LEFT}" y="572" width="{RIGHT - LEFT}" height="2" fill="{_LINE}"/>',
    ]
    if card.stamp:
        x = RIGHT - stamp_width
        parts.append(
            f'<rect x="{x}" y="48" width="{stamp_width}" height="44" rx="6" fill="none" stroke="#8a4a00" '
            'stroke-width="2" stroke-dasharray="6 4"/>'
        )
        parts.append(_text(x + 18, 78, 22, clean(card.stamp), fill="#8a4a00", weight=600))
    return parts


def _title(card: Card, bottom: int) -> list[str]:
    """The title as large as it fits between the head and ``bottom``; the smallest size is cut."""
    top, words = 132, clean(card.title)
    for size in _TITLE_SIZES:
        height = round(size * 1.24)
        lines = wrapped(words, size, RIGHT - LEFT, 600)
        room = (bottom - top) // height
        if len(lines) <= room:
            lines = _balanced(words, size, len(lines))
            break
    else:
        lines = [*lines[: room - 1], cut(" ".join(lines[room - 1 :]), size, RIGHT - LEFT, 600, force=True)]
    return [
        _text(LEFT, top + size + number * height, size, line, weight=600) for number, line in enumerate(lines)
    ]


def _figures(card: Card) -> list[str]:
    """As many figures as fit side by side, and under them what is not in them."""
    parts, x = [], LEFT
    for named in (True, False):  # with what they count, else without
        drawn = [_figure(figure, named=named) for figure in card.figures[:MOST_FIGURES]]
        if sum(whole for whole, _parts in drawn) + GAP * (len(drawn) - 1) <= RIGHT - LEFT:
            break
    for whole, pieces in drawn:
        if x + whole > RIGHT:
            break
        parts += [
            _text(x + at, 514, size, words, fill=fill, weight=weight)
            for at, size, words, fill, weight in pieces
        ]
        x += whole + GAP
    parts.append(_text(LEFT, 552, 21, cut(card.note, 21, RIGHT - LEFT), fill="#8a4a00"))
    return parts


def _figure(figure: Figure, *, named: bool) -> tuple[int, list[tuple[int, int, str, str, int]]]:
    """How wide a figure is, and its pieces: place from its left, size, words, colour, weight."""
    unit = f"{figure.unit} {figure.what}" if named else figure.unit
    pieces, x = [], 0
    for words, size, fill, weight, gap in (
        (figure.q, 24, _INK_2, 400, 10), (figure.number, 46, _BRAND, 600, 10), (unit, 26, _INK_2, 400, 0),
    ):  # fmt: skip
        said = clean(words)
        if said:
            pieces.append((x, size, said, fill, weight))
            x += round(width(said, size, weight)) + gap
    return x, pieces


def _text(x: int, y: int, size: int, words: str, *, fill: str = _INK, weight: int = 400) -> str:
    """A line of cleaned words; nothing for none."""
    if not words:
        return ""
    return (
        f'<text x="{x}" y="{y}" font-family="Be Vietnam Pro" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(words)}</text>'
    )


# -- words and widths ----------------------------------------------------------------------------
def clean(words: str) -> str:
    """One line in NFC with only what the font draws: no emoji, no control or direction marks, no stacked marks."""
    line = unicodedata.normalize("NFC", words)
    kept = "".join(" " if char.isspace() else char for char in line if char.isspace() or _is_drawn(char))
    return " ".join(kept.split())


@functools.lru_cache(maxsize=4096)
def _is_drawn(char: str) -> bool:
    if unicodedata.category(char) in _NOT_DRAWN:
        return False
    font = _font(400)
    return bytes(font.getmask(char)) != bytes(font.getmask(_NO_GLYPH))


@functools.lru_cache(maxsize=2)
def _font(weight: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FILES[weight], _MEASURED, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=4096)
def width(words: str, size: int, weight: int = 400) -> float:
    """How wide cleaned words are, in pixels, a hair more than drawn."""
    return _font(weight).getlength(words) * size / _MEASURED * 1.01


def cut(words: str, size: int, room: int, weight: int = 400, *, force: bool = False) -> str:
    """Cleaned words in one line of ``room`` pixels, with … where something is missing (``force``: in any case)."""
    words = clean(words)
    if not force and width(words, size, weight) <= room:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(words[:middle].rstrip() + ELLIPSIS, size, weight) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return words[:low].rstrip(" ,;:–-") + ELLIPSIS


def wrapped(words: str, size: int, room: int, weight: int = 400) -> list[str]:
    """Cleaned words in lines of ``room`` pixels; a word wider than a line is broken."""
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if width(longer, size, weight) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, size, room, weight)
        lines += full
    return [*lines, line] if line else lines


def _balanced(words: str, size: int, number: int) -> list[str]:
    """The title in as many lines as it needs, all about as long, so that no word stands alone on the last one."""
    low, high = (RIGHT - LEFT) // 2, RIGHT - LEFT
    while high - low > 8:
        middle = (low + high) // 2
        low, high = (low, middle) if len(wrapped(words, size, middle, 600)) <= number else (middle, high)
    return wrapped(words, size, high, 600)


def _broken(word: str, size: int, room: int, weight: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size, weight) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces
