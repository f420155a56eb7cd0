from django.urls import path

from hazards import views

app_name = "hazards"
urlpatterns = [
    path("hazards/<int:pk>/", views.hazard, name="hazard"),
]
