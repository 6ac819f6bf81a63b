"""How ranks are said."""

from __future__ import annotations

from django.utils.translation import gettext as _


def rank_label(rank: int, *, shared: bool = False) -> str:
    """``Hạng Nhất``, ``Hạng Nhì``, ``Hạng Ba``, ``Hạng 4``; a shared one says so (``Đồng hạng Nhất``)."""
    named = {1: _("Nhất"), 2: _("Nhì"), 3: _("Ba")}.get(rank, str(rank))
    return (_("Đồng hạng %(rank)s") if shared else _("Hạng %(rank)s")) % {"rank": named}
