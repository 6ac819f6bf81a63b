"""Addresses of this app below the cluster-year."""

from django.urls import path

from publishing.views import build, handover, texts

urlpatterns = [
    path("tong-ket/", build.summary_build, name="summary_build"),
    path("tong-ket/noi-dung/", texts.year_texts, name="year_texts"),
    path("tong-ket/xem-truoc/", build.summary_preview, name="summary_preview"),
    path("tong-ket/cong-bo/", build.summary_publish, name="summary_publish"),
    path("ban-giao/", handover.handover, name="handover"),
    path("ban-giao/bien-ban/", handover.handover_paper, name="handover_docx"),
]
