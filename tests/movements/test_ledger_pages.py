"""The ledger and its pages: who sees what, filters, totals that lead to their rows, files, confirmations, receivers."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from core import paging
from core.models import AuditEvent
from members.enums import PhaseKind
from movements.domain.confirmations import standing_of, with_confirmations
from movements.enums import ActivityScope, Precision
from movements.models import (
    ActivityPartner,
    Beneficiary,
    Contribution,
    Contributor,
    DuplicateRuling,
    GiftConfirmation,
)
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ClusterYearFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MembershipFactory,
    MovementFactory,
)

pytestmark = pytest.mark.django_db
LISTS = ("ledger", "ledger_totals", "beneficiaries", "duplicates")


def get(cast: Any, user: Any, name: str = "ledger", **data: str) -> Any:
    return cast.client(user).get(cast.url(name), data or None)


def whats(cast: Any, user: Any, **data: str) -> list[str]:
    return sorted(row.what for row in get(cast, user, **data).context["rows"])


@pytest.fixture
def filled(cast: Any) -> Any:
    """Money of the member, masks of the deputy with the member and somebody outside, a draft, one of the cluster."""
    cast.movement = MovementFactory(year=cast.year, title="Chung tay vì người nghèo")
    cast.receiver = BeneficiaryFactory(cluster=cast.cluster, name="Sở Y tế")
    base = {"year": cast.year, "confirmed": True}
    cast.poor = ActivityFactory(**base, agency=cast.member, movement=cast.movement, place="Huyện Chi Lăng")
    cast.total = ContributionFactory(
        activity=cast.poor,
        description="Tổng",
        value=580_000_000,
        value_qualifier="over",
        value_words="trên 580 triệu",
    )
    cast.part = ContributionFactory(
        activity=cast.poor, description="Quà", value=100_000_000, part_of=cast.total, part_state="unknown",
        by=[cast.member, "Văn phòng HĐND tỉnh"],
    )  # fmt: skip
    cast.mask_day = ActivityFactory(
        **base, agency=cast.deputy, scope=ActivityScope.JOINT, starts_on=date(2020, 6, 1)
    )
    ActivityPartner.objects.create(activity=cast.mask_day, agency=cast.member)
    cast.masks = GoodsFactory(
        activity=cast.mask_day, description="Khẩu trang", beneficiary=cast.receiver, quantity=Decimal(21_000),
        quantity_qualifier="nearly", value=90_000_000, by=[cast.deputy, cast.member], given_on=date(2020, 6, 3),
    )  # fmt: skip
    cast.draft = ActivityFactory(year=cast.year, agency=cast.other)
    ContributionFactory(activity=cast.draft, description="Nháp", value=7)
    cast.common = ActivityFactory(**base, agency=None, scope=ActivityScope.CLUSTER, precision=Precision.YEAR,
                                  starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))  # fmt: skip
    ContributionFactory(activity=cast.common, description="Chung", value=5_000_000, by=())
    return cast


# -- who -----------------------------------------------------------------------------------------
def test_the_ledger_shows_what_activities_show(filled: Any) -> None:
    cast = filled
    for user in (cast.an, cast.chi, cast.officer, cast.observer):
        assert whats(cast, user) == ["Chung", "Khẩu trang", "Quà", "Tổng"]
    answer = get(cast, cast.an)
    assert (answer.context["sums"].money.number, answer.context["sums"].money.q) == ("675.000.000", "trên")
    assert "chưa cộng 1 khoản" in answer.context["sums"].left_out
    body = answer.content.decode()
    assert "phối hợp với Văn phòng HĐND tỉnh" in body
    assert "Cả Cụm" in body
    assert "“trên 580 triệu”" in body or "580.000.000" in body


def test_outsiders_find_nothing(cast: Any) -> None:
    for name in (*LISTS, "ledger_csv", "ledger_xlsx"):
        for user, status in ((cast.dung, 404), (cast.root, 404), (None, 302)):
            assert cast.client(user).get(cast.url(name)).status_code == status, name


def test_a_draft_of_another_agency_is_nowhere(filled: Any) -> None:
    cast = filled
    hidden = Contribution.objects.get(description="Nháp")
    for user in (cast.an, cast.chi):
        assert cast.client(user).get(cast.url("ledger_gift", pk=hidden.pk)).status_code == 404
        sent = cast.client(user).post(
            cast.url("gift_confirm", pk=hidden.pk),
            {"action": "confirm", "source": "receiver", "document": "x"},
        )
        assert sent.status_code == 404
    for pk in (0, 2**63, 2**70):
        assert cast.client(cast.an).get(cast.url("ledger_gift", pk=pk)).status_code == 404
    other = ContributionFactory(activity=ActivityFactory(confirmed=True))
    assert cast.client(cast.an).get(cast.url("ledger_gift", pk=other.pk)).status_code == 404


# -- filters -------------------------------------------------------------------------------------
FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"don_vi": "member"}, ["Khẩu trang", "Quà", "Tổng"]),
    ({"don_vi": "ngoai"}, ["Quà"]),
    ({"don_vi": "cum"}, ["Chung"]),
    ({"loai": "goods"}, ["Khẩu trang"]),
    ({"phong_trao": "movement"}, ["Quà", "Tổng"]),
    ({"phong_trao": "khong"}, ["Chung", "Khẩu trang"]),
    ({"tu": "2/6/2020"}, ["Chung", "Khẩu trang"]),
    ({"den": "2/6/2020"}, ["Chung", "Quà", "Tổng"]),
    ({"noi_nhan": "so y te"}, ["Khẩu trang"]),
    ({"dia_ban": "chi lang"}, ["Quà", "Tổng"]),
    ({"tai": "huyện chi lăng"}, ["Quà", "Tổng"]),
    ({"tai": "khong"}, ["Chung", "Khẩu trang"]),
    ({"ky": "2020-06"}, ["Khẩu trang"]),
    ({"ky": "khong"}, ["Chung"]),
    ({"nhan": "khong"}, ["Chung", "Quà", "Tổng"]),
    ({"trang_thai": "draft"}, []),
    ({"co": "chua_ro"}, ["Quà"]),
    ({"co": "phoi_hop"}, ["Khẩu trang", "Quà"]),
    ({"co": "co_ngoai"}, ["Quà"]),
    ({"co": "chia_phan"}, []),
    ({"co": "trung"}, []),
    ({"xac_nhan": "chua"}, ["Chung", "Khẩu trang", "Quà", "Tổng"]),
    ({"xac_nhan": "co"}, []),
    ({"tu": "ngày mai"}, ["Chung", "Khẩu trang", "Quà", "Tổng"]),
]


def test_what_the_filter_leaves(filled: Any) -> None:
    named = {"member": str(filled.member.pk), "movement": str(filled.movement.pk)}
    for asked, found in FILTERS:
        asked = {key: named.get(value, value) for key, value in asked.items()}
        assert whats(filled, filled.an, **asked) == found, asked


def test_the_search_is_folded(filled: Any) -> None:
    filled.mask_day.search = "phat khau trang"
    filled.mask_day.save()
    assert whats(filled, filled.an, q="khẩu trang") == ["Khẩu trang"]


def test_what_nobody_offered_is_not_found(cast: Any) -> None:
    for query in [
        "don_vi=0",
        "loai=x",
        "phong_trao=0",
        "trang_thai=x",
        "xac_nhan=x",
        "co=x",
        "nhan=x",
        "nhan=" + "9" * 25,
        "ky=2020-13",
        "ky=x",
        "ky=２０２０-06",
        "sau=x",
        "sau=2020-01-01.1&truoc=2020-01-01.1",
    ]:
        assert cast.client(cast.an).get(f"{cast.url('ledger')}?{query}").status_code == 404, query


def test_the_pages_of_the_ledger_meet(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = {**paging.keyset_page.__kwdefaults__, "size": 2}
    monkeypatch.setattr(paging.keyset_page, "__kwdefaults__", defaults)
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    for number in range(5):
        ContributionFactory(
            activity=activity, description=f"Khoản {number}", given_on=date(2020, 5, 1 + number)
        )
    seen, address = [], cast.url("ledger")
    while address:
        answer = cast.client(cast.an).get(address)
        seen += [row.what for row in answer.context["rows"]]
        assert answer.context["sums"].gifts == 5
        address = cast.url("ledger") + answer.context["next"] if answer.context["next"] else ""
    assert seen == [f"Khoản {number}" for number in (4, 3, 2, 1, 0)]


# -- queries -------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "query", "cost"),
    [
        ("ledger", "", 11),
        ("ledger_totals", "?theo=don_vi", 12),
        ("ledger_totals", "?theo=noi_nhan", 11),
        ("ledger_totals", "?theo=dia_ban", 11),
        ("ledger_totals", "?theo=thang", 10),
        ("ledger_totals", "?theo=nam", 9),
        ("beneficiaries", "", 7),
        ("duplicates", "", 12),
    ],
)
def test_the_pages_cost_the_same_for_one_row_and_three(
    cast: Any, name: str, query: str, cost: int, number: int, django_assert_num_queries: Any
) -> None:
    receiver = BeneficiaryFactory(cluster=cast.cluster)
    for place in range(number):
        for agency in (cast.member, cast.other):
            activity = ActivityFactory(year=cast.year, agency=agency, confirmed=True, place=f"Xã {place}")
            whole = ContributionFactory(activity=activity, value=10**6 + place, beneficiary=receiver)
            gift = ContributionFactory(
                activity=activity, value=5, by=[agency, "Ngoài"], part_of=whole, part_state="included"
            )
            GiftConfirmation.objects.create(
                contribution=gift, source="chair", mark="0" * 64, confirmed_at=activity.confirmed_at
            )
    client = cast.client(cast.an)
    client.get(cast.url("year_home"))
    with django_assert_num_queries(cost):
        assert client.get(cast.url(name) + query).status_code == 200


# -- totals --------------------------------------------------------------------------------------
def totals(cast: Any, axis: str, user: Any = None, **data: str) -> dict[str, Any]:
    answer = get(cast, user or cast.an, "ledger_totals", theo=axis, **data)
    assert answer.status_code == 200
    return {group["label"]: group for group in answer.context["groups"]}


@pytest.mark.parametrize("axis", ["don_vi", "loai", "phong_trao", "dia_ban", "thang", "nam", "noi_nhan"])
def test_every_figure_is_the_total_of_the_rows_behind_it(filled: Any, axis: str) -> None:
    cast = filled
    Contributor.objects.filter(contribution=cast.masks, agency=cast.deputy).update(share=60_000_000)
    found = totals(cast, axis)
    assert found
    for group in found.values():
        behind = cast.client(cast.an).get(group["url"])
        assert behind.status_code == 200, group["url"]
        sums = behind.context["sums"]
        assert (list(sums.figures), sums.left_out, sums.gifts) == (
            group["figures"],
            group["left_out"],
            group["gifts"],
        )
        assert len(behind.context["rows"]) == group["gifts"]
    whole = cast.client(cast.an).get(get(cast, cast.an, "ledger_totals", theo=axis).context["all_url"])
    assert whole.context["sums"].money.number == "675.000.000"


def test_a_joint_gift_counts_once_in_the_cluster_and_by_share_at_each(filled: Any) -> None:
    cast = filled
    Contributor.objects.filter(contribution=cast.masks, agency=cast.deputy).update(share=60_000_000)
    rows = {label: [str(one) for one in group["figures"]] for label, group in totals(cast, "don_vi").items()}
    names = {agency: agency.names.get().name for agency in (cast.deputy, cast.member)}
    assert rows[names[cast.deputy]] == ["60.000.000 ₫", "gần 21.000 chiếc"]
    assert rows[names[cast.member]][0] == "trên 670.000.000 ₫"
    answer = get(cast, cast.an, "ledger_totals")
    assert answer.context["overlaps"]
    assert "chồng nhau" in answer.content.decode()
    own = get(cast, cast.an, don_vi=str(cast.deputy.pk))
    assert "phần góp trong 90.000.000\xa0₫" in own.content.decode()


def test_drafts_are_in_no_total_unless_asked_for(filled: Any) -> None:
    cast = filled
    draft = ActivityFactory(year=cast.year, agency=cast.member)
    ContributionFactory(activity=draft, value=10**12)
    for user in (cast.an, cast.chi):
        assert get(cast, user, "ledger_totals").context["sums"].money.number == "675.000.000"
    asked = get(cast, cast.chi, "ledger_totals", trang_thai="draft")
    assert asked.context["sums"].money.number == "1.000.000.000.000"


def test_years_stand_side_by_side_as_far_as_one_may_open_them(cast: Any) -> None:
    MembershipFactory(year=ClusterYearFactory(cluster=cast.cluster, label="2019"), agency=cast.member)
    last = cast.cluster.years.get(label="2019")
    closed = ClusterYearFactory(cluster=cast.cluster, label="2018")
    for year in (cast.year, last, closed):
        ContributionFactory(activity=ActivityFactory(year=year, agency=cast.member, confirmed=True))
        ContributionFactory(activity=ActivityFactory(year=year, agency=cast.member), value=1)
    assert list(totals(cast, "nam", cast.an)) == ["Năm 2020", "Năm 2019", "Năm 2018"]
    assert list(totals(cast, "nam", cast.chi)) == ["Năm 2020", "Năm 2019"]
    assert cast.client(cast.an).get(cast.url("ledger_totals") + "?theo=x").status_code == 404


# -- files ---------------------------------------------------------------------------------------
def test_the_files_say_what_the_page_shows(filled: Any) -> None:
    cast = filled
    cast.total.description = "=1+1"
    cast.total.save()
    answer = cast.client(cast.an).get(cast.url("ledger_csv") + "?loai=money")
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(lines) == 1 + 3
    assert "'=1+1" in [line[6] for line in lines]
    assert answer["Content-Disposition"].startswith("attachment")
    book = load_workbook(
        io.BytesIO(cast.client(cast.an).get(cast.url("ledger_xlsx"), {"don_vi": str(cast.deputy.pk)}).content)
    )
    sheet = book["Sổ đóng góp"]
    assert [cell.value for cell in sheet[2]][8:12] == [21_000, "chiếc", None, 90_000_000]
    assert book["Tổng"]["B2"].value == "90.000.000\xa0₫"


# -- one contribution ----------------------------------------------------------------------------
def confirm(cast: Any, user: Any, gift: Any, **data: Any) -> Any:
    sent = {"action": "confirm", "source": "chair", "version": gift.version, **data}
    return cast.client(user).post(cast.url("gift_confirm", pk=gift.pk), sent)


def test_the_chair_confirms_and_a_changed_figure_lets_it_lapse(filled: Any) -> None:
    cast = filled
    page = cast.client(cast.an).get(cast.url("ledger_gift", pk=cast.total.pk)).content.decode()
    assert "Xác nhận khoản này" in page
    assert confirm(cast, cast.an, cast.total).status_code == 302
    assert whats(cast, cast.an, xac_nhan="co") == whats(cast, cast.an, xac_nhan="chair") == ["Tổng"]
    assert "Cụm trưởng xác nhận" in get(cast, cast.chi).content.decode()
    assert AuditEvent.objects.filter(action="gift_confirm", target_id=str(cast.poor.pk)).exists()
    Contribution.objects.filter(pk=cast.total.pk).update(value=590_000_000, version=2)
    assert "Số đã đổi sau khi xác nhận" in get(cast, cast.chi).content.decode()
    assert whats(cast, cast.an, xac_nhan="doi") == ["Tổng"]
    assert whats(cast, cast.an, xac_nhan="co") == []
    stale = confirm(cast, cast.an, cast.total)
    assert stale.status_code == 409
    cast.total.refresh_from_db()
    assert confirm(cast, cast.an, cast.total).status_code == 302
    assert whats(cast, cast.an, xac_nhan="co") == ["Tổng"]
    assert confirm(cast, cast.an, cast.total, action="withdraw").status_code == 302
    assert whats(cast, cast.an, xac_nhan="chua") == ["Chung", "Khẩu trang", "Quà", "Tổng"]
    assert GiftConfirmation.objects.filter(withdrawn_at__isnull=False).count() == 2


def test_the_receivers_paper_is_asked_for(filled: Any) -> None:
    cast = filled
    empty = confirm(cast, cast.chi, cast.total, source="receiver", document=" ")
    assert empty.status_code == 422
    assert "Ghi số, ngày của giấy xác nhận" in empty.content.decode()
    strange = EvidenceFactory(activity=None, year=cast.year, agency=cast.other)
    wrong = confirm(cast, cast.chi, cast.total, source="receiver", evidence=str(strange.pk))
    assert wrong.status_code == 422
    own = EvidenceFactory(activity=cast.poor)
    assert confirm(cast, cast.chi, cast.total, source="receiver", evidence=str(own.pk)).status_code == 302
    assert whats(cast, cast.an, xac_nhan="receiver") == ["Tổng"]
    assert confirm(cast, cast.chi, cast.total, source="receiver", document="Số 12").status_code == 302
    assert GiftConfirmation.objects.count() == 1
    page = cast.client(cast.chi).get(cast.url("ledger_gift", pk=cast.total.pk)).content.decode()
    assert "Biên bản bàn giao.pdf" in page


@pytest.mark.parametrize(
    ("who", "source", "status"),
    [
        ("chi", "chair", 403),
        ("binh", "chair", 403),
        ("officer", "chair", 403),
        ("an", "receiver", 403),
        ("binh", "receiver", 403),
        ("observer", "receiver", 403),
        ("an", "nobody", 400),
        ("an", "chair", 302),
        ("chi", "receiver", 302),
    ],
)
def test_who_confirms(filled: Any, who: str, source: str, status: int) -> None:
    answer = confirm(filled, getattr(filled, who), filled.total, source=source, document="Số 12")
    assert answer.status_code == status


def test_the_deputy_confirms_what_the_chair_gave(cast: Any) -> None:
    gift = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.chair, confirmed=True))
    assert confirm(cast, cast.an, gift).status_code == 403
    assert confirm(cast, cast.binh, gift).status_code == 302


def test_nobody_confirms_outside_the_steps_for_it(filled: Any) -> None:
    filled.go(PhaseKind.PREPARE)
    assert confirm(filled, filled.an, filled.total).status_code == 403
    assert confirm(filled, filled.chi, filled.total, source="receiver", document="Số 12").status_code == 403
    page = filled.client(filled.an).get(filled.url("ledger_gift", pk=filled.total.pk)).content.decode()
    assert "Xác nhận khoản này" not in page


# -- receivers -----------------------------------------------------------------------------------
def test_the_chair_gives_a_better_name_and_merges(filled: Any) -> None:
    cast = filled
    confirm(cast, cast.chi, cast.masks, source="receiver")
    twice = BeneficiaryFactory(cluster=cast.cluster, name="So Y te tinh")
    again = GoodsFactory(activity=cast.poor, beneficiary=twice)
    confirm(cast, cast.an, again)
    client, address = cast.client(cast.an), cast.url("beneficiary", pk=twice.pk)
    assert client.get(address).status_code == 200
    assert client.post(address, {"action": "rename", "name": "Sở Y tế tỉnh"}).status_code == 302
    twice.refresh_from_db()
    assert twice.name == "Sở Y tế tỉnh"
    taken = client.post(address, {"action": "rename", "name": "sở y tế"})
    assert (taken.status_code, "hãy gộp" in taken.content.decode()) == (422, True)
    assert client.post(address, {"action": "merge", "into": str(twice.pk)}).status_code == 422
    assert client.post(address, {"action": "merge", "into": str(cast.receiver.pk)}).status_code == 302
    again.refresh_from_db()
    cast.poor.refresh_from_db()
    assert (again.beneficiary, again.version, cast.poor.version) == (cast.receiver, 3, 3)
    assert not Beneficiary.objects.filter(pk=twice.pk).exists()
    event = AuditEvent.objects.get(action="beneficiary_merge")
    assert again.key in event.after
    assert whats(cast, cast.an, xac_nhan="co") == [again.description]
    assert "so y te" in cast.poor.search


def test_what_was_confirmed_stays_so_when_its_receiver_gets_other_words(filled: Any) -> None:
    cast = filled
    confirm(cast, cast.binh, cast.masks, source="receiver", document="Số 12")
    confirm(cast, cast.an, cast.masks)
    given = GiftConfirmation.objects.filter(contribution=cast.masks, withdrawn_at__isnull=True)
    assert given.count() == 2
    address = cast.url("beneficiary", pk=cast.receiver.pk)
    sent = cast.client(cast.an).post(address, {"action": "rename", "name": "Sở Y tế tỉnh Lạng Sơn"})
    assert sent.status_code == 302
    gift = with_confirmations(Contribution.objects.filter(pk=cast.masks.pk)).get()
    assert (gift.beneficiary.name, gift.beneficiary_id) == ("Sở Y tế tỉnh Lạng Sơn", cast.receiver.pk)
    assert [one.holds for one in standing_of(gift)] == [True, True]


def test_other_years_keep_the_receiver_they_recorded(cast: Any) -> None:
    old = ClusterYearFactory(cluster=cast.cluster, label="2019")
    receiver = BeneficiaryFactory(cluster=cast.cluster, name="Trường A")
    then = ContributionFactory(
        activity=ActivityFactory(year=old, agency=cast.member, confirmed=True), beneficiary=receiver
    )
    now = ContributionFactory(
        activity=ActivityFactory(year=cast.year, agency=cast.member), beneficiary=receiver
    )
    now.activity.__class__.objects.filter(pk=now.activity_id).update(
        state="submitted", submitted_at=old.created_at
    )
    client = cast.client(cast.an)
    client.post(cast.url("beneficiary", pk=receiver.pk), {"action": "rename", "name": "Trường B"})
    then.refresh_from_db()
    now.refresh_from_db()
    assert (then.beneficiary.name, now.beneficiary.name) == ("Trường A", "Trường B")


def test_receivers_are_the_chairs_to_mend(filled: Any) -> None:
    cast = filled
    address = cast.url("beneficiary", pk=cast.receiver.pk)
    assert cast.client(cast.chi).get(address).status_code == 200
    assert cast.client(cast.chi).post(address, {"action": "rename", "name": "X"}).status_code == 403
    hidden = BeneficiaryFactory(cluster=cast.cluster)
    Contribution.objects.filter(description="Nháp").update(beneficiary=hidden)
    assert cast.client(cast.an).get(cast.url("beneficiary", pk=hidden.pk)).status_code == 404
    assert hidden.name not in get(cast, cast.an, "beneficiaries").content.decode()
    assert "Sở Y tế" in get(cast, cast.an, "beneficiaries", q="so y").content.decode()
    assert "Sở Y tế" not in get(cast, cast.an, "beneficiaries", q="khong co").content.decode()


# -- look-alikes ---------------------------------------------------------------------------------
@pytest.fixture
def twice(cast: Any) -> Any:
    """The member and another one report the same gift of one day."""
    receiver = BeneficiaryFactory(cluster=cast.cluster, name="Trường Tiểu học Hữu Lũng")
    cast.gifts = [
        ContributionFactory(
            activity=ActivityFactory(year=cast.year, agency=agency, confirmed=True, title=f"Trao quà {place}"),
            beneficiary=receiver, value=20_000_000,
        )
        for place, agency in enumerate((cast.member, cast.other))
    ]  # fmt: skip
    return cast


def pairs(cast: Any, user: Any) -> int:
    return len(get(cast, user, "duplicates").context["pairs"])


def test_a_gift_reported_twice_is_shown_ruled_on_and_taken_back(twice: Any) -> None:
    cast = twice
    one, other = cast.gifts
    assert "Nghi trùng" in get(cast, cast.officer).content.decode()
    assert whats(cast, cast.an, co="trung") == ["Tiền ủng hộ"] * 2
    assert pairs(cast, cast.an) == 1
    sent = {"action": "rule", "one": str(other.pk), "other": str(one.pk), "reason": " "}
    address = cast.url("duplicates")
    assert cast.client(cast.an).post(address, sent).status_code == 422
    assert cast.client(cast.officer).post(address, sent).status_code == 403
    assert cast.client(cast.binh).post(address, {**sent, "reason": "Hai đợt"}).status_code == 403
    assert cast.client(cast.an).post(address, {**sent, "reason": "Hai đợt khác nhau"}).status_code == 302
    ruling = DuplicateRuling.objects.get()
    assert (ruling.first, ruling.second) == (one, other)
    assert pairs(cast, cast.an) == 0
    assert whats(cast, cast.an, co="trung") == []
    assert "Hai đợt khác nhau" in get(cast, cast.chi, "duplicates").content.decode()
    assert (
        cast.client(cast.an).post(address, {"action": "reopen", "ruling": str(ruling.pk)}).status_code == 302
    )
    assert pairs(cast, cast.chi) == 1
    assert cast.client(cast.an).post(address, {"action": "x"}).status_code == 400
    assert cast.client(cast.an).post(address, {**sent, "one": "0", "reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 1),
        ({"value": 20_000_001}, 0),
        ({"given_on": date(2020, 4, 6)}, 0),
        ({"given_on": date(2020, 4, 5)}, 1),
        ({"beneficiary": None}, 0),
        ({"value": None, "quantity": Decimal(5), "unit": "suất"}, 0),
    ],
)
def test_what_looks_alike(twice: Any, change: dict[str, Any], found: int) -> None:
    Contribution.objects.filter(pk=twice.gifts[1].pk).update(**change)
    assert pairs(twice, twice.an) == found


@pytest.mark.parametrize(
    ("precision", "first", "last", "found"),
    [
        (Precision.MONTH, date(2020, 4, 1), date(2020, 4, 30), 1),
        (Precision.MONTH, date(2020, 5, 1), date(2020, 5, 31), 0),
        (Precision.YEAR, date(2020, 1, 1), date(2020, 12, 31), 1),
        (Precision.UNKNOWN, None, None, 1),
    ],
)
def test_days_that_may_be_the_same(twice: Any, precision: str, first: Any, last: Any, found: int) -> None:
    activity = twice.gifts[1].activity
    activity.precision, activity.starts_on, activity.ends_on = precision, first, last
    activity.save()
    assert pairs(twice, twice.an) == found


def test_a_draft_gives_nothing_away(twice: Any) -> None:
    activity = twice.gifts[1].activity
    activity.state, activity.confirmed_at = "draft", None
    activity.save()
    assert pairs(twice, twice.chi) == pairs(twice, twice.an) == 0
    assert "Nghi trùng:" not in get(twice, twice.chi).content.decode()


def test_the_same_file_beside_both(cast: Any) -> None:
    gifts = [
        ContributionFactory(
            activity=ActivityFactory(year=cast.year, agency=agency, confirmed=True), value=value
        )
        for agency, value in ((cast.member, 1_000), (cast.other, 2_000))
    ]
    first = EvidenceFactory(activity=gifts[0].activity)
    assert pairs(cast, cast.an) == 0
    second = EvidenceFactory(activity=gifts[1].activity, file=first.file)
    answer = get(cast, cast.an, "duplicates")
    assert [pair["why"] for pair in answer.context["pairs"]] == ["Cùng một tệp minh chứng ở hai hoạt động"]
    second.uses.update(removed_at=gifts[0].activity.confirmed_at)
    assert pairs(cast, cast.an) == 0


def test_a_part_is_no_twin_of_its_whole(twice: Any) -> None:
    one, other = twice.gifts
    Contribution.objects.filter(pk=other.pk).update(part_of=one, part_state="included")
    assert pairs(twice, twice.an) == 0


def test_the_entry_form_and_the_activity_warn_after_the_save(twice: Any) -> None:
    cast = twice
    own, other = (gift.activity for gift in cast.gifts)
    own.state, own.confirmed_at = "draft", None
    own.save()
    cast.go(PhaseKind.CARRY_OUT)
    edit = cast.client(cast.chi).get(cast.url("activity_edit", pk=own.pk)).content.decode()
    assert "cũng ghi ở “Trao quà 1”" in edit
    assert cast.url("ledger_gift", pk=cast.gifts[1].pk) in edit
    page = cast.client(cast.an).get(cast.url("activity_detail", pk=other.pk)).content.decode()
    assert "cũng ghi ở" not in page
