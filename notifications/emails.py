"""The mail that carries a message. No hazard detail beyond the message itself."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from notifications.models import Delivery


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mail sent twice is shown once by the reader's program."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<message-{delivery.message_id}-{delivery.pk}@{domain}>"


def message_mail(delivery: Delivery) -> EmailMessage:
    """The message as plain text with its link."""
    body = render_to_string("emails/message.txt", {"message": delivery.message, "site": settings.SITE_URL})
    return EmailMessage(
        subject=delivery.message.title,
        body=body,
        to=[delivery.address],
        headers={"Message-ID": delivery.external_id or message_id(delivery)},
    )
