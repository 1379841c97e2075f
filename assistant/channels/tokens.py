"""Signed tokens: who a browser is (session), and who the action server may believe it is (identity).

Both are HS256 JWTs made with DAOGOU_SECRET, told apart by their audience, so that neither can stand in for the other.
A shop's own site signs a customer in by making a session token itself: the same secret, audience ``daogou-web``, the
visitor's ``sub`` and a ``customer`` claim.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import jwt

from assistant.channels.errors import Unauthorized

SESSION_AUDIENCE = "daogou-web"
IDENTITY_AUDIENCE = "daogou-actions"
SESSION_SECONDS = 30 * 24 * 3600
IDENTITY_SECONDS = 5 * 60
LEEWAY_SECONDS = 10

_ALGORITHM = "HS256"
# 24 random bytes are 32 characters: nobody guesses another shopper's conversation.
_SHOPPER_ID = re.compile(r"web-[A-Za-z0-9_-]{32}")
_CUSTOMER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# The ids that the demo shop gives to its invented customers.
_DEMO_CUSTOMER_ID = re.compile(r"(demo|sim)-[a-z0-9]{1,40}")


@dataclass(frozen=True)
class Session:
    """Whoever chats: an unguessable shopper id, and the customer they are signed in as, if any."""

    shopper_id: str
    customer: str | None = None

    @classmethod
    def begin(cls) -> Session:
        """Make a session for a visitor never seen before."""
        return cls(f"web-{secrets.token_urlsafe(24)}")


@dataclass(frozen=True)
class SignedSession:
    """A session token and when it stops to be good (seconds since the epoch)."""

    token: str
    expires: int

    def as_dict(self) -> dict[str, str]:
        """Give the body that clients receive."""
        moment = datetime.fromtimestamp(self.expires, timezone.utc)
        return {"session": self.token, "expires_at": moment.isoformat().replace("+00:00", "Z")}


class Tokens:
    """Signs tokens with one secret, and reads them.

    Args:
        secret: signs, and reads.
        old_secrets: those that signed before it: what they have signed is good until it expires, so that a secret can
            be changed without sending anyone away.
    """

    def __init__(self, secret: str, old_secrets: Sequence[str] = ()) -> None:
        self._secret = secret
        self._keys = (secret, *old_secrets)

    def sign_session(self, session: Session, now: float | None = None) -> SignedSession:
        """Make the token that a browser keeps."""
        issued = int(time.time() if now is None else now)
        expires = issued + SESSION_SECONDS
        return SignedSession(self._sign(session, SESSION_AUDIENCE, issued, expires), expires)

    def sign_identity(self, session: Session, now: float | None = None) -> str:
        """Make the short-lived token by which the action server knows who wrote one message."""
        issued = int(time.time() if now is None else now)
        return self._sign(session, IDENTITY_AUDIENCE, issued, issued + IDENTITY_SECONDS)

    def read_session(self, authorization: str | None) -> Session:
        """Read the session out of an Authorization header.

        Args:
            authorization: The header's value, ``Bearer TOKEN``.

        Raises:
            Unauthorized: If there is no token, or it is expired, forged, unsigned or made for something else.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("session_missing", "Send the session token as 'Authorization: Bearer TOKEN'.")
        claims = self._claims(token.strip())
        shopper_id, customer = claims["sub"], claims.get("customer")
        if not isinstance(shopper_id, str) or not _SHOPPER_ID.fullmatch(shopper_id):
            raise Unauthorized("session_invalid", "The session token's subject is not a shopper of this channel.")
        if customer is not None and not is_customer_id(customer):
            raise Unauthorized("session_invalid", "The session token's customer is not a customer id.")
        return Session(shopper_id, customer)

    def may_read(self, session: Session, identity: object) -> bool:
        """Tell whether a session may read what was said under an identity: a guest's words, or the same customer's."""
        try:
            # It is asked who it was, which stays true.
            words = identity if isinstance(identity, str) else ""
            claims = self._decode(words, IDENTITY_AUDIENCE, {"verify_exp": False})
        except jwt.InvalidTokenError:
            return False
        return claims.get("customer") in (None, session.customer)

    def _sign(self, session: Session, audience: str, issued: int, expires: int) -> str:
        claims: dict[str, Any] = {"aud": audience, "sub": session.shopper_id, "iat": issued, "exp": expires}
        if session.customer is not None:
            claims["customer"] = session.customer
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return self._decode(token, SESSION_AUDIENCE, {"require": ["exp", "aud", "sub"]})
        except jwt.ExpiredSignatureError:
            raise Unauthorized("session_expired", "The session has expired; ask for a new one.") from None
        except jwt.InvalidTokenError:
            raise Unauthorized("session_invalid", "The session token is not one of this assistant's.") from None

    def _decode(self, token: str, audience: str, options: dict[str, Any]) -> dict[str, Any]:
        """Read a token with the first key that has signed it."""
        for key in self._keys:
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    audience=audience,
                    leeway=LEEWAY_SECONDS,
                    options=options,
                )
            except jwt.InvalidSignatureError:
                continue
        raise jwt.InvalidSignatureError


def is_customer_id(value: object) -> bool:
    """Tell whether a value has the form of a customer's public id."""
    return isinstance(value, str) and _CUSTOMER_ID.fullmatch(value) is not None


def is_demo_customer_id(value: object) -> bool:
    """Tell whether a value is the id of an invented customer: only they may be signed in as by anyone."""
    return isinstance(value, str) and _DEMO_CUSTOMER_ID.fullmatch(value) is not None
