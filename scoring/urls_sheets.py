"""Addresses of the score sheets."""

from django.urls import path

from scoring.views import sheet

urlpatterns = [
    path("bang-diem/", sheet.sheet_list, name="sheet_list"),
    path("bang-diem/<int:agency>/", sheet.sheet, name="sheet"),
]
