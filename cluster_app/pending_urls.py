"""Names that pages link to and that are not built yet (goes away when they are)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path


def pending(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Nothing yet."""
    return HttpResponse(status=501)


_PAGES = {
    "phase_advance": "buoc/", "member_list": "don-vi/", "agency_detail": "don-vi/<int:pk>/",
    "movement_list": "phong-trao/", "movement_add": "phong-trao/them/", "movement_detail": "phong-trao/<int:pk>/",
    "movement_edit": "phong-trao/<int:pk>/sua/", "movement_join": "phong-trao/<int:pk>/huong-ung/",
    "activity_list": "hoat-dong/", "activity_export": "hoat-dong/xuat.csv", "activity_add": "hoat-dong/them/",
    "activity_detail": "hoat-dong/<int:pk>/", "activity_edit": "hoat-dong/<int:pk>/sua/",
    "activity_state": "hoat-dong/<int:pk>/trang-thai/", "evidence_file": "minh-chung/<int:pk>/",
    "conference": "hoi-nghi/", "conference_edit": "hoi-nghi/ghi/", "summary_build": "tong-ket/",
    "year_texts": "tong-ket/noi-dung/", "summary_preview": "tong-ket/xem-truoc/",
}  # fmt: skip
urlpatterns = [path(route, pending, name=name) for name, route in _PAGES.items()]
