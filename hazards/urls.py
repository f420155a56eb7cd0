from django.urls import path

from hazards import views

app_name = "hazards"
ledger = [
    path("hazards/", views.hazards, name="hazards"),
    path("hazards/export/", views.export, name="export"),
    path("hazards/export/later/", views.export_later, name="export_later"),
    path("hazards/firms/", views.firms, name="firms"),
    path("hazards/new/", views.register, name="register"),
    path("hazards/<int:pk>/", views.hazard, name="hazard"),
    path("hazards/<int:pk>/<slug:name>/", views.act, name="act"),
]
two_lists = [
    path("hazards/two-lists/", views.two_lists, name="two_lists"),
    path("hazards/two-lists/export/", views.export_lists, name="export_lists"),
    path("campaigns/<slug:code>/two-lists/", views.lists_summary, name="lists_summary"),
    path("campaigns/<slug:code>/two-lists.xlsx", views.lists_summary_workbook, name="lists_summary_workbook"),
    path("hazards/two-lists/for/<int:pk>/", views.lists_for, name="lists_for"),
    path("hazards/two-lists/hand-in/<int:pk>/", views.hand_in_lists, name="hand_in_lists"),
    path("hazards/two-lists/problems/new/", views.problem, name="add_problem"),
    path("hazards/two-lists/problems/<int:pk>/", views.problem, name="problem"),
    path("hazards/two-lists/problems/<int:pk>/move/", views.move_problem, name="move_problem"),
    path("hazards/two-lists/measures/new/", views.measure, name="add_measure"),
    path("hazards/two-lists/measures/<int:pk>/", views.measure, name="measure"),
]
urlpatterns = ledger + two_lists
