"""Messages out: written in the causing transaction, delivered after it, mailed where an address is known."""

from notifications.actions.outbox import Draft, notify, notify_all, write

__all__ = ["Draft", "notify", "notify_all", "write"]
