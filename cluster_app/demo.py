"""The demo: the seed's year as two year files, its publication, a cluster to practise on, and accounts to look with.

What stands in the files and what was chosen only so that the application can show it: demo/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from cluster_app.yearfile.canon import VIET_NAM
from cluster_app.yearfile.load import load_year
from core import audit
from core.folding import sort_key
from members.enums import AgencyKind, Function, Role
from members.models import Agency, AgencyName, Cluster, ClusterYear, Person, RoleTerm
from members.queries import covering
from publishing.domain.release import freeze
from publishing.models import AnnualSummary

SLUG: Final = "lang-son-trung-uong"
LABELS: Final = ("2020", "2021")
PRACTICE: Final = "thuc-hanh"  # invented agencies and figures, said so on every page
YEARS: Final = (*((SLUG, label) for label in LABELS), (PRACTICE, "2024"), (PRACTICE, "2025"))
PASSWORD: Final = "thi-dua-2020-lang-son"  # noqa: S105 - printed in the README; refused in production
PUBLISHED_AT: Final = datetime(2021, 1, 6, 9, tzinfo=VIET_NAM)
STARTS_ON: Final = date(2020, 1, 1)

COUNCIL: Final = "hoi-dong-thi-dua-khen-thuong-lang-son"
STANDING: Final = "ban-thi-dua-khen-thuong-lang-son"
OUTSIDE: Final = "don-vi-ngoai-cum"
# Agencies that no year file of the demo speaks of: code, kind, full and short name.
_OTHERS: Final = (
    (
        COUNCIL,
        AgencyKind.COUNCIL,
        "Hội đồng Thi đua - Khen thưởng tỉnh Lạng Sơn",
        "Hội đồng Thi đua - Khen thưởng",
    ),
    (STANDING, AgencyKind.COUNCIL, "Ban Thi đua - Khen thưởng tỉnh Lạng Sơn", "Ban Thi đua - Khen thưởng"),
    (OUTSIDE, AgencyKind.PROVINCIAL, "Đơn vị ngoài cụm (minh họa)", "Đơn vị ngoài cụm"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account: whose it is and what it may do; without an agency it is the superuser."""

    username: str
    agency: str
    function: str
    post: str
    words: str


def _clerk(username: str, agency: str, words: str) -> Account:
    return Account(username, f"{agency}-lang-son", Function.CLERK, "Chuyên viên", words)


def _practising(username: str, letter: str, words: str) -> Account:
    leads = username.endswith(".lanhdao")
    function, post = (Function.LEADER, "Giám đốc") if leads else (Function.CLERK, "Chuyên viên")
    return Account(username, f"{PRACTICE}-don-vi-{letter}", function, post, words)


ACCOUNTS: Final = (
    _clerk("nganhang", "ngan-hang-nha-nuoc", "cán bộ Ngân hàng Nhà nước, Cụm trưởng năm 2020"),
    _clerk("quanlythitruong", "quan-ly-thi-truong", "cán bộ Cục Quản lý thị trường, Cụm trưởng từ 05/01/2021"),
    Account(
        "quanlythitruong.lanhdao", "quan-ly-thi-truong-lang-son", Function.LEADER, "Phó Cục trưởng",
        "lãnh đạo Cục Quản lý thị trường",
    ),
    _clerk("thongke", "thong-ke", "cán bộ Cục Thống kê, Cụm phó từ 05/01/2021"),
    _clerk("baohiem", "bao-hiem-xa-hoi", "cán bộ Bảo hiểm xã hội"),
    _clerk("khobac", "kho-bac-nha-nuoc", "cán bộ Kho bạc Nhà nước"),
    _clerk("thue", "thue", "cán bộ Cục Thuế"),
    _clerk("haiquan", "hai-quan", "cán bộ Cục Hải quan"),
    Account(
        "bantdkt", STANDING, Function.OFFICER, "Chuyên viên", "chuyên viên Thường trực Hội đồng, vào trang quản trị"
    ),
    Account("hoidong", COUNCIL, Function.OBSERVER, "Ủy viên", "thành viên Hội đồng phụ trách cụm, chỉ xem"),
    Account("ngoaicum", OUTSIDE, Function.CLERK, "Chuyên viên", "cán bộ một đơn vị ngoài cụm, không thấy gì của cụm"),
    _practising("donvia", "a", "cụm thực hành: cán bộ Đơn vị A, Cụm trưởng"),
    _practising("donvia.lanhdao", "a", "cụm thực hành: lãnh đạo Đơn vị A"),
    _practising("donvib", "b", "cụm thực hành: cán bộ Đơn vị B, Cụm phó"),
    _practising("donvic", "c", "cụm thực hành: cán bộ Đơn vị C"),
    _practising("donvic.lanhdao", "c", "cụm thực hành: lãnh đạo Đơn vị C"),
    Account(
        "phoihop", f"{PRACTICE}-co-quan-phoi-hop", Function.CLERK, "Chuyên viên",
        "cụm thực hành: cán bộ cơ quan phối hợp, chấm một tiêu chí từ ngoài cụm",
    ),
    Account("quantri", "", "", "", "quản trị hệ thống"),
)  # fmt: skip


def load() -> list[tuple[str, str]]:
    """Load the files whose year is not there yet, publish 2020 once, make the accounts that are missing.

    Returns cluster and label of the years that were loaded. What is there already is never touched, edited or not.
    """
    loaded = []
    with transaction.atomic():
        for slug, label in YEARS:
            if not ClusterYear.objects.filter(cluster__slug=slug, label=label).exists():
                load_year(settings.BASE_DIR / "demo" / f"{slug}-{label}.json")
                loaded.append((slug, label))
        _publish(ClusterYear.objects.get(cluster__slug=SLUG, label="2020"))
        _make_accounts(Cluster.objects.get(slug=SLUG))
    return loaded


def _publish(year: ClusterYear) -> None:
    """Version 1, by the agency that chaired on the day."""
    if not AnnualSummary.objects.filter(year=year).exists():
        chairs = covering(
            RoleTerm.objects.filter(cluster=year.cluster_id, role=Role.CHAIR), PUBLISHED_AT.date()
        )
        freeze(year, chairs.values_list("agency", flat=True)[0], at=PUBLISHED_AT)


def _make_accounts(cluster: Cluster) -> None:
    users = get_user_model().objects
    made = []
    for code, kind, name, short_name in _OTHERS:
        agency, new = Agency.objects.get_or_create(code=code, defaults={"kind": kind})
        if new:
            AgencyName.objects.create(
                agency=agency, name=name, short_name=short_name, sort_key=sort_key(name)
            )
    for account in ACCOUNTS:
        if users.filter(username=account.username).exists():
            continue
        top = not account.agency
        user = users.create_user(account.username, password=PASSWORD, is_superuser=top, is_staff=top)
        made.append(user.pk)
        if not top:
            council = account.function in (Function.OFFICER, Function.OBSERVER)
            Person.objects.create(
                user=user, agency=Agency.objects.get(code=account.agency), function=account.function,
                post=account.post, cluster=cluster if council else None, starts_on=STARTS_ON,
            )  # fmt: skip
    if made:
        audit.record(
            audit.SITE, "demo_accounts", cluster, actor_id=None, role="command", after={"accounts": made}
        )


def accounts() -> list[Account]:
    """Those demo accounts that exist here."""
    names = set(get_user_model().objects.values_list("username", flat=True))
    return [account for account in ACCOUNTS if account.username in names]
