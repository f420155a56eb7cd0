"""E-mail, as ever: a refusal is an answer, a silence is not."""

from __future__ import annotations

import smtplib

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.outcome import Outcome, failed, later, sent, unknown
from notifications.emails import message_id, message_mail
from notifications.models import Delivery

REFUSALS = smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError


def send(delivery: Delivery) -> Outcome:
    connection = get_connection()
    try:
        connection.open()
    except OSError as problem:  # every error of smtplib is one
        return later(f"邮件服务器暂时连不上，将自动再试：{problem}")
    try:
        connection.send_messages([message_mail(delivery)])
    except OSError as problem:
        return _after_start(problem)
    finally:
        _close(connection)
    return sent(message_id(delivery))


def _after_start(problem: OSError) -> Outcome:
    """A refusal is an answer; a silence is not: the mail may or may not be on its way."""
    if isinstance(problem, REFUSALS):
        return failed(f"邮件服务器拒收：{problem}")
    return unknown(f"发送中断，不知是否送达：{problem}")


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        return  # the answer to the mail itself is known already
