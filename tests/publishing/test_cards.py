"""The card for sharing: its size, titles of any length, nothing but words in the drawing."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from publishing import cards

SVG = "{http://www.w3.org/2000/svg}"


def card(title: str = "Trao quà cho hộ nghèo", **more: object) -> cards.Card:
    given = {"group": "Cụm thi đua", "eyebrow": "Năm 2020", "title": title, "foot": "cum.vn/2020/"}
    return cards.Card(**{**given, **more})


def lines(drawn: cards.Card, weight: str = "600") -> list[ElementTree.Element]:
    tree = ElementTree.fromstring(cards.svg(drawn))
    return [one for one in tree.iter(f"{SVG}text") if one.get("font-weight") == weight]


def title_lines(drawn: cards.Card) -> list[ElementTree.Element]:
    return [one for one in lines(drawn) if one.get("x") == str(cards.LEFT) and one.get("fill") == "#17212e"]


def test_the_picture_has_the_size_that_messengers_want() -> None:
    picture = Image.open(io.BytesIO(cards.png(card(stamp="Số liệu minh họa"))))
    assert picture.size == (1200, 630)
    assert picture.format == "PNG"
    assert len(picture.convert("RGB").getcolors(100_000) or []) > 50


def test_a_title_of_300_characters_fits_whole() -> None:
    words = "Thăm và tặng quà các gia đình có hoàn cảnh khó khăn trên địa bàn huyện Chi Lăng và Hữu Lũng; "
    title = (words * 4)[:300].strip()
    for figures in ([], [cards.Figure("trên", "580.000.000", "₫")]):
        found = title_lines(card(title, figures=figures))
        assert " ".join(one.text or "" for one in found) == title
        assert all(cards.width(one.text or "", int(one.get("font-size", 0)), 600) <= 1072 for one in found)


@pytest.mark.parametrize("title", ["W" * 300, "Ẵ " * 600, "x" * 5000])
def test_what_cannot_fit_is_cut_with_a_mark(title: str) -> None:
    found = title_lines(card(title, figures=[cards.Figure("", "1", "")]))
    assert (found[-1].text or "").endswith("…")
    assert max(int(one.get("y", 0)) for one in found) < 360


def test_no_word_stands_alone_on_the_last_line() -> None:
    found = title_lines(card("Hưởng ứng phong trào chung tay vì người nghèo – Không để ai bỏ lại phía sau"))
    assert len(found) > 1
    assert " " in (found[-1].text or "")


def test_words_stay_words() -> None:
    nasty = '</text><image href="file:///etc/passwd"/><script>x</script> & {{ 7*7 }} %s ]]> <!--'
    drawn = card(
        nasty, group=nasty, eyebrow=nasty, facts=[nasty], figures=[cards.Figure(nasty, nasty, nasty)], note=nasty,
        foot=nasty, stamp=nasty,
    )  # fmt: skip
    tree = ElementTree.fromstring(cards.svg(drawn))
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= {"svg", "rect", "g", "path", "text"}
    assert not re.search(r"(href|url\(|style)=", re.sub(r">[^<]*<", "><", cards.svg(drawn)))
    assert cards.png(drawn).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "typed, said",
    [
        ("Tặng 😀 quà\u202e", "Tặng quà"), ("To\u0302\u0301t", "Tốt"), ("Z\u0335\u0336\u0337a\u200bl", "Zal"),
        ("a\x00b\x0b c\n d", "ab c d"), ("\ud800x", "x"), ("580 ₫ – “đủ” …", "580 ₫ – “đủ” …"), ("😀", ""),
    ],
)  # fmt: skip
def test_only_what_the_font_draws_is_drawn(typed: str, said: str) -> None:
    assert cards.clean(typed) == said
    assert cards.png(card(typed)).startswith(b"\x89PNG")


def test_figures_stay_inside_and_say_what_they_count_where_there_is_room() -> None:
    few = [cards.Figure("gần", "3.000", "chiếc", "khẩu trang y tế")]
    assert "chiếc khẩu trang y tế" in cards.svg(card(figures=few))
    many = [cards.Figure("trên", "999.999.999.999", "chiếc", "x" * 60) for _number in range(4)]
    drawn = cards.svg(card(figures=many))
    assert "x" * 60 not in drawn
    assert drawn.count("999.999.999.999") == 1


def test_another_word_makes_another_mark() -> None:
    assert cards.mark_of(card()) == cards.mark_of(card())
    assert cards.mark_of(card()) != cards.mark_of(card(note="x"))
    assert cards.mark_of(card("\ud800"))
