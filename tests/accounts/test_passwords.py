"""Passwords of common Vietnamese words are refused, sentences are not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from core.password_words import WORDS, VietnameseWordsValidator, rest

PHRASE = "Mật khẩu này ghép từ những từ dễ đoán"


@pytest.mark.parametrize(
    "password",
    [
        "Lạng Sơn 2020", "langson@2020", "MATKHAU123456", "Mật-khẩu-2026!", "thi-dua-2020-lang-son", "Bác Hồ vĩ đại",
        "qwertyuiop12", "1qaz2wsx3edc", "zxcvbnm,./asdfgh", "Thi đua khen thưởng 2021", "aaaaaaaaaaaaaaa",
        "Cụm trưởng 2020", "NgânhàngNhànước", "!@#$%^&*()____", "Anh yêu em 1990", "Nguyễn Văn abcd", "poiuytrewq 99",
    ],
)  # fmt: skip
def test_what_everybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match=PHRASE):
        VietnameseWordsValidator().validate(password)


@pytest.mark.parametrize(
    "password",
    [
        "một câu ngắn dễ nhớ",
        "câu khác, cũng dài",
        "con mèo trèo cây cau",
        "Lạng Sơn mưa đá rào rào",
        "xK4-tR9-pQ2-vB7",
    ],
)
def test_a_sentence_of_ones_own_will_do(password: str) -> None:
    validate_password(password)


def test_the_validator_stands_among_the_others_with_its_sentence(settings: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password("Lạng Sơn 2020")
    assert refusal.value.error_list[0].code == "password_of_common_words"
    assert "tên tỉnh" in VietnameseWordsValidator().get_help_text()


def test_the_list_is_folded_sorted_into_words_and_long_enough() -> None:
    words = [
        word for line in WORDS.read_text().splitlines() if not line.startswith("#") for word in line.split()
    ]
    assert len(words) > 150
    assert all(word.isascii() and word.islower() and len(word) >= 4 for word in words)


def test_a_monstrous_password_takes_no_time() -> None:
    assert rest("a1" * 100_000) != "x"
