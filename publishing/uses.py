"""What of a year's publications rests on its charter."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members.charter_uses import uses
from members.models import ClusterYear
from publishing.models import AnnualSummary


@uses
def summary_is_published(year: ClusterYear) -> list[str]:
    """The public was told by the rules how many ranks to see."""
    numbers = AnnualSummary.objects.filter(year=year).order_by("-number").values_list("number", flat=True)
    newest = numbers.first()
    return [] if newest is None else [_("Đã công bố bản tổng kết số %(n)s.") % {"n": newest}]
