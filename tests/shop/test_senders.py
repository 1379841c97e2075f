"""Mail goes out by a real SMTP server on this machine, encrypted, or not at all."""

from __future__ import annotations

import io
import logging
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
import trustme

from shop.errors import MessageNotSent
from shop.senders import BackgroundSender, ConsoleSender, Message, SmtpSender
from tests.shop.smtp_server import Mailbox, smtp_server

MESSAGE = Message("ada@example.com", "您的验证码", "123456 opens order 1001.\n.\n一行")
FROM = "shop@example.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.done.set()


def read(mail: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(mail, policy=default))


def sender(port: int, security: str, context: ssl.SSLContext | None = None, **more: str) -> SmtpSender:
    return SmtpSender("127.0.0.1", port, security, FROM, timeout_s=2, context=context, **more)


def check_arrived(mailbox: Mailbox, *, encrypted: bool) -> None:
    (mail,) = mailbox.mails
    content = read(mail)
    assert (content["From"], content["To"], content["Subject"]) == (FROM, MESSAGE.to, MESSAGE.subject)
    assert content["Date"]
    assert content["Message-ID"].endswith("@example.com>")
    assert content.get_content().replace("\r\n", "\n").strip() == MESSAGE.body
    assert mailbox.recipients == [MESSAGE.to]
    assert mailbox.encrypted == [encrypted]


def test_mail_goes_by_tls_from_the_first_byte(
    mailbox: Mailbox, server_context: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    mailbox.tls = server_context
    with smtp_server(mailbox) as port:
        sender(port, "smtps", trusting).send(MESSAGE)
    check_arrived(mailbox, encrypted=True)


def test_mail_goes_by_starttls_with_a_login(
    mailbox: Mailbox, server_context: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    mailbox.starttls = server_context
    with smtp_server(mailbox) as port:
        sender(port, "smtp", trusting, user="shop", password="s3cret@").send(MESSAGE)
    check_arrived(mailbox, encrypted=True)
    assert mailbox.logins == ["\0shop\0s3cret@"]


def test_mail_goes_plainly_to_a_server_on_this_machine(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port:
        sender(port, "smtp+plain").send(MESSAGE)
    check_arrived(mailbox, encrypted=False)


def test_without_starttls_nothing_is_sent_and_no_password_is_told(mailbox: Mailbox) -> None:
    with smtp_server(mailbox) as port, pytest.raises(MessageNotSent, match="SMTPNotSupportedError"):
        sender(port, "smtp", user="shop", password="s3cret").send(MESSAGE)
    assert (mailbox.mails, mailbox.logins) == ([], [])


@pytest.mark.parametrize("security", ["smtp", "smtps"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    mailbox: Mailbox, server_context: ssl.SSLContext, security: str
) -> None:
    mailbox.tls, mailbox.starttls = (server_context, None) if security == "smtps" else (None, server_context)
    with smtp_server(mailbox) as port, pytest.raises(MessageNotSent, match="SSLCertVerificationError"):
        sender(port, security).send(MESSAGE)
    assert mailbox.mails == []


def test_a_refused_address_is_told_without_the_address(mailbox: Mailbox) -> None:
    mailbox.refuses = "550 no ada@example.com here"
    with smtp_server(mailbox) as port, pytest.raises(MessageNotSent) as failed:
        sender(port, "smtp+plain").send(MESSAGE)
    assert failed.value.reason == "SMTPRecipientsRefused"
    assert "ada@" not in "".join(traceback.format_exception(failed.value))


def test_a_silent_server_is_given_up(mailbox: Mailbox) -> None:
    mailbox.silent = True
    with smtp_server(mailbox) as port, pytest.raises(MessageNotSent):
        SmtpSender("127.0.0.1", port, "smtp+plain", FROM, timeout_s=0.2).send(MESSAGE)


def test_where_no_server_is_that_is_told() -> None:
    with pytest.raises(MessageNotSent, match="ConnectionRefusedError"):
        sender(1, "smtp+plain").send(MESSAGE)


@pytest.mark.parametrize(
    "message",
    [
        Message("ada@example.com\r\nBcc: eve@example.com", "s", "b"),
        Message("ada@example.com", "s\r\nBcc: eve@example.com", "b"),
    ],
    ids=["address", "subject"],
)
def test_nobody_adds_a_header_of_their_own(mailbox: Mailbox, message: Message) -> None:
    with smtp_server(mailbox) as port, pytest.raises(MessageNotSent, match="ValueError"):
        sender(port, "smtp+plain").send(message)
    assert mailbox.mails == []


def test_an_address_of_a_server_is_read() -> None:
    read = SmtpSender.from_address("smtps://shop:p%40ss%3Aword@mail.example.com", FROM)
    assert (read.host, read.port, read.security) == ("mail.example.com", 465, "smtps")
    assert (read.user, read.password, read.sender) == ("shop", "p@ss:word", FROM)
    assert SmtpSender.from_address("smtp://mail.example.com", FROM).port == 587
    assert SmtpSender.from_address("smtp+plain://localhost:1025", FROM).port == 1025
    assert "p@ss" not in repr(read)


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.com",
        "https://mail.example.com",
        "smtp://",
        "smtp://user:s3cret@host:port",
        "smtp+plain://mail.example.com",
        "smtp://user:s3cret@[host",
    ],
    ids=str,
)
def test_what_is_no_address_of_a_server_is_refused_without_telling_its_password(address: str) -> None:
    with pytest.raises(ValueError, match=r"mail|smtp") as refused:
        SmtpSender.from_address(address, FROM)
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_mail_without_an_address_to_come_from_is_refused() -> None:
    with pytest.raises(ValueError, match="come from"):
        SmtpSender.from_address("smtps://mail.example.com", "")


def test_the_console_shows_the_message() -> None:
    stream = io.StringIO()
    ConsoleSender(stream).send(MESSAGE)
    for part in (MESSAGE.to, MESSAGE.subject, MESSAGE.body):
        assert part in stream.getvalue()


class Slow:
    """A sender that waits until it is told to go on, and then does what it is told."""

    def __init__(self, then: Callable[[Message], None]) -> None:
        self.go, self._then = threading.Event(), then

    def send(self, message: Message) -> None:
        self.go.wait(10)
        self._then(message)


def test_whoever_hands_a_message_over_does_not_wait_for_it() -> None:
    sent: list[Message] = []
    slow = Slow(sent.append)
    background = BackgroundSender(slow)
    background.hand_over(MESSAGE)
    background.hand_over(None)
    assert sent == []
    slow.go.set()
    background.settle()
    assert sent == [MESSAGE]


@pytest.mark.parametrize("error", [MessageNotSent("SMTPServerDisconnected"), RuntimeError("ada@example.com")], ids=repr)
def test_a_failure_is_logged_without_the_address_and_the_next_message_is_sent(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[Message] = []

    def fail_once(message: Message) -> None:
        sent.append(message)
        if len(sent) == 1:
            raise error

    slow = Slow(fail_once)
    slow.go.set()
    background = BackgroundSender(slow)
    background.hand_over(MESSAGE)
    background.hand_over(MESSAGE)
    background.settle()
    assert len(sent) == 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "ada@" not in caplog.text
    assert "123456" not in caplog.text
