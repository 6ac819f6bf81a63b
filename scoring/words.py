"""How ranks and derivations are said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from scoring.domain.shapes import Said


def rank_label(rank: int, *, shared: bool = False) -> str:
    """``Hạng Nhất``, ``Hạng Nhì``, ``Hạng Ba``, ``Hạng 4``; a shared one says so (``Đồng hạng Nhất``)."""
    named = {1: _("Nhất"), 2: _("Nhì"), 3: _("Ba")}.get(rank, str(rank))
    return (_("Đồng hạng %(rank)s") if shared else _("Hạng %(rank)s")) % {"rank": named}


def said(sentence: Said | None) -> str:
    """The sentence of the calculation in the language of the page; nothing for None."""
    if sentence is None or not sentence.template:
        return ""
    return _(sentence.template) % dict(sentence.values) + "".join(said(one) for one in sentence.more)
