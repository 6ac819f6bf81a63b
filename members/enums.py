"""Lists of the members app with their Vietnamese labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupKind(models.TextChoices):
    """What a cluster is called; usage differs by province (domain 1, note)."""

    CUM = "cum", _("Cụm")
    KHOI = "khoi", _("Khối")
    KHU_VUC = "khu_vuc", _("Khu vực")

    @property
    def inside(self) -> str:
        """The name inside a sentence: Vietnamese papers keep its capital there, English does not."""
        return str(_INSIDE[self])


_INSIDE = {
    GroupKind.CUM: pgettext_lazy("trong câu", "Cụm"),
    GroupKind.KHOI: pgettext_lazy("trong câu", "Khối"),
    GroupKind.KHU_VUC: pgettext_lazy("trong câu", "Khu vực"),
}


class Level(models.TextChoices):
    """The level a cluster belongs to, or a movement was launched at."""

    CENTRAL = "central", _("Trung ương")
    SECTOR = "sector", _("Bộ, ngành")
    PROVINCE = "province", _("Tỉnh, thành phố")
    CLUSTER = "cluster", _("Cụm")
    AGENCY = "agency", _("Đơn vị")


class AgencyKind(models.TextChoices):
    """What an agency is."""

    CENTRAL_LOCAL = "central_local", _("Cơ quan Trung ương đóng trên địa bàn")
    PROVINCIAL = "provincial", _("Cơ quan cấp tỉnh")
    PARTY = "party", _("Cơ quan Đảng, đoàn thể")
    SERVICE = "service", _("Đơn vị sự nghiệp")
    ENTERPRISE = "enterprise", _("Doanh nghiệp")
    COUNCIL = "council", _("Thường trực Hội đồng Thi đua - Khen thưởng")


class LinkKind(models.TextChoices):
    """How an agency came to follow another."""

    TAKEOVER = "takeover", _("Kế thừa")
    MERGE = "merge", _("Sáp nhập, hợp nhất")
    SPLIT = "split", _("Chia, tách")


class Assessed(models.TextChoices):
    """Who is assessed in a year that an agency did not finish (domain 7, case 1)."""

    SUCCESSOR = "successor", _("Xét đơn vị sau")
    PREDECESSOR = "predecessor", _("Xét đơn vị trước")
    BOTH = "both", _("Xét riêng từng đơn vị")
    NONE = "none", _("Không xếp hạng")


class InvitationKind(models.TextChoices):
    """What a secret link lets its holder do."""

    JOIN = "join", _("Mời làm việc cho đơn vị")
    PASSWORD = "password", _("Đặt lại mật khẩu")


class Role(models.TextChoices):
    """The two offices of a cluster; an agency holds them, not a person."""

    CHAIR = "chair", _("Cụm trưởng")
    DEPUTY = "deputy", _("Cụm phó")


class Basis(models.TextChoices):
    """How a role came about."""

    ELECTED = "elected", _("Được bầu tại hội nghị")
    APPOINTED = "appointed", _("Được chỉ định bằng quyết định")
    ACTING = "acting", _("Tạm quyền")


class Function(models.TextChoices):
    """What a person does for an agency; chair and deputy powers come from the agency's term, never from here."""

    CLERK = "clerk", _("Cán bộ nhập liệu")
    LEADER = "leader", _("Lãnh đạo đơn vị")
    OBSERVER = "observer", _("Thành viên Hội đồng phụ trách cụm")
    OFFICER = "officer", _("Chuyên viên Thường trực Hội đồng")


class PhaseKind(models.TextChoices):
    """The steps of a year in their order."""

    PREPARE = "prepare", _("Chuẩn bị")
    LAUNCH = "launch", _("Phát động")
    CARRY_OUT = "carry_out", _("Thực hiện")
    SELF_SCORE = "self_score", _("Tự chấm")
    VERIFY = "verify", _("Thẩm định")
    DELIBERATE = "deliberate", _("Bình xét")
    PUBLISH = "publish", pgettext_lazy("step", "Công bố")


class DirectiveKind(models.TextChoices):
    """Kinds of papers cited as a basis."""

    LAW = "law", _("Luật")
    DECREE = "decree", _("Nghị định")
    DIRECTIVE = "directive", _("Chỉ thị")
    RESOLUTION = "resolution", _("Nghị quyết")
    DECISION = "decision", _("Quyết định")
    PLAN = "plan", _("Kế hoạch")
    GUIDANCE = "guidance", _("Hướng dẫn")
    CIRCULAR = "circular", _("Thông tư")
    OTHER = "other", _("Văn bản khác")


class DirectiveUse(models.TextChoices):
    """Why a year cites a paper."""

    CARRIED_OUT = "carried_out", _("Đã thực hiện trong năm")
    NEXT_YEAR = "next_year", _("Tiếp tục thực hiện năm sau")
