"""Addresses of appeals, adjustments and notices about points."""

from django.urls import path

from scoring.views import appeal_notices

urlpatterns = [
    path("kien-nghi/thong-bao/", appeal_notices.notices, name="score_notices"),
    path("kien-nghi/thong-bao/da-xem/", appeal_notices.seen, name="score_notices_seen"),
]
