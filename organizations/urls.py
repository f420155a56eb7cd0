from django.urls import path

from organizations import views

app_name = "organizations"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("accounts/me/", views.my_account, name="my_account"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("accounts/switch/", views.switch, name="switch"),
]
