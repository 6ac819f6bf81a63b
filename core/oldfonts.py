"""Vietnamese text that was typed with the fonts of before Unicode, TCVN3 (ABC) and VNI: recognised, never guessed at.

Such text holds Latin-1 signs that its font draws as Vietnamese letters ("Th¸i Nguyªn", "Coäng hoøa"); in a Unicode
program it stays gibberish. Pure Python: no Django.
"""

from __future__ import annotations

import re
from typing import Final

TCVN3: Final = "TCVN3 (ABC)"
VNI: Final = "VNI"

# Signs that stand for letters in TCVN3 and that no Vietnamese word holds, inside a word.
_TCVN3: Final = re.compile(r"[A-Za-z][¸µ¶·¹¨¾»¼½¬ªß]|[¸µ¶¹¨»¼½¬ªß®©][a-z]")
_SURELY: Final = re.compile(r"[a-z][¸µ¶¹¨¾»¼½¬ª][a-z]")
# A vowel followed by the sign that VNI draws as its mark, and none that Vietnamese words hold by themselves.
_VNI: Final = re.compile(r"[aeiouyAEIOUYöôÖÔ][øûïäåëüæØÛÏÄÅËÜÆ]|(?<![a-z])ñ[aeiouyöô]|[A-Za-z]ö[ùøûõï]")
_LOOKED_AT: Final = 20_000


def old_font(text: str) -> str:
    """The name of the old font that a text was typed with, or nothing; a single foreign letter ("Noël") is no sign."""
    if text.isascii():
        return ""
    text = text[:_LOOKED_AT]
    if _SURELY.search(text):
        return TCVN3
    high = sum(not char.isascii() for char in text)
    for name, signs in ((TCVN3, _TCVN3), (VNI, _VNI)):
        found = len(signs.findall(text))
        if found >= 2 and found * 4 >= high:
            return name
    return ""
