"""Addresses of this app."""

from django.urls import path

from scoring import urls_appeals, urls_checks, urls_exchange, urls_sheets, urls_tables, urls_totals
from scoring.views import ranking

urlpatterns = [
    path("xep-hang/", ranking.ranking, name="ranking"),
    path("xep-hang/ghi/", ranking.ranking_edit, name="ranking_edit"),
]
urlpatterns += urls_appeals.urlpatterns
urlpatterns += urls_sheets.urlpatterns
urlpatterns += urls_tables.urlpatterns
urlpatterns += urls_exchange.urlpatterns
urlpatterns += urls_totals.urlpatterns
urlpatterns += urls_checks.urlpatterns
