"""Sentences of the public page: written from the data, so a changed figure changes the sentence."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from movements.enums import ContributionKind, PartState, QualifierChoice
from publishing.domain import facts, prose_en, prose_vi
from publishing.domain.build import collect
from tests.factories import ActivityFactory, BeneficiaryFactory, ContributionFactory, GoodsFactory
from tests.publishing.story import POOR


@pytest.fixture
def data(story: Any) -> dict[str, Any]:
    return collect(story.year)


def giving(data: Any, words: Any = prose_vi) -> str:
    """All sentences on gifts, with plain spaces."""
    return " ".join(words.contributions(data, group) for group in facts.groups(data)).replace("\xa0", " ")


def test_the_lede_says_when_where_and_what(data: Any) -> None:
    assert prose_vi.lede(data) == (
        "Ngày 05/01/2021, tại Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn, Cụm thi đua các cơ quan Trung ương đóng trên "
        "địa bàn tỉnh Lạng Sơn tổ chức Hội nghị tổng kết công tác thi đua, khen thưởng năm 2020, phương hướng nhiệm vụ "
        "năm 2021."
    )


def test_guests_stand_by_office_and_members_are_counted(data: Any) -> None:
    assert prose_vi.guests(data) == (
        "Tham dự hội nghị có đại diện lãnh đạo Ban Thi đua - Khen thưởng tỉnh; thành viên Hội đồng Thi đua - Khen "
        "thưởng tỉnh phụ trách Cụm thi đua và đại diện lãnh đạo 07 đơn vị thành viên."
    )
    data["conference"]["present"].pop()
    assert "06/07 đơn vị thành viên" in prose_vi.guests(data)
    assert "leaders of 6 of 7 member agencies" in prose_en.guests(data)


def test_the_gifts_read_like_the_article(data: Any) -> None:
    assert giving(data) == (
        f"Hưởng ứng phong trào “{POOR}”, Cục Quản lý thị trường tỉnh Lạng Sơn đã thăm, tặng quà hộ nghèo; ủng hộ một "
        "số cơ quan, đơn vị với tổng giá trị trên 580 triệu đồng; phối hợp với Văn phòng HĐND tỉnh tặng 200 suất quà "
        "trị giá 100 triệu đồng cho nhân dân hai huyện tại huyện Chi Lăng, huyện Hữu Lũng; phát miễn phí 3.000 khẩu "
        "trang y tế cho nhân dân trên địa bàn thành phố Lạng Sơn; ủng hộ 10 triệu đồng và 4.500 khẩu trang y tế cho Ủy "
        "ban MTTQ Việt Nam tỉnh Lạng Sơn; bàn giao gần 21.000 khẩu trang y tế cho Sở Y tế để phòng, chống dịch "
        "Covid-19."
    )


def test_a_changed_figure_changes_the_sentence(story: Any) -> None:
    story.masks.quantity, story.masks.quantity_qualifier = Decimal(22500), QualifierChoice.OVER
    story.masks.save()
    story.total.value = 1_250_000_000
    story.total.save()
    changed = collect(story.year)
    assert "bàn giao trên 22.500 khẩu trang y tế cho Sở Y tế" in giving(changed)
    assert "tổng giá trị trên 1,25 tỷ đồng" in giving(changed)
    assert "over 22.500 chiếc" in giving(changed, prose_en)
    assert "over 1.250.000.000 ₫" in giving(changed, prose_en)


def test_what_is_not_known_is_said(data: Any) -> None:
    (group,) = facts.groups(data)
    assert prose_vi.unclear(group) == (
        "05 khoản kể trên chưa rõ đã gồm trong tổng số trên 580 triệu đồng hay chưa, nên không cộng thêm vào tổng số."
    )
    assert prose_vi.left_out(data) == "Chưa cộng 05 khoản chưa rõ đã gồm trong tổng số hay chưa"
    assert "5 figures above are not known to be inside or outside" in prose_en.unclear(group)


@pytest.mark.parametrize(
    ("state", "vietnamese", "english"),
    [
        (PartState.INCLUDED, "trên 580 triệu đồng; trong đó phối hợp", "of which 200"),
        (PartState.NOT_INCLUDED, "ngoài ra còn phối hợp với Văn phòng", "besides, 200"),
    ],
)
def test_a_part_known_to_be_inside_or_outside_is_said_so(
    story: Any, state: str, vietnamese: str, english: str
) -> None:
    type(story.parcels).objects.filter(pk=story.parcels.pk).update(part_state=state)
    changed = collect(story.year)
    assert vietnamese in giving(changed)
    assert english in giving(changed, prose_en)
    (group,) = facts.groups(changed)
    assert prose_vi.unclear(group).startswith("04 khoản")


def test_the_ranking_follows_the_way_it_was_reached(data: Any) -> None:
    assert prose_vi.ranking(data) == (
        "Cụm đã bình xét Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn xếp thứ nhất, Cục Quản lý thị trường tỉnh Lạng Sơn "
        "xếp thứ nhì và Bảo hiểm xã hội tỉnh Lạng Sơn xếp thứ ba."
    )
    data["ranking"]["method"] = "score"
    assert prose_vi.ranking(data).startswith("Theo kết quả chấm điểm, Cụm công nhận ")
    data["ranking"]["method"] = "vote"
    assert prose_vi.ranking(data).startswith("Qua bỏ phiếu kín, Cụm đã suy tôn ")
    assert prose_en.ranking(data).startswith("By secret ballot the cluster placed ")


def test_shared_ranks_are_named_together(data: Any) -> None:
    data["ranking"]["entries"][1]["rank"] = 1
    assert (
        "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn và Cục Quản lý thị trường tỉnh Lạng Sơn cùng xếp thứ nhất"
        in (prose_vi.ranking(data))
    )
    assert "joint first" in prose_en.ranking(data)


def test_members_without_a_published_rank_are_named(data: Any) -> None:
    assert prose_vi.unranked(data).startswith(
        "04 đơn vị còn lại không công bố thứ hạng: Kho bạc Nhà nước tỉnh Lạng Sơn; "
    )
    assert prose_en.unranked(data).startswith("The rank of the other 4 members is not published: ")
    data["members"] = [
        row for row in data["members"] if row["agency"] in ("ngan-hang", "quan-ly-thi-truong", "bao-hiem")
    ]
    assert prose_vi.unranked(data) == prose_en.unranked(data) == ""


def test_the_hand_over(data: Any) -> None:
    assert prose_vi.handover(data) == (
        "Năm 2021, Cục Quản lý thị trường tỉnh Lạng Sơn được bầu làm Cụm trưởng; Cụm phó là Cục Thống kê tỉnh Lạng Sơn."
    )
    data["next"]["basis"], data["next"]["deputies"] = "appointed", []
    assert (
        prose_vi.handover(data)
        == "Năm 2021, Cục Quản lý thị trường tỉnh Lạng Sơn được chỉ định làm Cụm trưởng."
    )
    data["cluster"]["kind"] = "khoi"
    assert "Khối trưởng" in prose_vi.handover(data)


def test_moments_stand_by_office(data: Any) -> None:
    assert prose_vi.moments(data) == [
        "Giám đốc Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn, đơn vị Cụm trưởng, phát biểu khai mạc hội nghị.",
        "Phó Bí thư Đảng ủy, Phó Cục trưởng Cục Quản lý thị trường tỉnh Lạng Sơn, đơn vị Cụm phó, phát động thi đua "
        "năm 2021.",
    ]
    data["conference"]["moments"] = [
        {"kind": "handover", "office": "", "agency": "", "note": ""},
        {"kind": "other", "office": "", "agency": "", "note": "Thông qua quy chế"},
        {"kind": "direction", "office": "Trưởng Ban", "agency": "", "note": "Giữ vững phong trào."},
        {"kind": "other", "office": "", "agency": "", "note": ""},
    ]
    assert prose_vi.moments(data) == [
        "Hội nghị tặng hoa, chúc mừng đơn vị Cụm trưởng, Cụm phó năm 2021.",
        "Thông qua quy chế.",
        "Trưởng Ban phát biểu chỉ đạo hội nghị: giữ vững phong trào.",
    ]
    assert len(prose_en.moments(data)) == 3


def test_papers_are_cited_with_number_day_and_issuer(data: Any) -> None:
    assert prose_vi.direction(data) == (
        "Năm 2021, Cụm tiếp tục thực hiện tốt Chỉ thị số 34-CT/TW ngày 07/4/2014 của Bộ Chính trị về tiếp tục đổi mới "
        "công tác thi đua, khen thưởng và Chỉ thị số 30-CT/TU ngày 18/11/2014 của Ban Thường vụ Tỉnh ủy về tiếp tục "
        "đổi mới công tác thi đua, khen thưởng trên địa bàn tỉnh Lạng Sơn."
    )
    law = {
        "kind": "law",
        "number": "06/2022/QH15",
        "issuer": "Quốc hội",
        "issued_on": "",
        "title": "Luật Thi đua, khen thưởng",
    }
    assert prose_vi.directive(law) == "Luật Thi đua, khen thưởng"
    undated = law | {"kind": "plan", "title": "Đẩy mạnh thi đua"}
    assert prose_vi.directive(undated) == "Kế hoạch số 06/2022/QH15 của Quốc hội về đẩy mạnh thi đua"
    assert "Directive 34-CT/TW of 07/04/2014 (Bộ Chính trị)" in prose_en.direction(data)


def test_both_languages_name_the_same_figures(data: Any) -> None:
    english = giving(data, prose_en)
    for figure in ("580.000.000", "200", "100.000.000", "3.000", "10.000.000", "4.500", "nearly 21.000"):
        assert figure in english


def test_a_year_without_conference_gifts_or_ranking_says_little_but_says_it(data: Any) -> None:
    bare = copy.deepcopy(data) | {"conference": None, "ranking": None, "next": None, "contributions": []}
    bare["directives"]["next_year"] = []
    for words in (prose_vi, prose_en):
        assert "2020" in words.lede(bare)
        said = (words.guests, words.ranking, words.unranked, words.handover, words.direction, words.left_out)
        assert [sentence(bare) for sentence in said] == [""] * 6
        assert words.moments(bare) == []
    assert facts.groups(bare) == []


def gift(
    story: Any, factory: Any = GoodsFactory, title: str = "Hoạt động", receiver: str = "", **kwargs: Any
) -> str:
    """The clause of one more gift, by Cục Thuế."""
    activity = ActivityFactory(year=story.year, agency=story.agencies["thue"], confirmed=True, title=title)
    if receiver:
        kwargs["beneficiary"] = BeneficiaryFactory(cluster=story.year.cluster, name=receiver)
    factory(activity=activity, **kwargs)
    found = collect(story.year)
    group = next(group for group in facts.groups(found) if group.giver == "thue")
    return prose_vi.contributions(found, group)


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"title": "Trao tặng máy tính", "description": "Máy tính", "unit": "bộ", "quantity": Decimal(5)},
         "Cục Thuế tỉnh Lạng Sơn đã trao tặng 5 bộ máy tính."),
        ({"description": "Sách", "unit": "cuốn", "quantity": Decimal("1200"), "receiver": "Học sinh xã Hữu Liên"},
         "Cục Thuế tỉnh Lạng Sơn đã tặng 1.200 cuốn sách cho học sinh xã Hữu Liên."),
        ({"factory": ContributionFactory, "value": 12_345_678},
         "Cục Thuế tỉnh Lạng Sơn đã ủng hộ 12.345.678 đồng."),
        ({"kind": ContributionKind.WORKDAYS, "description": "Ngày công", "unit": "ngày công",
          "quantity": Decimal("2.5")},
         "Cục Thuế tỉnh Lạng Sơn đã đóng góp 2,5 ngày công."),
        ({"factory": ContributionFactory, "kind": ContributionKind.GOODS, "description": "Nhà tình nghĩa",
          "value": 50_000_000, "receiver": "Sở Lao động"},
         "Cục Thuế tỉnh Lạng Sơn đã tặng nhà tình nghĩa trị giá 50 triệu đồng cho Sở Lao động."),
        ({"by": ["Bộ đội Biên phòng", "Hội Chữ thập đỏ"], "description": "Gạo", "unit": "kg", "quantity": Decimal(500)},
         "Cục Thuế tỉnh Lạng Sơn đã phối hợp với Bộ đội Biên phòng và Hội Chữ thập đỏ tặng 500 kg gạo."),
    ],
)  # fmt: skip
def test_the_clause_of_a_gift(story: Any, kwargs: Any, said: str) -> None:
    assert gift(story, **kwargs) == said


def test_a_gift_of_the_whole_cluster_is_told_of_the_cluster(story: Any) -> None:
    activity = ActivityFactory(
        year=story.year, agency=None, scope="cluster", confirmed=True, title="Về nguồn"
    )
    ContributionFactory(activity=activity, by=())
    found = collect(story.year)
    assert "Cụm đã ủng hộ 10 triệu đồng." in giving(found)
    assert "The cluster gave 10.000.000 ₫" in giving(found, prose_en)


def test_a_long_list_ends_in_a_count(story: Any) -> None:
    for number in range(15):
        said = gift(story, description=f"Hàng {number}")
    assert said.endswith("; và 03 khoản khác trong bảng.")


def test_goods_that_went_to_several_receivers_make_a_chart(data: Any) -> None:
    (chart,) = facts.bars(data)
    assert chart.description == "Khẩu trang y tế"
    assert [(receiver, int(amount.number)) for receiver, amount in chart.rows] == [
        ("Nhân dân trên địa bàn thành phố Lạng Sơn", 3000),
        ("Ủy ban MTTQ Việt Nam tỉnh Lạng Sơn", 4500),
        ("Sở Y tế", 21000),
    ]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Huyện Chi Lăng", "huyện Chi Lăng"), ("Sở Y tế", "Sở Y tế"), ("Ủy ban MTTQ", "Ủy ban MTTQ"),
        ("Hộ nghèo", "hộ nghèo"), ("Hội đồng", "Hội đồng"), ("", ""), ("Xã Hữu Liên", "xã Hữu Liên"),
    ],
)  # fmt: skip
def test_only_common_nouns_lose_their_capital_inside_a_sentence(text: str, inside: str) -> None:
    assert prose_vi.lower(text) == inside


@pytest.mark.parametrize(
    ("text", "inside"), [("Khẩu trang", "khẩu trang"), ("Y Tý", "Y Tý"), ("TV màu", "TV màu")]
)
def test_a_description_inside_a_sentence(text: str, inside: str) -> None:
    assert prose_vi.lower_noun(text) == inside
