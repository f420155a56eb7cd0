"""Logging in and out, one's own password, post and account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lib.actor import Actor
from organizations.actions import session as actions
from organizations.forms.session import EmailForm, FirstPasswordForm, LoginForm, OwnPasswordForm, posted
from organizations.middleware import SESSION_KEY, client_ip, posts_of
from organizations.permissions import Permission, allowed


class SignIn(views.LoginView):
    """Django's own, which also guards where it leads to; both outcomes are written down."""

    template_name = "organizations/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response, user = super().form_valid(form), form.get_user()
        post = next(iter(posts_of(user)), None)
        actions.signed_in(user, by=Actor(user=user, membership=post, ip=client_ip(self.request)))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        actions.sign_in_refused(form.data.get("username", ""), by=Actor(ip=client_ip(self.request)))
        return super().form_invalid(form)


class SignOut(views.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            actions.signed_out(request.user, by=request.actor)
        return super().post(request, *args, **kwargs)


@never_cache
@sensitive_post_parameters()
def password_change(request: HttpRequest) -> HttpResponse:
    """One's own password; the first one is set here before anything else can be done."""
    first = request.user.must_change_password
    form = (FirstPasswordForm if first else OwnPasswordForm)(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, by=request.actor, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改，请牢记新密码。")
        return redirect("/" if first else "organizations:my_account")
    return render(request, "organizations/password_change.html", {"form": form, "first": first})


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act from another of one's own posts; the page left behind may not be there any more, so it goes home."""
    wanted = request.POST.get("membership", "")
    post = next((each for each in request.memberships if str(each.pk) == wanted), None)
    if post is None:
        raise Http404
    actions.switch_post(request.session, SESSION_KEY, post, by=request.actor)
    messages.success(request, f"已切换到：{post.holder} {post.get_role_display()}")
    return redirect("/")


def my_account(request: HttpRequest) -> HttpResponse:
    form = EmailForm(posted(request), initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        actions.change_email(request.user, by=request.actor, email=form.cleaned_data["email"])
        messages.success(request, "电子邮箱已保存。")
        return redirect("organizations:my_account")
    sets_house = bool(request.actor.unit and allowed(request.actor, Permission.HOUSE_STEPS))
    return render(request, "organizations/my_account.html", {"form": form, "sets_house": sets_house})
