from django.urls import path

from reports import views

app_name = "reports"

TABLE = "reports/<slug:campaign>/<slug:table>/<str:period>/"

returns = [
    path("reports/returns/<int:pk>/start/", views.start, name="start"),
    path("reports/returns/<int:pk>/", views.dispatch_return, name="dispatch_return"),
    path("reports/returns/<int:pk>/check/", views.check_return, name="check_return"),
    path("reports/returns/<int:pk>/nil/", views.nil_return, name="nil_return"),
    path("reports/returns/<int:pk>/judge/", views.judge, name="judge"),
]
jobs = [
    path("reports/exports/", views.exports, name="exports"),
    path("reports/exports/<int:pk>/progress/", views.export_progress, name="export_progress"),
    path("reports/exports/<int:pk>/retry/", views.export_retry, name="export_retry"),
]
tables = [
    path("reports/", views.dispatch_tables, name="dispatch_tables"),
    path(TABLE, views.table, name="table"),
    path(f"{TABLE}download/", views.download, name="download"),
    path(f"{TABLE}own/", views.own_figures, name="own_figures"),
    path(f"{TABLE}stand-in/", views.stand_in, name="stand_in"),
    path(f"{TABLE}figures/<str:code>/", views.figure, name="figure"),
]

homes = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
]

# Comes before the page that organizations keeps at the same address: with what the other apps know of the firm.
enterprises = [
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/<slug:kind>/all/", views.enterprise_records, name="enterprise_records"),
]

closings = [
    path("campaigns/<slug:code>/closing/", views.closing, name="closing"),
    path("campaigns/<slug:code>/closing/close/", views.close, name="close"),
]

urlpatterns = [*homes, *enterprises, *returns, *jobs, *tables, *closings]
