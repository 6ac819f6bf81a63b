"""Every component with sample content, for those who write pages; exists only with DEBUG."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

BANK = "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn"
MARKET = "Cục Quản lý thị trường tỉnh Lạng Sơn"
INSURANCE = "Bảo hiểm xã hội tỉnh Lạng Sơn"


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Tên hoạt động", max_length=200)
    movement = forms.ChoiceField(
        label="Phong trào",
        choices=[("", "Chọn phong trào"), ("1", "Lạng Sơn cùng cả nước chung tay vì người nghèo")],
    )
    when = forms.CharField(label="Thời gian", help_text="Ngày ghi dạng 05/01/2021")
    precision = forms.ChoiceField(
        label="Biết thời gian đến mức",
        choices=[("day", "Ngày"), ("month", "Tháng"), ("year", "Năm")],
        widget=forms.RadioSelect,
        initial="year",
    )
    common = forms.BooleanField(label="Hoạt động chung của cụm", required=False)
    text = forms.CharField(label="Mô tả", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    upload = forms.FileField(label="Minh chứng", required=False)


class SampleRow(forms.Form):
    """A row of a grid."""

    kind = forms.ChoiceField(choices=[("money", "Tiền"), ("goods", "Hiện vật")])
    what = forms.CharField()
    number = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit = forms.CharField(required=False)
    place = forms.CharField(widget=forms.Textarea(attrs={"rows": 1, "class": "auto"}))


SampleRows = forms.formset_factory(SampleRow, extra=0)


def _ranks() -> list[dict[str, Any]]:
    names = ((1, "Hạng Nhất", BANK), (2, "Hạng Nhì", MARKET), (3, "Hạng Ba", INSURANCE))
    return [{"rank": rank, "rank_label": label, "name": name} for rank, label, name in names]


def _year() -> dict[str, Any]:
    names = ("Chuẩn bị", "Phát động", "Thực hiện", "Tự chấm", "Thẩm định", "Bình xét", "Công bố")
    notes = (
        "01/2020",
        "02/2020",
        "đến 30/11/2020",
        "đến 18/12",
        "đến 25/12/2020",
        "05/01/2021",
        "sau hội nghị",
    )
    steps: list[dict[str, str]] = [
        {"name": name, "note": note, "state": "done" if at < 3 else "now" if at == 3 else ""}
        for at, (name, note) in enumerate(zip(names, notes, strict=True))
    ]
    steps[3]["urgent"] = "còn 4 ngày"
    tasks: list[dict[str, Any]] = [
        {"kind": "err", "due": "Quá hạn 2 ngày", "date": "12/12/2020", "date_iso": "2020-12-12", "url": "#",
         "primary": True,
         "title": "Xác nhận 2 khoản đóng góp có nằm trong tổng hay không", "action": "Xác nhận",
         "text": "100.000.000 ₫ và 10.000.000 ₫: cộng thêm, hay đã tính trong trên 580.000.000 ₫?"},
        {"kind": "warn", "icon": "clock", "due": "Còn 4 ngày", "date": "18/12/2020", "url": "#",
         "action": "Bổ sung",
         "title": "Bổ sung minh chứng cho 3 hoạt động", "text": "Chưa có tệp minh chứng."},
        {"due": "Còn 7 ngày", "date": "21/12/2020", "title": "Ghi rõ ngày cho 4 hoạt động", "url": "#",
         "action": "Ghi ngày"},
    ]  # fmt: skip
    figures = [
        {"label": "Tổng giá trị quyên góp, ủng hộ", "q": "trên", "value": "580.000.000", "unit": "₫"},
        {"label": "Khẩu trang y tế, 3 nơi nhận", "q": "gần", "value": "28.500", "unit": "chiếc"},
        {"label": "Quà tặng tại huyện Chi Lăng, Hữu Lũng", "value": "200", "unit": "suất"},
    ]
    return {"steps": steps, "tasks": tasks, "figures": figures}


def _published() -> dict[str, Any]:
    return {
        "keys": [
            {"label": "đơn vị thành viên", "value": "7"},
            {"label": "Cục Quản lý thị trường quyên góp, ủng hộ", "q": "trên", "value": "580.000.000 ₫"},
            {"label": "suất quà tại 2 huyện", "value": "200"},
            {"label": "khẩu trang y tế", "q": "gần", "value": "28.500"},
        ],
        "masks": [
            {"label": "Nhân dân thành phố Lạng Sơn", "value": 3000, "shown": "3.000"},
            {"label": "Ủy ban MTTQ Việt Nam tỉnh", "value": 4500, "shown": "4.500"},
            {"label": "Sở Y tế", "value": 21000, "shown": "21.000", "q": "gần"},
        ],
        "line": [
            {"when": "Năm 2020",
             "title": "Lạng Sơn cùng cả nước chung tay vì người nghèo - Không để ai bỏ lại phía sau",
             "text": "Thăm, tặng quà hộ gia đình nghèo, hoàn cảnh khó khăn; trao khẩu trang y tế."},
            {"when": "05/01/2021", "when_iso": "2021-01-05", "title": "Hội nghị tổng kết", "end": True, "url": "#"},
        ],
        "before": {"title": "Năm 2020", "chair": BANK, "deputy": MARKET},
        "after": {"title": "Năm 2021", "chair": MARKET, "deputy": "Cục Thống kê tỉnh Lạng Sơn"},
        "downloads": [
            {"name": "Dữ liệu", "url": "#", "meta": "JSON, đúng như đã công bố", "icon": "braces"},
            {"name": "Bản công bố", "url": "#", "meta": "PDF, để in và lưu", "icon": "file-type-pdf"},
        ],
        "published": [{"url": "#", "title": "Tổng kết công tác thi đua, khen thưởng năm 2020",
                       "meta": "Hội nghị ngày 05/01/2021", "ranks": _ranks()}],
    }  # fmt: skip


def _forms() -> dict[str, Any]:
    row = {"kind": "money", "what": "Tiền ủng hộ", "number": "10.000.000", "unit": "₫", "place": "Sở Y tế"}
    data = {f"rows-{at}-{name}": value for at in range(2) for name, value in row.items()}
    data |= {"rows-TOTAL_FORMS": "2", "rows-INITIAL_FORMS": "0", "rows-1-number": ""}
    return {
        "form": SampleForm(data={"title": "", "movement": "", "when": "2020", "precision": "year"}),
        "fresh": SampleForm(prefix="fresh"),
        "rows": SampleRows(data=data, prefix="rows"),
    }


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """All components on one page; ``?theme=dark`` shows the dark colours."""
    if not settings.DEBUG:
        raise Http404
    ranks = _ranks()
    scored = [
        item | {"points": points} for item, points in zip(ranks, ("96,75", "95,75", "94,75"), strict=True)
    ]
    context = {
        "scope": SimpleNamespace(
            cluster=SimpleNamespace(
                slug="mau", name="Cụm thi đua mẫu", short_name="Cơ quan Trung ương tại Lạng Sơn"
            ),
            year=SimpleNamespace(label="2020"),
            hat=SimpleNamespace(post="Phòng TC-HC"),
            agency_name="Cục Quản lý thị trường",
        ),
        "scope_years": [{"label": "2021", "url": "#"}, {"label": "2020", "url": "#"}],
        "user": SimpleNamespace(is_authenticated=True),
        "nav": "home",
        "theme": request.GET.get("theme", ""),
        "ranks": ranks,
        "scored": scored,
        "shared": [item | {"rank": rank} for item, rank in zip(ranks, (1, 1, 3), strict=True)],
        **_year(),
        **_published(),
        **_forms(),
        "diff": [
            {"field": "Trị giá", "mine": "100.000.000 ₫", "theirs": "110.000.000 ₫"},
            {"field": "Nơi nhận", "mine": "", "theirs": "Sở Y tế"},
        ],
        "checks": [
            {"ok": True, "text": "Đã ghi hội nghị tổng kết"},
            {"ok": False, "text": "Chưa có kết quả xếp hạng", "url": "#", "action": "Ghi hạng"},
            {
                "ok": False,
                "kind": "warn",
                "text": "2 khoản đóng góp chưa rõ có nằm trong tổng hay không",
                "url": "#",
                "action": "Xem",
            },
        ],
        "files": [
            {"name": "Báo cáo hoạt động.docx", "url": "#", "meta": "0,4 MB · 14/12/2020"},
            {"name": "Ảnh tặng quà.jpg", "url": "#", "icon": "photo"},
        ],
        "facts": [
            {"label": "Loại", "value": "Cơ quan ngành dọc"},
            {"label": "Cụm trưởng", "value": BANK, "url": "#"},
        ],
    }
    return render(request, "styleguide.html", context)
