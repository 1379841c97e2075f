"""Shoppers with photos for the load generator: each mints a session, sends photos, and goes on by words.

Run by `python -m ops.bench_vision` through Locust. A photo is a picture of the demo shop, cut and written anew, so that
no two are the same file. Sending the file and the message that asks for it are one turn. Shoppers come from addresses
of their own, as they do in life: one address may have few uploads on their way. Linux answers on all of 127.0.0.0/8;
elsewhere they have to be set up first (macOS: `ifconfig lo0 alias 127.0.0.2`).
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Sequence
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, constant, task
from PIL import Image
from requests.adapters import HTTPAdapter

IMAGES = Path("var/images")
PHOTOS = 3
LONGEST = 1_600

_numbers = count()


def has_answer(said: Sequence[dict[str, Any]]) -> bool:
    """Tell whether messages answer a photo: with products, or with the category that is nearest to no match.

    An apology, of a search that is out of service for one, has neither cards nor buttons.
    """
    return any(message.get("elements") or message.get("buttons") for message in said)


def address_of(number: int) -> str:
    """Give the address that a shopper, counted from 0, comes from: 127.0.0.1 and on, within 127.0.0.0/8."""
    return str(ip_address("127.0.0.1") + number)


class PhotographingShopper(HttpUser):
    """One shopper who sends the next photo as soon as the answer is there (a closed loop)."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Take an address, and the photos beforehand: while turns are timed, the processor belongs to the servers."""
        self.client.mount(self.client.base_url, _FromAddress(address_of(next(_numbers))))
        files = sorted(IMAGES.glob("*.jpg"))
        self._photos = [_photo(random.choice(files)) for _ in range(PHOTOS)]  # noqa: S311 - this is no secret

    @task
    def hold_conversation(self) -> None:
        """Send photos in a session of its own."""
        minted = self.client.post("/webhooks/web/sessions", name="session")
        headers = {"Authorization": f"Bearer {minted.json()['session']}"}
        for photo in self._photos:
            self._send(photo, headers)

    def _send(self, photo: bytes, headers: dict[str, str]) -> None:
        started = time.time()
        clock = time.perf_counter()
        failure = self._answered(photo, headers)
        self.environment.events.request.fire(
            request_type="PHOTO",
            name="turn",
            response_time=(time.perf_counter() - clock) * 1_000,
            response_length=0,
            exception=failure,
            context={},
            start_time=started,
        )

    def _answered(self, photo: bytes, headers: dict[str, str]) -> Exception | None:
        """Send a photo and ask for it; give what went wrong."""
        with self.client.post(
            "/webhooks/web/photos",
            data=photo,
            headers={**headers, "Content-Type": "image/jpeg"},
            name="upload",
            catch_response=True,
        ) as taken:
            if not taken.ok:
                return ValueError(f"upload: {taken.status_code}")
            address = taken.json()["photo_url"]
        body = {"text": "/search_by_photo", "metadata": {"photo_url": address}}
        with self.client.post(
            "/webhooks/web/messages", json=body, headers=headers, name="message", catch_response=True
        ) as answer:
            if not answer.ok:
                return ValueError(f"message: {answer.status_code}")
            said = answer.json()
        return None if has_answer(said) else ValueError("neither products nor a nearest category came back")


class _FromAddress(HTTPAdapter):
    """Connects from one of this machine's addresses."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))


def _photo(file: Path) -> bytes:
    with Image.open(file) as image:
        image.thumbnail((LONGEST, LONGEST))
        left, top = (random.randrange(1 + side // 10) for side in image.size)  # noqa: S311
        taken = image.convert("RGB").crop((left, top, image.width, image.height))
    buffer = io.BytesIO()
    taken.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
