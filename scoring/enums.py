"""Lists of the scoring app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RankingMethod(models.TextChoices):
    """How a ranking was reached (domain 4.3)."""

    DELIBERATION = "deliberation", _("Bình xét")
    SCORE = "score", _("Theo điểm")
    VOTE = "vote", _("Bỏ phiếu kín")
