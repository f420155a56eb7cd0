"""Pages of who and where."""

from organizations.views.accounts import (
    account,
    account_end,
    account_reset,
    account_resume,
    accounts,
    issue,
    post_new,
)
from organizations.views.session import SignIn, SignOut, my_account, password_change, switch

__all__ = [
    "SignIn",
    "SignOut",
    "account",
    "account_end",
    "account_reset",
    "account_resume",
    "accounts",
    "issue",
    "my_account",
    "password_change",
    "post_new",
    "switch",
]
