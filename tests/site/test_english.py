"""The English interface: every page under /en/ speaks English, the Vietnamese one stays, each links to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import chain
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from members.enums import PhaseKind
from members.models import AgencyName
from movements.enums import ActivityState
from movements.models import Movement
from publishing.domain.release import freeze
from scoring.domain.shapes import DEFAULT_LEVELS
from scoring.enums import RankingMethod
from scoring.models import CriteriaTable, Criterion
from tests.factories import (
    ActivityFactory,
    ConferenceFactory,
    ContributionFactory,
    MovementFactory,
    RankingEntryFactory,
    RankingFactory,
    YearTextFactory,
)
from tests.rights.places import WORKING, Address, numbers, of_kind, things
from tests.support.messages import texts_in_catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.once]

INTERFACE_WORDS = (
    "Tổng quan", "Hoạt động", "Phong trào", "Đơn vị", "Xếp hạng", "Hội nghị", "Tổng kết", "Năm", "Bước", "Thêm", "Lưu",
    "Gửi", "Sửa", "Xóa", "Lọc", "Đóng", "In trang", "Xuất", "Công bố", "Xem", "Ghi", "Đăng nhập", "Đăng xuất",
    "Mật khẩu", "Cụm trưởng", "Cụm phó", "Trạng thái", "Thời gian", "Minh chứng", "Nơi nhận", "Số lượng", "Trị giá",
    "Hạng", "Điểm", "Số phiếu", "Vai trò", "Thành viên", "Việc cần làm", "Chuyển bước", "Quản trị", "Trang",
    "trên", "gần", "khoảng", "ít nhất",
)  # fmt: skip
WORDS = re.compile(r"\b(" + "|".join(INTERFACE_WORDS) + r")\b", re.IGNORECASE)
LABELS = ("aria-label", "title", "placeholder", "data-l", "data-none", "data-row-words")
SPOKEN = ("nav", "h1", "h2", "h3", "h4", "button", "th", "label", "legend", "caption", "summary", "dt")
VOID = (
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "use",
    "wbr",
)
NO_PAGE = (
    "evidence_file", "activity_export", "roles_export", "term_file", "handover_docx", "council_export",
    "council_template", "mfa_download_recovery_codes", "activity_export_xlsx", "activity_shown_csv",
    "activity_shown_xlsx", "activity_import_template", "activity_import_errors", "activity_import_file",
    "evidence_preview", "evidence_small", "evidence_version", "launch_file", "ledger_csv", "ledger_xlsx",
    "registration_xlsx", "registration_docx", "pledge_docx", "quick_suggest", "library_choose",
    "criteria_export", "criteria_import_template", "criteria_import_file", "sheet_export", "sheet_import_file",
    "board_xlsx", "board_docx", "board_json", "appeal_file", "appeal_paper", "adjustment_file", "check_file",
    "check_panel", "sheet_totals", "sheet_line",
)  # fmt: skip


# No chair has changed, somebody else's upload, no compact is open: their own tests speak both languages.
WORKING_NAMES = {one.name for one in WORKING}
NOT_OPENED = {
    "handover", "activity_import_run", "pledge_sign", "movement_own_edit", "registration_edit", "criteria_version",
    "criteria_import_run", "criteria_start", "sheet_import", "sheet_import_run", "appeal_add",
}  # fmt: skip


class Page(HTMLParser):
    """Texts of a page that are not marked as Vietnamese, its language and its links to the other language."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.lang = ""
        self.alternates: dict[str, set[str]] = {}
        self.texts: list[str] = []
        self.spoken: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open; labels in attributes count as texts."""
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag in ("a", "link") and "hreflang" in given:
            self.alternates.setdefault(given["hreflang"], set()).add(given["href"])
        quiet, spoken = self._state()
        quiet = quiet or tag in ("script", "style", "title") or (tag != "html" and given.get("lang") == "vi")
        spoken = spoken or tag in SPOKEN or "btn" in given.get("class", "").split()
        if not quiet:
            self.texts += [given[name] for name in LABELS if name in given]
        if tag not in VOID:
            self._open.append((tag, quiet, spoken))

    def handle_endtag(self, tag: str) -> None:
        """Close up to the tag."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """One text."""
        quiet, spoken = self._state()
        if (text := " ".join(data.split())) and not quiet:
            self.texts.append(text)
            if spoken:
                self.spoken.append(text)

    def _state(self) -> tuple[bool, bool]:
        return (self._open[-1][1], self._open[-1][2]) if self._open else (False, False)


@cache
def vietnamese_texts() -> frozenset[str]:
    """Every text of the source that English says otherwise."""
    return frozenset(key[1] for key, entry in texts_in_catalogue().items() if entry.msgstr != key[1])


def vietnamese_left(page: Page, data: set[str]) -> list[str]:
    """Texts that are a Vietnamese text of the interface, and interface words in navigation, headings and buttons."""
    whole = [text for text in page.texts if text in vietnamese_texts() and text not in data]
    names = "|".join(map(re.escape, sorted(data, key=len, reverse=True)))
    return whole + [text for text in page.spoken if WORDS.search(re.sub(names, "", text))]


@pytest.fixture
def filled(cast: Any) -> Any:
    """The cast with something on every page; all data has names without words of the interface."""
    movement = MovementFactory(year=cast.year, title="Alpha", launched_by="Kappa")
    draft = ActivityFactory(year=cast.year, agency=cast.chair, movement=movement, title="Beta")
    sent = ActivityFactory(year=cast.year, agency=cast.member, title="Gamma", submitted=True)
    done = ActivityFactory(year=cast.year, agency=cast.deputy, title="Delta", confirmed=True)
    for activity in (draft, sent, done):
        ContributionFactory(activity=activity, description="Omega", value_words="")
    ConferenceFactory(year=cast.year, title="Epsilon", place="Zeta")
    ranking = RankingFactory(year=cast.year, method=RankingMethod.DELIBERATION)
    RankingEntryFactory(ranking=ranking, agency=cast.chair, rank=1)
    YearTextFactory(year=cast.year, text="Eta.")
    cast.pks = things(cast.year, cast.member, cast.cluster)
    cast.pks |= {"activity": draft.pk, "movement": movement.pk}
    cast.data = {
        cast.cluster.name,
        cast.cluster.short_name,
        *AgencyName.objects.values_list("name", flat=True),
    }
    cast.data |= set(AgencyName.objects.values_list("short_name", flat=True))
    cast.data |= set(Movement.objects.values_list("title", flat=True))
    cast.data |= {name for row in Criterion.objects.values_list("title", "unit") for name in row if name}
    cast.data |= {level.label for level in DEFAULT_LEVELS}  # an office's own words, kept in its table
    cast.data |= set(CriteriaTable.objects.values_list("title", flat=True))
    return cast


def address_of(cast: Any, one: Address) -> str:
    """The Vietnamese address of a working page."""
    return str(cast.url(one.name, **numbers(one, cast.pks)))


def working_pages(cast: Any) -> Iterator[tuple[str, str, Any, str]]:
    """Each page with somebody who can open it, at the first step of the year that opens it, and what it shows."""
    waiting = {one.name: address_of(cast, one) for one in WORKING if _is_page(one)}
    for phase in PhaseKind.values:
        cast.go(phase)
        for name, address in list(waiting.items()):
            for who in (cast.an, cast.officer):
                with translation.override("vi"):  # the page before may have spoken English
                    answer = cast.client(who).get(address)
                if answer.status_code == 200:
                    yield waiting.pop(name), name, cast.client(who), answer.content.decode()
                    break
    assert waiting.keys() <= NOT_OPENED


def other_pages(cast: Any) -> Iterator[tuple[str, str, Any, str]]:
    """Each page above the clusters and about oneself that opens at once, and what it shows."""
    for kind, who in (("above", cast.root), ("own", cast.an)):
        for one in of_kind(kind):
            if _is_page(one) and "pk" not in one.parts:
                with translation.override("vi"):  # the page before may have spoken English
                    address = reverse(one.name, kwargs={"slug": cast.cluster.slug} if one.parts else {})
                answer = cast.client(who).get(address)
                if answer.status_code == 200:
                    yield address, one.name, cast.client(who), answer.content.decode()


def _is_page(one: Address) -> bool:
    return "GET" in one.view.methods and one.name not in NO_PAGE


def test_every_page_speaks_english_and_the_languages_lead_to_each_other(filled: Any) -> None:
    """One walk for all: the English page has no Vietnamese word, and the control, its Vietnamese twin, is full of
    them; both name both addresses (the pages of working in a year, which the chooser of languages leads through)."""
    count = 0
    for address, name, client, vietnamese in chain(working_pages(filled), other_pages(filled)):
        answer = client.get("/en" + address)
        page, twin = Page(answer.content.decode()), Page(vietnamese)
        assert (name, answer.status_code, page.lang, twin.lang) == (name, 200, "en", "vi")
        assert (name, vietnamese_left(page, filled.data)) == (name, [])
        assert len(vietnamese_left(twin, filled.data)) > 5, name
        if name in WORKING_NAMES:
            both = {"vi": {address}, "en": {"/en" + address}}
            assert (name, page.alternates, twin.alternates) == (name, both, both)
        count += 1
    assert count >= 50


def test_a_filtered_list_keeps_its_filter_in_the_other_language(filled: Any) -> None:
    address = filled.url("activity_list") + "?q=Beta&trang_thai=draft"
    page = Page(filled.client(filled.an).get(address).content.decode())
    assert page.alternates == {"vi": {address}, "en": {"/en" + address}}
    other = filled.client(filled.an).get("/en" + address).content.decode()
    assert "Beta" in other
    assert "Gamma" not in other


def test_the_public_pages_speak_english_and_lead_to_each_other(filled: Any) -> None:
    freeze(filled.year, filled.chair.pk)
    YearTextFactory(year=filled.year, text="Pi.")
    freeze(filled.year, filled.chair.pk, reason="Sigma.")
    kwargs = {"cluster": filled.cluster.slug, "label": "2020"}
    for address in (
        reverse("home"),
        reverse("account_login"),
        reverse("summary_public", kwargs=kwargs),
        reverse("summary_version", kwargs={**kwargs, "number": 1}),
    ):
        answer = Client().get("/en" + address)
        page = Page(answer.content.decode())
        assert (address, answer.status_code, page.lang) == (address, 200, "en")
        assert (address, vietnamese_left(page, filled.data)) == (address, [])
        assert page.alternates["vi"] >= {address}
        assert page.alternates["en"] >= {"/en" + address}


@pytest.mark.parametrize("path", ["/khong-co-trang-nay/", "/lam-viec/khac/2020/"])
def test_refusals_speak_english(filled: Any, path: str) -> None:
    answer = filled.client(filled.an).get("/en" + path)
    page = Page(answer.content.decode())
    assert (answer.status_code, page.lang) == (404, "en")
    assert vietnamese_left(page, filled.data) == []


def test_a_visit_in_english_leaves_the_vietnamese_page_as_it_was(filled: Any) -> None:
    def vietnamese(client: Any, address: str) -> str:
        source = client.get(address).content.decode()
        return re.sub(r'name="(csrfmiddlewaretoken|submit_key)" value="[^"]*"', "", source)

    client = filled.client(filled.an)
    for name in ("year_home", "activity_list", "activity_add", "ranking", "summary_build"):
        address = filled.url(name)
        before = vietnamese(client, address)
        client.get("/en" + address)
        assert vietnamese(client, address) == before
        assert Page(before).lang == "vi"
    assert "Tổng quan" in vietnamese(client, filled.url("year_home"))


def test_figures_and_days_keep_their_form_and_words_follow_the_language(filled: Any) -> None:
    activity = ActivityFactory(
        year=filled.year, agency=filled.chair, title="Theta", state=ActivityState.DRAFT
    )
    ContributionFactory(
        activity=activity, description="Iota", value=580_000_000, value_qualifier="over", value_words=""
    )
    client, address = filled.client(filled.an), filled.url("activity_detail", pk=activity.pk)
    english, vietnamese = (client.get(start + address).content.decode() for start in ("/en", ""))
    for source in (english, vietnamese):
        assert "580.000.000" in source
        assert "05/04/2020" in source
    assert '<span class="q">over</span>' in english
    assert '<span class="q">trên</span>' in vietnamese


def test_counted_things_have_a_singular_and_a_plural() -> None:
    with translation.override("en"):
        words = [
            translation.ngettext("%(count)s hoạt động", "%(count)s hoạt động", n) % {"count": n}
            for n in (0, 1, 2)
        ]
    assert words == ["0 activities", "1 activity", "2 activities"]
