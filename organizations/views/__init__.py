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
from organizations.views.corrections import change, change_decide, changes, enterprise_confirm
from organizations.views.enterprises import enterprise, enterprise_export, enterprise_move, enterprises
from organizations.views.house import house
from organizations.views.roster import roster, roster_amend, roster_end, roster_entry, roster_export, roster_new
from organizations.views.session import SignIn, SignOut, my_account, password_change, switch

__all__ = [
    "SignIn",
    "SignOut",
    "account",
    "account_end",
    "account_reset",
    "account_resume",
    "accounts",
    "change",
    "change_decide",
    "changes",
    "enterprise",
    "enterprise_confirm",
    "enterprise_export",
    "enterprise_move",
    "enterprises",
    "house",
    "issue",
    "my_account",
    "password_change",
    "post_new",
    "roster",
    "roster_amend",
    "roster_end",
    "roster_entry",
    "roster_export",
    "roster_new",
    "switch",
]
