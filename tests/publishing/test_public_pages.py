"""Pages for everybody: the facts, the same bytes for all, versions, frozen data, caching."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from members.enums import PhaseKind
from members.models import AgencyName, Cluster
from movements.models import Activity, Beneficiary, Contribution, Contributor, Movement
from publishing import memory
from publishing.domain import release
from publishing.models import AnnualSummary, YearText
from publishing.render import pages
from scoring.models import RankingEntry
from tests.factories import ClusterYearFactory, open_phase
from tests.publishing.test_build import fill

PAGE = "/cum/lang-son-trung-uong/2020/"
AT = datetime(2021, 1, 6, 2, tzinfo=UTC)


def freeze(story: Any, reason: str = "") -> AnnualSummary:
    return release.freeze(story.year, story.agencies["ngan-hang"].pk, reason=reason, at=AT)


@pytest.fixture
def published(story: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """The year of the article, published once."""
    freeze(story)
    return story


def correct(story: Any, callbacks: Any) -> None:
    """Version 2 with another number of masks."""
    Contribution.objects.filter(pk=story.masks.pk).update(quantity=22_000)
    with callbacks(execute=True):
        freeze(story, "Sửa số khẩu trang theo biên bản bàn giao.")


def read(client: Client, path: str = PAGE) -> str:
    """The text a person reads: no tags, plain spaces."""
    response = client.get(path)
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).replace("\xa0", " ").split())


FACTS = [
    "Tổng kết công tác thi đua, khen thưởng năm 2020",
    "Ngày 05/01/2021, tại Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn",
    "Cụm đã bình xét Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn xếp thứ nhất",
    "Hạng Nhất Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn",
    "Hạng Nhì Cục Quản lý thị trường tỉnh Lạng Sơn",
    "Hạng Ba Bảo hiểm xã hội tỉnh Lạng Sơn",
    "04 đơn vị còn lại không công bố thứ hạng: Kho bạc Nhà nước tỉnh Lạng Sơn",
    "đơn vị thành viên 7",
    "Cục Quản lý thị trường quyên góp, ủng hộ trên 580.000.000 ₫",
    "suất quà 200",
    "khẩu trang y tế gần 28.500",
    "Lạng Sơn cùng cả nước chung tay vì người nghèo - Không để ai bỏ lại phía sau",
    "đại diện lãnh đạo 07 đơn vị thành viên",
    "tổng giá trị trên 580 triệu đồng",
    "phối hợp với Văn phòng HĐND tỉnh tặng 200 suất quà trị giá 100 triệu đồng",
    "tại huyện Chi Lăng, huyện Hữu Lũng",
    "phát miễn phí 3.000 khẩu trang y tế cho nhân dân trên địa bàn thành phố Lạng Sơn",
    "ủng hộ 10 triệu đồng và 4.500 khẩu trang y tế cho Ủy ban MTTQ Việt Nam tỉnh Lạng Sơn",
    "bàn giao gần 21.000 khẩu trang y tế cho Sở Y tế",
    "05 khoản kể trên chưa rõ đã gồm trong tổng số trên 580 triệu đồng hay chưa",
    "chưa rõ đã gồm trong tổng số hay chưa",
    "05-CT/TW 15/05/2016 Bộ Chính trị: Đẩy mạnh học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
    "34-CT/TW 07/04/2014",
    "30-CT/TU 18/11/2014",
    "Năm 2021, Cục Quản lý thị trường tỉnh Lạng Sơn được bầu làm Cụm trưởng; Cụm phó là Cục Thống kê tỉnh Lạng Sơn.",
    "Giám đốc Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn, đơn vị Cụm trưởng, phát biểu khai mạc hội nghị.",
    "Phương hướng năm 2021",
    "Nâng cao nhận thức của cán bộ, công chức",
    "Bản số 1 09:00 06/01/2021",
    "Đơn vị công bố: Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn",
]


def test_the_page_holds_the_facts_of_the_article(published: Any, client: Client) -> None:
    text = read(client)
    assert [fact for fact in FACTS if fact not in text] == []


def test_the_english_page_holds_the_same_figures(published: Any, client: Client) -> None:
    text = read(client, f"/en{PAGE}")
    for fact in (
        "Emulation and commendation summary of 2020", "580.000.000 ₫", "200 suất", "nearly 21.000",
        "Cục Quản lý thị trường tỉnh Lạng Sơn was elected chair", "Directive 34-CT/TW of 07/04/2014",
        "placed Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn first",
    ):  # fmt: skip
        assert fact in text


def test_article_and_sidebar_stand_side_by_side(published: Any, client: Client) -> None:
    """A formatter once glued two classes of the grid together."""
    assert 'class="wrap narrow pub"' in client.get(PAGE).content.decode()


def test_no_name_of_a_person_stands_on_it(published: Any, client: Client) -> None:
    text = read(client)
    assert "thu-ky" not in text
    assert "Đồng chí" not in text


# -- before and after publication ----------------------------------------------------------------
@pytest.mark.parametrize("ending", ["", "du-lieu.json", "v/1/", "v/1/du-lieu.json"])
def test_nothing_is_there_before_publication(story: Any, client: Client, ending: str) -> None:
    for visitor in (None, story.chair_clerk):
        if visitor:
            client.force_login(visitor)
        response = client.get(PAGE + ending)
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"


def test_it_shows_at_once_after_the_first_publication(story: Any, client: Client) -> None:
    assert client.get(PAGE).status_code == 404
    freeze(story)
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    "path", ["/cum/khong-co/2020/", "/cum/lang-son-trung-uong/2019/", f"{PAGE}v/2/", f"{PAGE}v/0/"]
)
def test_what_does_not_exist_is_404(published: Any, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading_is_allowed(published: Any, client: Client, method: str) -> None:
    assert getattr(client, method)(PAGE).status_code == 405


def test_a_later_edit_of_every_table_changes_no_byte(published: Any, client: Client) -> None:
    before = client.get(PAGE).content
    Contribution.objects.update(description="Sửa sau", value=1)
    Activity.objects.update(title="Sửa sau")
    Movement.objects.filter(pk=Movement.objects.order_by("pk")[0].pk).update(title="Sửa sau")
    YearText.objects.update(text="Sửa sau")
    AgencyName.objects.update(name="Sửa sau")
    Cluster.objects.update(name="Sửa sau", place="Sửa sau")
    Beneficiary.objects.update(name="Sửa sau")
    RankingEntry.objects.update(rank=9)
    published.conference.delete()
    memory.forget_all()
    assert client.get(PAGE).content == before


# -- the same bytes for everybody ----------------------------------------------------------------
@pytest.mark.parametrize("path", [PAGE, f"/en{PAGE}", f"{PAGE}v/1/", f"{PAGE}du-lieu.json", "/", "/en/"])
def test_everybody_gets_the_same_bytes_and_no_cookie(published: Any, path: str) -> None:
    answers = []
    for user in (None, published.chair_clerk):
        client = Client()
        if user:
            client.force_login(user)
        answers.append(client.get(path, headers={"accept-language": "en", "user-agent": str(user)}))
    assert answers[0].content == answers[1].content
    for answer in answers:
        assert answer.status_code == 200
        assert "Vary" not in answer
        assert not answer.cookies
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert b"csrf" not in answer.content


def test_the_query_string_of_a_visitor_never_gets_into_kept_bytes(published: Any, client: Client) -> None:
    poisoned = client.get(f"{PAGE}?x=%22%3E%3Cb%3Edau-vet").content
    assert b"dau-vet" not in poisoned
    assert client.get(PAGE).content == poisoned


def test_the_language_stands_in_the_address_alone(published: Any, client: Client) -> None:
    assert '<html lang="vi">' in client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    english = client.get(f"/en{PAGE}").content.decode()
    assert '<html lang="en">' in english
    assert f'href="{PAGE}"' in english


# -- caching -------------------------------------------------------------------------------------
def test_a_repeated_view_asks_the_database_nothing(
    published: Any, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(published.chair_clerk)
    for path, first in (
        (PAGE, 2),
        (f"/en{PAGE}", 0),
        (f"{PAGE}du-lieu.json", 0),
        (f"{PAGE}v/1/", 0),
        ("/", 1),
    ):
        with django_assert_num_queries(first):
            assert client.get(path).status_code == 200
        with django_assert_num_queries(0):
            assert client.get(path).status_code == 200


def test_the_first_view_costs_the_same_for_any_number_of_rows(
    story: Any, client: Client, django_assert_num_queries: Any
) -> None:
    for more in (1, 3):
        fill(story, more)
        freeze(story, reason="Thêm.")
        memory.forget_all()
        with django_assert_num_queries(2):
            assert client.get(PAGE).status_code == 200


def test_who_has_the_page_gets_304(published: Any, client: Client, django_assert_num_queries: Any) -> None:
    etag = client.get(PAGE)["ETag"]
    with django_assert_num_queries(0):
        for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = client.get(PAGE, headers={"if-none-match": sent})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["Cache-Control"] == "public, max-age=300"
    assert client.get(PAGE, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(f"/en{PAGE}")["ETag"] != etag


def test_the_frozen_data_is_served_byte_by_byte_under_its_hash(published: Any, client: Client) -> None:
    version = AnnualSummary.objects.get()
    for path, keep in ((f"{PAGE}du-lieu.json", "public, max-age=300"),
                       (f"{PAGE}v/1/du-lieu.json", "public, max-age=31536000, immutable")):  # fmt: skip
        answer = client.get(path)
        assert answer.content == version.content.encode()
        assert answer["ETag"] == f'"{version.sha256}"'
        assert answer["Content-Type"] == "application/json"
        assert answer["Cache-Control"] == keep
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert client.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert json.loads(answer.content)["schema"] == 1


def test_a_page_frozen_before_still_shows_when_the_memory_is_gone(published: Any, client: Client) -> None:
    before = client.get(PAGE)
    memory.forget_all()
    again = client.get(PAGE)
    assert (again.content, again["ETag"]) == (before.content, before["ETag"])


# -- versions ------------------------------------------------------------------------------------
def test_a_correction_shows_at_once_and_the_first_version_stays(
    published: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    frozen = client.get(f"{PAGE}v/1/du-lieu.json").content
    assert "đã được thay" not in read(client, f"{PAGE}v/1/")
    correct(published, django_capture_on_commit_callbacks)
    assert "bàn giao gần 22.000 khẩu trang y tế" in read(client)
    old = read(client, f"{PAGE}v/1/")
    assert "Bản số 1 đã được thay bằng bản số 2, ngày 06/01/2021." in old
    assert "Lý do: Sửa số khẩu trang theo biên bản bàn giao." in old
    assert "bàn giao gần 21.000 khẩu trang y tế" in old
    assert client.get(f"{PAGE}v/1/du-lieu.json").content == frozen
    assert b"22000" in client.get(f"{PAGE}du-lieu.json").content
    assert "Các bản đã công bố" in old


def test_the_mark_changes_nothing_of_the_frozen_text(
    published: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    def article(path: str) -> str:
        body = client.get(path).content.decode()
        return body[body.index("<h1") : body.index("</article>")]

    before = article(f"{PAGE}v/1/")
    correct(published, django_capture_on_commit_callbacks)
    assert article(f"{PAGE}v/1/") == before


def test_each_version_carries_its_own_address_as_qr(published: Any, client: Client) -> None:
    body = client.get(PAGE).content.decode()
    assert "http://testserver/cum/lang-son-trung-uong/2020/v/1/" in body
    assert '<svg role="img"' in body
    with override_settings(SITE_URL="https://thidua.example.vn/"):
        assert (
            "https://thidua.example.vn/cum/lang-son-trung-uong/2020/v/1/"
            in client.get(f"/en{PAGE}").content.decode()
        )


# -- hostile and empty data ----------------------------------------------------------------------
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "{{ 7*7 }}",
    "{% load static %}", "${7*7}", "%s %(x)s", "{0}{label}", "javascript:alert(1)", "]]><!--",
    "</title><script>1</script>",
]  # fmt: skip


@pytest.mark.typed_braces
@pytest.mark.parametrize("attack", HOSTILE)
def test_what_people_type_is_shown_as_typed(story: Any, client: Client, attack: str) -> None:
    """Rows I1 and I3; the guard of the client refuses any inline script or handler besides."""
    Cluster.objects.filter(pk=story.year.cluster_id).update(name=f"Cụm {attack}", short_name=attack)
    AgencyName.objects.update(name=f"Cục {attack}", short_name=attack)
    Movement.objects.filter(year=story.year, order=3).update(
        title=attack, story=attack, slogan=attack, launched_by=attack
    )
    Activity.objects.filter(year=story.year).update(title=attack, story=attack, place=attack, result=attack)
    Contribution.objects.update(description=attack, place=attack, purpose=attack)
    Contribution.objects.filter(quantity__isnull=False).update(unit=attack[:30])
    Contributor.objects.exclude(outside_name="").update(outside_name=attack)
    Beneficiary.objects.filter(pk=story.total.beneficiary_id).update(name=attack)
    YearText.objects.update(text=attack)
    story.conference.attendance.filter(kind="guest").update(office=attack)
    story.conference.moments.update(office=attack, note=attack)
    type(story.conference).objects.update(title=attack, place=attack)
    story.year.cited.get(use="carried_out").directive.__class__.objects.update(title=attack, issuer=attack)
    freeze(story)
    for path in (PAGE, f"/en{PAGE}", "/"):
        body = client.get(path).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "<svg/onload" not in body
        assert attack in html.unescape(body)
    assert json.loads(client.get(f"{PAGE}du-lieu.json").content)["texts"]["direction"] == [attack]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_year_with_nothing_in_it_still_makes_a_page(db: None, client: Client, prefix: str) -> None:
    year = ClusterYearFactory(label="2012-2013", cluster__slug="trong", open_phase=PhaseKind.PUBLISH)
    office = year.cluster.terms.create(agency=_office(), role="chair", starts_on=year.starts_on)
    release.freeze(year, office.agency_id)
    body = client.get(f"{prefix}/cum/trong/2012-2013/").content.decode()
    assert "2012-2013" in body
    assert 'id="dong-gop"' not in body


def _office() -> Any:
    from tests.factories import AgencyFactory

    return AgencyFactory()


def test_points_are_drawn_where_they_are_recorded(story: Any, client: Client) -> None:
    RankingEntry.objects.filter(ranking=story.ranking, rank=1).update(points="96.5")
    freeze(story)
    assert "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn 96,50 điểm" in read(client)


def test_a_sample_year_says_so(story: Any, client: Client) -> None:
    type(story.year).objects.filter(pk=story.year.pk).update(sample=True)
    freeze(story)
    assert "Số liệu minh họa" in read(client)


def test_every_schema_ever_frozen_has_a_renderer_and_a_template(published: Any) -> None:
    from django.template.loader import get_template

    assert set(AnnualSummary.objects.values_list("schema", flat=True)) <= set(pages.RENDERERS)
    for renderer in pages.RENDERERS.values():
        assert get_template(renderer.TEMPLATE)


def test_the_phase_of_the_year_does_not_matter_to_readers(published: Any, client: Client) -> None:
    before = client.get(PAGE).content
    open_phase(published.year, PhaseKind.CARRY_OUT)
    memory.forget_all()
    assert client.get(PAGE).content == before
