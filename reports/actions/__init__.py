"""What changes returns and exports."""

from reports.actions.returns import (
    ReturnRefused,
    fill,
    hand_in,
    hand_in_nil,
    keep_own,
    open_return,
    report_by_system,
    withdraw_by_system,
)

__all__ = [
    "ReturnRefused",
    "fill",
    "hand_in",
    "hand_in_nil",
    "keep_own",
    "open_return",
    "report_by_system",
    "withdraw_by_system",
]
