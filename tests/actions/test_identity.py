from __future__ import annotations

import base64
import datetime as dt
import json
import logging
from typing import Any

import jwt
import pytest

from actions.identity import IdentityRefusedError, proven_shopper, shopper_of
from shop.shoppers import Shopper
from tests.actions.conftest import SECRET

NOW = dt.datetime.now(dt.timezone.utc)
GOOD: dict[str, Any] = {
    "aud": "daogou-actions",
    "sub": "web-1",
    # The tests before these may take their time.
    "exp": NOW + dt.timedelta(days=1),
    "customer": "ada",
}
GUEST = Shopper("web-1", None)


def token(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return jwt.encode(claims, secret, algorithm)


def unsigned() -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {**GOOD, "exp": int(GOOD["exp"].timestamp())}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


BAD = [
    pytest.param(token(secret="x" * 32), id="forged"),
    pytest.param(token(exp=NOW - dt.timedelta(seconds=60)), id="expired"),
    pytest.param(token(exp=None), id="without expiry"),
    pytest.param(token(sub=None), id="of no conversation"),
    pytest.param(token(aud="daogou-web"), id="for another audience"),
    pytest.param(token(aud=None), id="for no audience"),
    pytest.param(token(algorithm="HS512", secret=SECRET * 2), id="another algorithm"),
    pytest.param(token(customer=7), id="a customer that is no text"),
    pytest.param(token(customer=""), id="an empty customer"),
    pytest.param(unsigned(), id="alg none"),
    pytest.param("nonsense", id="nonsense"),
    pytest.param("", id="empty"),
    pytest.param(7, id="a number"),
    pytest.param({"sub": "web-1"}, id="an object"),
]


def test_a_good_token_names_the_customer() -> None:
    assert shopper_of("web-1", {"identity": token()}, [SECRET]) == Shopper("web-1", "ada")


def test_a_token_without_customer_is_a_guest() -> None:
    assert shopper_of("web-1", {"identity": token(customer=None)}, [SECRET]) == GUEST


@pytest.mark.parametrize("metadata", [None, {}, {"other": 1}])
def test_a_message_without_token_is_a_guest_s(metadata: Any) -> None:
    assert shopper_of("web-1", metadata, [SECRET]) == GUEST


@pytest.mark.parametrize("bad", [*BAD, pytest.param(token(sub="web-2"), id="of another conversation")])
def test_a_bad_token_is_a_guest_s_and_only_its_fault_is_logged(bad: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert shopper_of("web-1", {"identity": bad}, [SECRET]) == GUEST
    (record,) = caplog.records
    assert "refused" in record.getMessage()
    assert "ada" not in record.getMessage()
    assert not bad or str(bad) not in record.getMessage()


@pytest.mark.parametrize(("customer", "shopper"), [("ada", Shopper("web-1", "ada")), (None, GUEST)])
def test_where_nothing_else_says_who_is_asking_a_token_does(customer: str | None, shopper: Shopper) -> None:
    assert proven_shopper(token(customer=customer), [SECRET]) == shopper


@pytest.mark.parametrize(
    "bad",
    [
        *BAD,
        pytest.param(None, id="none"),
        pytest.param(token(sub=""), id="of an empty conversation"),
        pytest.param(token(sub="x" * 81), id="of a conversation too long"),
    ],
)
def test_and_a_bad_one_is_refused_with_its_fault_alone(bad: Any) -> None:
    with pytest.raises(IdentityRefusedError) as refusal:
        proven_shopper(bad, [SECRET])
    assert "ada" not in str(refusal.value)
    assert refusal.value.__cause__ is None


OLD = "an older secret of thirty-two characters or more"


def test_what_an_older_secret_signed_is_believed_as_long_as_it_is_listed() -> None:
    signed = token(secret=OLD)
    assert shopper_of("web-1", {"identity": signed}, [SECRET, OLD]) == Shopper("web-1", "ada")
    assert shopper_of("web-1", {"identity": signed}, [SECRET]) == GUEST
    assert proven_shopper(signed, [SECRET, OLD]) == Shopper("web-1", "ada")


def test_an_older_secret_makes_no_expired_token_good() -> None:
    expired = token(secret=OLD, exp=NOW - dt.timedelta(seconds=60))
    assert shopper_of("web-1", {"identity": expired}, [SECRET, OLD]) == GUEST


def test_clocks_may_differ_by_some_seconds() -> None:
    just_over = token(exp=dt.datetime.now(dt.timezone.utc) - dt.timedelta(seconds=3))
    assert shopper_of("web-1", {"identity": just_over}, [SECRET]) == Shopper("web-1", "ada")
