"""Addresses of this app."""

from django.urls import URLPattern, path

from movements.views import activity, activity_list, activity_page, agency, evidence, movement

urlpatterns: list[URLPattern] = [
    path("don-vi/<int:pk>/", agency.agency_detail, name="agency_detail"),
    path("phong-trao/", movement.movement_list, name="movement_list"),
    path("phong-trao/them/", movement.movement_add, name="movement_add"),
    path("phong-trao/<int:pk>/", movement.movement_detail, name="movement_detail"),
    path("phong-trao/<int:pk>/sua/", movement.movement_edit, name="movement_edit"),
    path("phong-trao/<int:pk>/huong-ung/", movement.movement_join, name="movement_join"),
    path("hoat-dong/", activity_list.activity_list, name="activity_list"),
    path("hoat-dong/xuat.csv", activity_list.activity_export, name="activity_export"),
    path("hoat-dong/them/", activity.add, name="activity_add"),
    path("hoat-dong/<int:pk>/", activity_page.detail, name="activity_detail"),
    path("hoat-dong/<int:pk>/sua/", activity.edit, name="activity_edit"),
    path("hoat-dong/<int:pk>/trang-thai/", activity_page.state, name="activity_state"),
    path("minh-chung/<int:pk>/", evidence.evidence_file, name="evidence_file"),
]
