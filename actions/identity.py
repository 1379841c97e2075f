"""Who is asking: proven by a signed token that the web channel adds, never by a slot or by words."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from shop.shoppers import Shopper

AUDIENCE = "daogou-actions"
_ALGORITHM = "HS256"
# The clocks of two machines differ by some seconds.
_LEEWAY_SECONDS = 10

logger = logging.getLogger(__name__)


class ForeignIdentityError(jwt.InvalidTokenError):
    """A valid token that was made for another conversation."""


class IdentityRefusedError(Exception):
    """A token that is missing, forged, expired or made for something else; the reason names the kind of fault."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"an identity was refused: {reason}")
        self.reason = reason


def shopper_of(sender_id: str, metadata: Mapping[str, Any] | None, keys: Sequence[str]) -> Shopper:
    """Tell who sent a message.

    Without a token it is a guest, known by the conversation's own id. A token that is forged, expired or made for
    another conversation gives a guest too: what a shopper can do without an account stays possible.

    Args:
        sender_id: the conversation's id, minted by the channel.
        metadata: what the channel sent with the message.
        keys: the key that the web channel signs with, then those that it signed with before.
    """
    token = (metadata or {}).get("identity")
    if token is None:
        return Shopper(sender_id)
    try:
        claims = _claims(token, keys)
        if claims["sub"] != sender_id:
            raise ForeignIdentityError
    except jwt.InvalidTokenError as error:
        # Only the kind of fault: the token itself, and what it claims, stay out of the log.
        logger.warning("An identity was refused: %s", type(error).__name__)
        return Shopper(sender_id)
    return Shopper(sender_id, claims.get("customer"))


def proven_shopper(token: object, keys: Sequence[str]) -> Shopper:
    """Tell whom a token was made for, where nothing else says who is asking.

    Raises:
        IdentityRefusedError: it is missing, forged, expired or made for something else.
    """
    try:
        claims = _claims(token, keys)
        return Shopper(claims["sub"], claims.get("customer"))
    except (jwt.InvalidTokenError, ValueError) as error:
        # Not chained: what the token claims must not reach a log.
        raise IdentityRefusedError(type(error).__name__) from None


def _claims(token: object, keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(token, str):
        raise jwt.DecodeError
    claims = _decoded(token, keys)
    customer = claims.get("customer")
    if customer is not None and not (isinstance(customer, str) and customer):
        raise jwt.InvalidTokenError
    return claims


def _decoded(token: str, keys: Sequence[str]) -> dict[str, Any]:
    """Read a token with the first key that has signed it."""
    for key in keys:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "aud", "sub"]},
            )
        except jwt.InvalidSignatureError:
            continue
        return claims
    raise jwt.InvalidSignatureError
