"""Lists of the movements app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MovementKind(models.TextChoices):
    """How a movement runs."""

    REGULAR = "regular", _("Thường xuyên")
    CAMPAIGN = "campaign", _("Đợt cao điểm")
    THEMATIC = "thematic", _("Chuyên đề")


class ActivityScope(models.TextChoices):
    """Whose activity it is."""

    AGENCY = "agency", _("Một đơn vị")
    JOINT = "joint", _("Nhiều đơn vị phối hợp")
    CLUSTER = "cluster", _("Hoạt động chung của Cụm")


class Precision(models.TextChoices):
    """How exactly the time is known; same values as ``core.dates.Precision``."""

    DAY = "day", _("Ngày")
    MONTH = "month", _("Tháng")
    YEAR = "year", _("Năm")
    UNKNOWN = "unknown", _("Chưa rõ")


class ActivityState(models.TextChoices):
    """From a draft to a confirmed record."""

    DRAFT = "draft", _("Nháp")
    SUBMITTED = "submitted", _("Đã gửi")
    CONFIRMED = "confirmed", _("Đã xác nhận")
    RETURNED = "returned", _("Bị trả lại")


class ContributionKind(models.TextChoices):
    """What was given."""

    MONEY = "money", _("Tiền")
    GOODS = "goods", _("Hiện vật")
    SERVICE = "service", _("Dịch vụ")
    WORKDAYS = "workdays", _("Ngày công")


class QualifierChoice(models.TextChoices):
    """How exact a figure is; same values as ``core.quantity.Qualifier``."""

    EXACT = "exact", _("Đúng")
    OVER = "over", _("Trên")
    AT_LEAST = "at_least", _("Ít nhất")
    NEARLY = "nearly", _("Gần")
    ABOUT = "about", _("Khoảng")


class PartState(models.TextChoices):
    """Whether a figure is already inside another one (domain 7.16)."""

    INCLUDED = "included", _("Đã tính trong số tổng")
    NOT_INCLUDED = "not_included", _("Ngoài số tổng, cộng thêm")
    UNKNOWN = "unknown", _("Chưa rõ có gồm trong số tổng")


class ReviewKind(models.TextChoices):
    """A look back at a movement: on the way, or at its end."""

    INTERIM = "interim", _("Sơ kết")
    FINAL = "final", _("Tổng kết")


class PledgeState(models.TextChoices):
    """The compact of a year: written, open for signing, closed."""

    DRAFT = "draft", _("Đang soạn")
    OPEN = "open", _("Đang ký")
    CLOSED = "closed", _("Đã ký xong")


class RegistrationState(models.TextChoices):
    """What an agency registers for the year, from a draft to an accepted one."""

    DRAFT = "draft", _("Nháp")
    SENT = "sent", _("Đã gửi")
    ACCEPTED = "accepted", _("Đã tiếp nhận")
    RETURNED = "returned", _("Bị trả lại")


class Direction(models.TextChoices):
    """Which side of a target is the good one (domain 7, case 6)."""

    HIGHER = "higher", _("Càng cao càng tốt")
    LOWER = "lower", _("Càng thấp càng tốt")


class Holder(models.TextChoices):
    """Who holds a title: a person or a whole unit."""

    COLLECTIVE = "collective", _("Tập thể")
    PERSON = "person", _("Cá nhân")


class TagKind(models.TextChoices):
    """A free label, or a criterion that what is recorded counts for."""

    FREE = "free", _("Nhãn")
    CRITERION = "criterion", _("Tiêu chí")


class ConfirmedBy(models.TextChoices):
    """Who says that a gift was received."""

    RECEIVER = "receiver", _("Nơi nhận xác nhận")
    CHAIR = "chair", _("Cụm trưởng xác nhận")
