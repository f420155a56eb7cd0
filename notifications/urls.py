from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/<int:pk>/read/", views.read, name="read"),
    path("inbox/deliveries/", views.deliveries, name="deliveries"),
    path("inbox/deliveries/<int:pk>/retry/", views.retry, name="retry"),
    path("inbox/channel/", views.channel, name="channel"),
    path("inbox/channel/test/", views.channel_test, name="channel_test"),
]
