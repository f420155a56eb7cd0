"""Pages of who and where."""

from organizations.views.session import SignIn, SignOut, my_account, password_change, switch

__all__ = ["SignIn", "SignOut", "my_account", "password_change", "switch"]
