"""Addresses of the score sheets."""

from django.urls import path

from scoring.views import sheet, sheet_line

urlpatterns = [
    path("bang-diem/", sheet.sheet_list, name="sheet_list"),
    path("bang-diem/<int:agency>/", sheet.sheet, name="sheet"),
    path("bang-diem/<int:agency>/bat-dau/", sheet.start, name="sheet_start"),
    path("bang-diem/<int:agency>/thu-hoi/", sheet.take_back, name="sheet_take_back"),
    path("bang-diem/<int:agency>/in/", sheet.print_view, name="sheet_print"),
    path("bang-diem/<int:agency>/luu/", sheet_line.save, name="sheet_save_line"),
    path("bang-diem/<int:agency>/tong/", sheet_line.totals, name="sheet_totals"),
    path("bang-diem/<int:agency>/<int:criterion>/", sheet_line.line, name="sheet_line"),
    path("bang-diem/<int:agency>/<int:criterion>/minh-chung/", sheet_line.line_file, name="sheet_line_file"),
    path("bang-diem/<int:agency>/<int:criterion>/trao-doi/", sheet_line.line_note, name="sheet_line_note"),
]
