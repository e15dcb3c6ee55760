"""Every address of the site: the API's under /api/, and the pages."""

from django.urls import include, path

urlpatterns = [path("api/", include("maillon.api.urls")), path("", include("maillon.web.urls"))]
