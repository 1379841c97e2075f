"""Everything that can be set from outside, read from the environment in this one place."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SECRET_LENGTH = 32
_SECRET_VARIETY = 8
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class Settings(BaseSettings):
    """The action server's settings; each is the environment variable `DAOGOU_` + its name.

    Attributes:
        secret: signs and checks identities; the same value that the assistant's web channel has.
        old_secrets: secrets that were in use before, separated by commas: what they signed is still believed.
        payment_url: where a shopper pays an order; `{number}` stands for the order's number.
        label_url: where the label of a return is; `{rma}` stands for its number.
        encoder: the sentence encoder for languages other than the shop's own, as the set-up exports it.
        glossary: what the catalogue calls what shoppers of another language ask for.
        threads: processor threads of the sentence encoder; more than one slows a busy server down.
        workers: how many actions may run at the same time.
        recsys: where trained recommenders are published; without one, what is popular is shown instead.
        exploration: how often the last place of a recommended list is drawn among the next best, so that the shop
            learns of more than what it always shows.
        replies: the folder of reply models that were trained for the shop; without one the packaged model writes.
        reply_texts: the packaged reply model, and the words by which replies are judged.
        feedback_days: how long a reply is kept that a shopper has judged or a person has corrected.
        images: the folder of the shop's own pictures.
        vision: where the set-up puts the image model and the gallery; without them, photos are not matched.
        image_model: another model of open_clip for photos: a name, `hf-hub:...`, or a local checkpoint.
        photos: the folder of the photos that shoppers upload.
        photo_hours: how long each is kept.
        photo_hosts: from which hosts a photo may be fetched by its https address, separated by commas; none by default.
        mail_url: the mail server for one-time codes: smtps://user:password@host for TLS, smtp:// for STARTTLS; without
            one they are written to the console, which proves nothing and is for the demo.
        mail_from: the address that they come from.
        deadline_s: how long one action may take before the shopper gets an apology, in seconds.
    """

    model_config = SettingsConfigDict(env_prefix="DAOGOU_", frozen=True)

    database_url: str = "sqlite:///var/shop.db"
    secret: SecretStr
    old_secrets: SecretStr = SecretStr("")
    payment_url: str = "https://pay.example.com/orders/{number}"
    label_url: str = "https://returns.example.com/labels/{rma}"
    actions_port: int = Field(default=5055, ge=1, le=65535)
    threads: int = Field(default=1, ge=1)
    workers: int = Field(default=8, ge=1)
    mail_url: SecretStr = SecretStr("")
    mail_from: str = ""
    deadline_s: float = Field(default=3.5, gt=0)
    policies: Path = Path("data/policies")
    labels: Path = Path("data/labels")
    encoder: Path = Path("artifacts/encoder_multilingual")
    glossary: Path = Path("data/lexicon/glossary_zh.csv")
    search_cache: Path = Path("artifacts/search")
    recsys: Path = Path("artifacts/recsys")
    exploration: float = Field(default=0.1, ge=0, le=1)
    replies: Path = Path("artifacts/replies/shop")
    reply_texts: Path = Path("data/replies")
    feedback_days: float = Field(default=90, gt=0)
    images: Path = Path("var/images")
    vision: Path = Path("artifacts/vision/demo")
    image_model: str = ""
    photos: Path = Path("var/photos")
    photo_hours: float = Field(default=24, gt=0)
    photo_hosts: str = ""
    locale: str = "en_US"
    text_model: str = ""

    @field_validator("secret")
    @classmethod
    def _refuse_placeholders(cls, secret: SecretStr) -> SecretStr:
        if not _is_secret(secret.get_secret_value()):
            raise ValueError(f"DAOGOU_SECRET must be at least {_SECRET_LENGTH} random characters")
        return secret

    @field_validator("old_secrets")
    @classmethod
    def _refuse_old_placeholders(cls, secrets: SecretStr) -> SecretStr:
        if not all(map(_is_secret, _listed(secrets.get_secret_value()))):
            raise ValueError(f"each of DAOGOU_OLD_SECRETS must be at least {_SECRET_LENGTH} random characters")
        return secrets

    @field_validator("photo_hosts")
    @classmethod
    def _require_host_names(cls, hosts: str) -> str:
        wrong = next((host for host in _names(hosts) if not _HOST.fullmatch(host)), None)
        if wrong is not None:
            raise ValueError(f"DAOGOU_PHOTO_HOSTS must list names such as img.shop.example, not {wrong!r}")
        return hosts

    @field_validator("label_url")
    @classmethod
    def _require_rma(cls, url: str) -> str:
        if "{rma}" not in url or set("{}") & set(url.replace("{rma}", "")):
            raise ValueError("DAOGOU_LABEL_URL must contain {rma} and no other braces")
        return url

    @field_validator("payment_url")
    @classmethod
    def _require_number(cls, url: str) -> str:
        if "{number}" not in url or set("{}") & set(url.replace("{number}", "")):
            raise ValueError("DAOGOU_PAYMENT_URL must contain {number} and no other braces")
        return url

    def payment_address(self, number: str) -> str:
        """Give the address where an order is paid."""
        return self.payment_url.replace("{number}", number)

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys that tokens may be signed with, today's first."""
        return (self.secret.get_secret_value(), *_listed(self.old_secrets.get_secret_value()))

    def label_address(self, rma_number: str) -> str:
        """Give the address where the label of a return is printed."""
        return self.label_url.replace("{rma}", rma_number)

    @property
    def photo_host_names(self) -> frozenset[str]:
        """Give the hosts from which photos may be fetched."""
        return frozenset(_names(self.photo_hosts))

    @property
    def language(self) -> str:
        """Give the locale's language, such as "en": it names the label file."""
        return self.locale.replace("-", "_").split("_")[0]


def _names(hosts: str) -> list[str]:
    return [name.lower() for name in _listed(hosts)]


def _listed(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


def _is_secret(value: str) -> bool:
    return len(value) >= _SECRET_LENGTH and len(set(value)) >= _SECRET_VARIETY
