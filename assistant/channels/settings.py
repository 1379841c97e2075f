"""What the web channel reads from the environment, checked once when the server starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rasa.shared.exceptions import RasaException

MIN_SECRET_CHARACTERS = 32
_ROOT = Path(__file__).resolve().parents[2]


class InvalidWebSettings(RasaException):
    """A setting of the web channel that cannot work; the message names it."""


@dataclass(frozen=True)
class Rate:
    """How many of something one key may do in some seconds; a count of 0 means no limit."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, name: str, text: str) -> Rate:
        """Read a rate written as COUNT/SECONDS, such as ``30/10``, or ``0`` for no limit.

        Args:
            name: The setting's name, for the error message.
            text: What the environment holds.

        Raises:
            InvalidWebSettings: If the text is not of that form.
        """
        count, _, seconds = text.partition("/")
        try:
            rate = cls(int(count), float(seconds or 1))
        except ValueError:
            raise InvalidWebSettings(f"{name} must look like 30/10 (count/seconds) or 0, not {text!r}") from None
        if rate.count < 0 or rate.seconds <= 0:
            raise InvalidWebSettings(f"{name} must not be negative: {text!r}")
        return rate

    def times(self, factor: int) -> Rate:
        """Let as much more through; no limit stays none."""
        return Rate(self.count * factor, self.seconds)


@dataclass(frozen=True)
class WebSettings:
    """Settings of the web channel; `from_environment` names the variable of each.

    `photo_seconds` is how long an upload may take; no variable sets it.
    """

    secret: str
    old_secrets: tuple[str, ...] = ()
    demo: bool = False
    allowed_origins: frozenset[str] = frozenset()
    actions_url: str = "http://127.0.0.1:5055"
    images: Path = Path("var/images")
    widget: Path = _ROOT / "assistant" / "widget"
    deep_chat: Path = _ROOT / "artifacts" / "npm" / "deep-chat" / "dist" / "deepChat.bundle.js"
    message_rate: Rate = Rate(30, 10)
    session_rate: Rate = Rate(60, 60)
    read_rate: Rate = Rate(120, 60)
    photo_rate: Rate = Rate(20, 60)
    photo_seconds: float = 20.0

    def __post_init__(self) -> None:
        if any(len(secret) < MIN_SECRET_CHARACTERS for secret in (self.secret, *self.old_secrets)):
            raise InvalidWebSettings(
                f"DAOGOU_SECRET, and each of DAOGOU_OLD_SECRETS, must hold at least {MIN_SECRET_CHARACTERS} "
                "random characters, for example what `openssl rand -hex 32` prints; the web channel signs every "
                "shopper's session with it"
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> WebSettings:
        """Read every setting from variables that start with ``DAOGOU_``.

        Args:
            environment: The variables, ``os.environ`` unless a test gives others.

        Raises:
            InvalidWebSettings: If a value cannot work.
        """

        def read(name: str, default: str) -> str:
            return environment.get(f"DAOGOU_{name}", "").strip() or default

        return cls(
            secret=read("SECRET", ""),
            old_secrets=tuple(filter(None, (part.strip() for part in read("OLD_SECRETS", "").split(",")))),
            demo=read("DEMO", "0").lower() in ("1", "true", "yes"),
            allowed_origins=parse_origins(read("ALLOWED_ORIGINS", "")),
            actions_url=_without_webhook(read("ACTIONS_URL", "http://127.0.0.1:5055/webhook")),
            images=Path(read("IMAGES", "var/images")),
            message_rate=Rate.parse("DAOGOU_MESSAGE_RATE", read("MESSAGE_RATE", "30/10")),
            session_rate=Rate.parse("DAOGOU_SESSION_RATE", read("SESSION_RATE", "60/60")),
            read_rate=Rate.parse("DAOGOU_READ_RATE", read("READ_RATE", "120/60")),
            photo_rate=Rate.parse("DAOGOU_PHOTO_RATE", read("PHOTO_RATE", "20/60")),
        )


def parse_origins(text: str) -> frozenset[str]:
    """Split a comma-separated list of origins into the form that browsers send.

    Raises:
        InvalidWebSettings: If an entry is not an http(s) origin. ``*`` is not one: it would let any page chat as
            any shopper whose token it gets hold of.
    """
    origins = set()
    for entry in filter(None, (part.strip() for part in text.split(","))):
        parts = urlsplit(entry)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            raise InvalidWebSettings(
                f"DAOGOU_ALLOWED_ORIGINS must list origins such as https://shop.example, not {entry!r}"
            )
        origins.add(f"{parts.scheme}://{parts.netloc}".lower())
    return frozenset(origins)


def _without_webhook(url: str) -> str:
    base = url.rstrip("/")
    return base[: -len("/webhook")] if base.endswith("/webhook") else base
