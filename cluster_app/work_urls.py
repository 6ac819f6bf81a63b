"""The first page of a cluster-year."""

from django.urls import path

from cluster_app.views import year_home

urlpatterns = [path("", year_home.year_home, name="year_home")]
