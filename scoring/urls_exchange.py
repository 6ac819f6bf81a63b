"""Addresses of the Excel files of criteria tables and score sheets."""

from django.urls import path

from scoring.views import exchange_sheet, exchange_table

urlpatterns = [
    path("tieu-chi/excel/", exchange_table.criteria_import, name="criteria_import"),
    path("tieu-chi/excel/mau/", exchange_table.criteria_import_template, name="criteria_import_template"),
    path("tieu-chi/excel/ban-<int:version>/", exchange_table.criteria_export, name="criteria_export"),
    path("tieu-chi/excel/<int:pk>/", exchange_table.criteria_import_run, name="criteria_import_run"),
    path("tieu-chi/excel/<int:pk>/tep/", exchange_table.criteria_import_file, name="criteria_import_file"),
    path("bang-diem/<int:agency>/excel/", exchange_sheet.sheet_import, name="sheet_import"),
    path("bang-diem/<int:agency>/excel/tai-ve/", exchange_sheet.sheet_export, name="sheet_export"),
    path("bang-diem/<int:agency>/excel/<int:pk>/", exchange_sheet.sheet_import_run, name="sheet_import_run"),
    path(
        "bang-diem/<int:agency>/excel/<int:pk>/tep/",
        exchange_sheet.sheet_import_file,
        name="sheet_import_file",
    ),
]
