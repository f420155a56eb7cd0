from django.contrib.auth import views as auth
from django.urls import path

app_name = "organizations"
urlpatterns = [
    path("login/", auth.LoginView.as_view(template_name="organizations/login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
]
