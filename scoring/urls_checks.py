"""Addresses of cross-checks and verification."""

from django.urls import path

from scoring.views import (
    check,
    check_agency,
    check_assign,
    check_associates,
    check_criterion,
    check_gaps,
    check_step,
)

urlpatterns = [
    path("cham/", check.check_list, name="check_list"),
    path("cham/phan-cong/", check_assign.check_assign, name="check_assign"),
    path("cham/co-quan-phoi-hop/", check_associates.check_associates, name="check_associates"),
    path("cham/chenh-lech/", check_gaps.check_gaps, name="check_gaps"),
    path("cham/<str:level>/luu/", check_agency.check_save, name="check_save"),
    path(
        "cham/<str:level>/tieu-chi/<int:criterion>/", check_criterion.check_criterion, name="check_criterion"
    ),
    path("cham/<str:level>/<int:agency>/", check_agency.check_agency, name="check_agency"),
    path("cham/<str:level>/<int:agency>/buoc/", check_step.check_step, name="check_step"),
    path("cham/<str:level>/<int:agency>/dong/<int:line>/", check_agency.check_panel, name="check_panel"),
    path(
        "cham/<str:level>/<int:agency>/dong/<int:line>/tep/<int:pk>/",
        check_agency.check_file,
        name="check_file",
    ),
]
