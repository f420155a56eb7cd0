from django.urls import path

from organizations import views

app_name = "organizations"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/me/", views.my_account, name="my_account"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("accounts/switch/", views.switch, name="switch"),
    path("accounts/new/", views.post_new, name="post_new"),
    path("accounts/issue/<slug:kind>/", views.issue, name="issue"),
    path("accounts/house/", views.house, name="house"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/reset/", views.account_reset, name="account_reset"),
    path("accounts/<int:pk>/end/", views.account_end, name="account_end"),
    path("accounts/<int:pk>/resume/", views.account_resume, name="account_resume"),
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/export/", views.enterprise_export, name="enterprise_export"),
    path("enterprises/changes/", views.changes, name="changes"),
    path("enterprises/changes/<int:pk>/", views.change, name="change"),
    path("enterprises/changes/<int:pk>/decide/", views.change_decide, name="change_decide"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/move/", views.enterprise_move, name="enterprise_move"),
    path("enterprises/<int:pk>/confirm/", views.enterprise_confirm, name="enterprise_confirm"),
    path("roster/", views.roster, name="roster"),
    path("roster/export/", views.roster_export, name="roster_export"),
    path("roster/new/", views.roster_new, name="roster_new"),
    path("roster/<int:pk>/", views.roster_entry, name="roster_entry"),
    path("roster/<int:pk>/amend/", views.roster_amend, name="roster_amend"),
    path("roster/<int:pk>/end/", views.roster_end, name="roster_end"),
]
