"""Messages out: written in the causing transaction, delivered after it, sent outside by the channel that was chosen."""

from notifications.actions import sending as mails  # its name while e-mail was the only outside channel
from notifications.actions.outbox import Draft, notify, notify_all, write

__all__ = ["Draft", "mails", "notify", "notify_all", "write"]
