"""Lists of the publishing app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextKind(models.TextChoices):
    """The parts of the summary that people write."""

    OVERVIEW = "overview", _("Tình hình chung")
    RESULT = "result", _("Kết quả nổi bật")
    WEAKNESS = "weakness", _("Hạn chế, nguyên nhân")
    DIRECTION = "direction", _("Phương hướng năm sau")


class Side(models.TextChoices):
    """The two sides of a hand-over."""

    GIVER = "giver", _("Bên giao")
    RECEIVER = "receiver", _("Bên nhận")

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RECEIVER if self is Side.GIVER else Side.GIVER
