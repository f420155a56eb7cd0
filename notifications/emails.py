"""The mail that carries a message: to whom, and what it says. No hazard detail beyond the message itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from notifications.models import Delivery, Message
from organizations.models import Membership


def addresses_of(messages: Sequence[Message]) -> Iterator[tuple[Message, list[str]]]:
    """Each message with its addresses: a unit's 公务邮箱, the people of a firm, a person's own. Two queries at most."""
    own = _own(message.pk for message in messages if not message.enterprise_id)
    firms = _people_of(message.enterprise_id for message in messages if message.enterprise_id)
    for message in messages:
        yield message, firms[message.enterprise_id] if message.enterprise_id else own[message.pk]


def _own(keys: Iterable[int]) -> dict[int, list[str]]:
    rows = Message.objects.filter(pk__in=list(keys)).values_list("pk", "unit__email", "user__email")
    return {pk: [address for address in (unit, person) if address] for pk, unit, person in rows}


def _people_of(enterprises: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    posts = Membership.objects.active().filter(enterprise__in=set(enterprises)).exclude(user__email="")
    for firm, address in posts.order_by("id").values_list("enterprise", "user__email").distinct():
        found[firm].append(address)
    return found


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
