"""Invented customers: names and addresses by Faker, e-mail addresses at example.com, all marked as simulated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from faker import Faker
from slugify import slugify
from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session
from tqdm import tqdm

from shop.addresses import DeliveryAddress
from shop.importers.child_rows import batches
from shop.models import Address, Cart, Customer, Interaction, Order
from shop.wishes import PROFILE_KEY

# Faker's locale, the country, its share.
_PLACES = (
    ("en_US", "US", 0.55),
    ("en_GB", "GB", 0.15),
    ("en_CA", "CA", 0.10),
    ("de_DE", "DE", 0.08),
    ("fr_FR", "FR", 0.06),
    ("nl_NL", "NL", 0.06),
)
_DEVICES, _DEVICE_SHARES = ("phone", "desktop", "tablet"), (0.58, 0.34, 0.08)


@dataclass(frozen=True)
class Person:
    """A customer of the demo shop."""

    public_id: str
    name: str
    email: str
    address: DeliveryAddress
    profile: dict[str, Any]


# The page offers these to sign in as; `known_orders.py` says what each has ordered.
KNOWN = (
    Person(
        "demo-ada",
        "Ada Lindqvist",
        "ada@example.com",
        DeliveryAddress("Ada Lindqvist", "12 Harbor Street", "Portland", "97205", "US"),
        {"segment": "Computers", "country": "US", "device": "desktop"},
    ),
    Person(
        "demo-bo",
        "Bo Tanaka",
        "bo@example.com",
        DeliveryAddress("Bo Tanaka", "48 Cedar Avenue", "Austin", "78704", "US"),
        {"segment": "Footwear", "country": "US", "device": "phone"},
    ),
    Person(
        "demo-cleo",
        "Cleo Okafor",
        "cleo@example.com",
        DeliveryAddress("Cleo Okafor", "7 Mill Lane", "Cambridge", "CB1 2AB", "GB"),
        {"segment": "Furniture", "country": "GB", "device": "tablet"},
    ),
)


def invent_people(segments: Sequence[str], seed: int) -> list[Person]:
    """Invent a customer for each segment given; the same seed gives the same people."""
    rng = np.random.default_rng([seed, 1])
    fakers = {locale: Faker(locale) for locale, _, _ in _PLACES}
    for faker in fakers.values():
        faker.seed_instance(seed)
    places = rng.choice(len(_PLACES), size=len(segments), p=[share for _, _, share in _PLACES])
    devices = rng.choice(_DEVICES, size=len(segments), p=_DEVICE_SHARES)
    people = []
    for number, segment in enumerate(tqdm(segments, desc="inventing customers", disable=None, leave=False)):
        locale, country, _ = _PLACES[places[number]]
        profile = {"segment": segment, "country": country, "device": str(devices[number])}
        people.append(_person(fakers[locale], f"sim-{number + 1:04d}", country, profile))
    return people


def _person(faker: Faker, public_id: str, country: str, profile: dict[str, Any]) -> Person:
    name = f"{faker.first_name()} {faker.last_name()}"
    street = faker.street_address().replace("\n", ", ")
    address = DeliveryAddress(name, street, faker.city(), faker.postcode(), country)
    # The id makes it unique whatever Faker draws.
    email = f"{slugify(name, separator='.')}.{public_id}@example.com"
    return Person(public_id, address.name, email, address, profile)


def write_people(session: Session, people: Sequence[Person], since: dt.datetime) -> dict[str, int]:
    """Bring customers up to date by their public id, drop those of an earlier demo, and give the row numbers.

    The wishes that somebody stated as one of them stay.
    """
    _drop_others(session, people)
    among = Customer.public_id.in_([person.public_id for person in people])
    rows = session.execute(select(Customer.public_id, Customer.id, Customer.profile).where(among))
    known = {row.public_id: row for row in rows}
    fresh = [{**_values(person), "created_at": since} for person in people if person.public_id not in known]
    if known:
        session.execute(
            update(Customer),
            [_update(person, known[person.public_id]) for person in people if person.public_id in known],
        )
    if fresh:
        session.execute(insert(Customer), fresh)
    ids = {public_id: key for public_id, key in session.execute(select(Customer.public_id, Customer.id).where(among))}
    session.execute(delete(Address).where(Address.customer_id.in_(list(ids.values()))))
    session.execute(insert(Address), [_address_values(person, ids[person.public_id]) for person in people])
    return ids


def _drop_others(session: Session, people: Sequence[Person]) -> None:
    """Delete simulated customers that are not among these, unless somebody signed in as one and did something."""
    unused = [~exists().where(model.customer_id == Customer.id) for model in (Order, Cart, Interaction)]
    staying = {person.public_id for person in people}
    query = select(Customer.id, Customer.public_id).where(Customer.simulated, *unused)
    gone = [key for key, public_id in session.execute(query) if public_id not in staying]
    for some in batches(gone):
        session.execute(delete(Customer).where(Customer.id.in_(some)))


def _update(person: Person, row: Any) -> dict[str, Any]:
    wishes = {key: value for key, value in row.profile.items() if key == PROFILE_KEY}
    return {**_values(person), "id": row.id, "profile": {**person.profile, **wishes}}


def _values(person: Person) -> dict[str, Any]:
    return {
        "public_id": person.public_id,
        "name": person.name,
        "email": person.email,
        "profile": person.profile,
        "simulated": True,
    }


def _address_values(person: Person, customer_id: int) -> dict[str, Any]:
    address = person.address
    return {
        "customer_id": customer_id,
        "name": address.name,
        "street": address.street,
        "city": address.city,
        "postcode": address.postcode,
        "country": address.country,
    }
