"""The table of contents. Every page asks for a login unless its view says otherwise."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("organizations.urls")),
    path("", include("documents.urls")),
    path("", include("notifications.urls")),
    path("", include("campaigns.urls")),
    path("", include("hazards.urls")),
    path("", include("checklists.urls")),
    path("", include("inspections.urls")),
    path("admin/", admin.site.urls),
]
