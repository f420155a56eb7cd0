from django.urls import path

from checklists import views

app_name = "checklists"
urlpatterns = [
    path("self-inspections/", views.self_inspections, name="self_inspections"),
    path("self-inspections/for/<int:pk>/", views.start, name="start"),
    path("self-inspections/<int:pk>/", views.self_inspection, name="self_inspection"),
    path("self-inspections/<int:pk>/fill/", views.fill, name="fill"),
    path("self-inspections/<int:pk>/items/<int:number>/", views.save_answer, name="save_answer"),
    path("self-inspections/<int:pk>/items/<int:number>/finding/", views.register_finding, name="register_finding"),
    path("self-inspections/<int:pk>/items/<int:number>/photos/", views.add_photo, name="add_photo"),
    path("self-inspections/<int:pk>/check/", views.check, name="check"),
    path("self-inspections/<int:pk>/ask/", views.ask_to_submit, name="ask_to_submit"),
    path("self-inspections/<int:pk>/submit/", views.submit, name="submit"),
    path("self-inspections/<int:pk>/accept/", views.accept, name="accept"),
    path("self-inspections/<int:pk>/return/", views.return_self_inspection, name="return_self_inspection"),
    path("self-inspections/<int:pk>/result.xlsx", views.result_workbook, name="result_workbook"),
    path("self-inspections/blank/<slug:code>/<int:version>.xlsx", views.blank_workbook, name="blank_workbook"),
]
