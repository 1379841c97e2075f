"""A small real SMTP server on this machine: plain, with STARTTLS, or with TLS from the first byte."""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What a server was told.

    Attributes:
        mails: each mail as it came.
        recipients: to whom.
        encrypted: for each mail, whether it came encrypted.
        logins: who logged in with what.
        refuses: what recipients are answered with instead of a yes.
        silent: whether it says nothing at all.
    """

    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: str = ""
    silent: bool = False
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    done: threading.Event = field(default_factory=threading.Event)


class _Conversation(socketserver.StreamRequestHandler):
    """One connection, command by command (RFC 5321)."""

    mailbox: Mailbox

    def handle(self) -> None:
        if self.mailbox.silent:
            self.mailbox.done.wait(10)
            return
        if self.mailbox.tls:
            self._encrypt(self.mailbox.tls)
        self._say("220 ready")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._answer(verb, line)

    def _answer(self, verb: str, line: str) -> None:
        if verb == "EHLO":
            extensions = ["AUTH PLAIN", *(["STARTTLS"] if self.mailbox.starttls else [])]
            self._say("250-here", *(f"250-{one}" for one in extensions[1:]), f"250 {extensions[0]}")
        elif verb == "STARTTLS" and self.mailbox.starttls:
            self._say("220 go ahead")
            self._encrypt(self.mailbox.starttls)
        elif verb == "AUTH":
            self.mailbox.logins.append(base64.b64decode(line.split()[2]).decode())
            self._say("235 welcome")
        elif verb == "RCPT" and self.mailbox.refuses:
            self._say(self.mailbox.refuses)
        elif verb == "DATA":
            self._take_mail()
        else:
            if verb == "RCPT":
                self.mailbox.recipients.append(line.partition(":")[2].strip("<> "))
            self._say("250 ok")

    def _take_mail(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            # A line that begins with a dot comes with another one before it.
            lines.append(line[1:] if line.startswith(b".") else line)
        self.mailbox.mails.append(b"".join(lines))
        self.mailbox.encrypted.append(isinstance(self.connection, ssl.SSLSocket))
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def finish(self) -> None:
        super().finish()
        self.connection.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate hangs up in the middle: nothing to print."""


@contextlib.contextmanager
def smtp_server(mailbox: Mailbox) -> Iterator[int]:
    """Run a server; give its port."""
    handler = type("Conversation", (_Conversation,), {"mailbox": mailbox})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            mailbox.done.set()
            server.shutdown()
            thread.join()
