"""Addresses of appeals, adjustments and notices about points."""

from django.urls import path

from scoring.views import adjustment, adjustment_add, appeal, appeal_decide, appeal_list, appeal_notices

urlpatterns = [
    path("kien-nghi/", appeal_list.appeals, name="appeal_list"),
    path("kien-nghi/dong/<int:line>/", appeal.appeal_add, name="appeal_add"),
    path("kien-nghi/<int:pk>/", appeal.appeal_detail, name="appeal_detail"),
    path("kien-nghi/<int:pk>/trao-doi/", appeal.appeal_reply, name="appeal_reply"),
    path("kien-nghi/<int:pk>/rut/", appeal.appeal_withdraw, name="appeal_withdraw"),
    path("kien-nghi/<int:pk>/giai-quyet/", appeal_decide.appeal_decide, name="appeal_decide"),
    path("kien-nghi/<int:pk>/thong-bao.docx", appeal.appeal_paper, name="appeal_paper"),
    path("kien-nghi/tep/<int:pk>/", appeal.appeal_file, name="appeal_file"),
    path("kien-nghi/thong-bao/", appeal_notices.notices, name="score_notices"),
    path("kien-nghi/thong-bao/da-xem/", appeal_notices.seen, name="score_notices_seen"),
    path("dieu-chinh/", adjustment.adjustment_list, name="adjustment_list"),
    path("dieu-chinh/them/", adjustment_add.adjustment_add, name="adjustment_add"),
    path("dieu-chinh/<int:pk>/", adjustment.adjustment_detail, name="adjustment_detail"),
    path("dieu-chinh/<int:pk>/buoc/", adjustment.adjustment_step, name="adjustment_step"),
    path("dieu-chinh/<int:pk>/tep/", adjustment.adjustment_file, name="adjustment_file"),
]
