"""Passwords made of what everybody here would try first: names of provinces, words of the work, runs of keys, years."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.folding import fold

WORDS = Path(__file__).with_name("common_words_vi.txt")
KEYS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
RUN = 4
LEFT = 4  # so many letters must stand besides the known words


class VietnameseWordsValidator:
    """Refuses a password of which fewer than four letters are left without common words, figures and runs of keys."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with the way out."""
        if len(rest(password)) < LEFT:
            raise ValidationError(
                _(
                    "Mật khẩu này ghép từ những từ dễ đoán: tên tỉnh, tên cơ quan, “thi đua”, “mật khẩu”, năm,"
                    " dãy phím. Thêm vài từ không liên quan."
                ),
                code="password_of_common_words",
            )

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("Mật khẩu không chỉ ghép từ tên tỉnh, tên cơ quan, từ ngữ thi đua, năm hay dãy phím.")


def rest(password: str) -> str:
    """What is left of a password, folded, without common words, figures, runs of keys and repeated letters."""
    letters = re.sub(r"[^a-z0-9]", "", fold(password))
    letters = _common().sub(" ", letters)
    letters = re.sub(r"(.)\1{2,}", " ", letters)
    letters = re.sub(r"\d", "", _runs().sub(" ", letters))
    return _runs().sub(" ", letters).replace(" ", "")


@functools.cache
def _common() -> re.Pattern[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))


@functools.cache
def _runs() -> re.Pattern[str]:
    """Any four keys or more that lie side by side, in either direction."""
    runs = set()
    for keys in (*KEYS, *(row[::-1] for row in KEYS)):
        for start in range(len(keys) - RUN + 1):
            runs |= {keys[start:end] for end in range(start + RUN, len(keys) + 1)}
    return re.compile("|".join(sorted(runs, key=lambda run: (-len(run), run))))
