"""The table of contents. Every page asks for a login unless its view says otherwise."""

from django.contrib import admin
from django.urls import include, path

from config import views

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
    path("gallery/", views.gallery, name="gallery"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
