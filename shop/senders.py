"""Ways to send a short message to somebody: to the console in the demo, by SMTP in a shop."""

from __future__ import annotations

import logging
import queue
import smtplib
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit

from shop.errors import MessageNotSent

logger = logging.getLogger(__name__)

# Whether the whole connection is encrypted, it has to become so before anything is said, or it never is.
_TLS, _STARTTLS, _PLAIN = "smtps", "smtp", "smtp+plain"
_PORTS = {_TLS: 465, _STARTTLS: 587, _PLAIN: 25}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_QUEUED = 1_000


@dataclass(frozen=True)
class Message:
    """What is sent to one address."""

    to: str
    subject: str
    body: str = field(repr=False)


class Sender(Protocol):
    """Sends messages."""

    def send(self, message: Message) -> None:
        """Hand a message over; raise MessageNotSent where that does not work."""


class ConsoleSender:
    """Writes messages where whoever runs the demo reads them: with it, a code proves nothing.

    Args:
        stream: where to; the error output without it.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, message: Message) -> None:
        """Write the message."""
        stream = self._stream or sys.stderr
        stream.write(f"\n--- message to {message.to}: {message.subject}\n{message.body}\n---\n")
        stream.flush()


@dataclass(frozen=True)
class SmtpSender:
    """Sends e-mail through a server.

    Attributes:
        host: the server.
        port: its port.
        security: "smtps" for TLS from the first byte, "smtp" for STARTTLS, without which nothing is sent, and
            "smtp+plain" for no encryption, which only a server on this machine gets.
        sender: the address it comes from.
        user: who logs in; nobody where it is empty.
        password: with what.
        timeout_s: how long a silent server is waited for, in seconds.
        context: which certificates are trusted; those that this machine trusts without it.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 10.0
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse an unknown way, and to speak openly to another machine."""
        if self.security not in _PORTS:
            raise ValueError(f"mail goes by one of {', '.join(_PORTS)}, not by {self.security!r}")
        if self.security == _PLAIN and self.host not in _LOCAL:
            raise ValueError(f"{_PLAIN} sends everything readable, and is for a server on this machine only")

    @classmethod
    def from_address(cls, address: str, sender: str) -> SmtpSender:
        """Read `smtps://user:password@mail.example.com:465`; signs such as @ in a password are written as %40.

        Raises:
            ValueError: it is no such address; the message does not hold it, since a password may stand in it.
        """
        try:
            parts = urlsplit(address)
            host, port, security = parts.hostname, parts.port, parts.scheme
        except ValueError:
            raise ValueError("the mail address cannot be read") from None
        if not host or security not in _PORTS or not sender:
            raise ValueError("mail needs smtps://, smtp:// or smtp+plain:// with a host, and an address to come from")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or _PORTS[security], security, sender, user, password)

    def send(self, message: Message) -> None:
        """Send an e-mail; raise MessageNotSent, which names no address and no secret, where it is not taken."""
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._mail(message))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # What the server answers may hold the address: only the kind of fault goes on.
            raise MessageNotSent(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.security == _TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.security == _STARTTLS:
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        # A line break in one of these is refused with ValueError: nobody adds a header of their own.
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=self.sender.rpartition("@")[2] or None)
        mail.set_content(message.body)
        return mail


class BackgroundSender:
    """Sends in a thread of its own, so that nobody can tell by the time whether anything is sent.

    Args:
        sender: what sends.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue(_QUEUED)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def hand_over(self, message: Message | None) -> None:
        """Take a message, or nothing, and return at once: both are the same work for whoever waits."""
        self._start()
        try:
            self._waiting.put_nowait(lambda: self._send(message))
        except queue.Full:
            logger.error("%d messages wait to be sent, another one was dropped", _QUEUED)

    def settle(self) -> None:
        """Wait until all that was handed over is sent."""
        self._waiting.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="senders", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            task = self._waiting.get()
            try:
                task()
            finally:
                self._waiting.task_done()

    def _send(self, message: Message | None) -> None:
        if message is None:
            return
        try:
            self._sender.send(message)
        except MessageNotSent as error:
            logger.error("a message was not sent (%s)", error.reason)
        except Exception as error:  # noqa: BLE001 - the thread has to live on for the next message
            logger.error("a message was not sent (%s)", type(error).__name__)
