from django.urls import path

from inspections.views import duty_logs, imports, penalties, unreached

app_name = "inspections"
urlpatterns = [
    path("penalties/new/<int:pk>/", penalties.penalty, name="penalty"),
    path("obligations/<int:pk>/record/", duty_logs.record_of, name="record_of"),
    path("obligations/<int:pk>/unreached/", unreached.unreached, name="unreached"),
    path("obligations/<int:pk>/unreached.xlsx", unreached.unreached_workbook, name="unreached_workbook"),
    path("duty-logs/<int:pk>/", duty_logs.duty_log, name="duty_log"),
    path("duty-logs/<int:pk>/finding/", duty_logs.duty_log_finding, name="duty_log_finding"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/blank/<slug:kind>.xlsx", imports.import_blank, name="import_blank"),
    path("imports/<int:pk>/", imports.import_batch, name="import_batch"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/check-again/", imports.import_check_again, name="import_check_again"),
]
