"""Shoppers with photos for the load generator: each mints a session, sends photos, and goes on by words.

Run by `python -m ops.bench_vision` through Locust. A photo is a picture of the demo shop, cut and written anew, so that
no two are the same file. Sending the file and the message that asks for it are one turn.
"""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

from locust import HttpUser, constant, task
from PIL import Image

IMAGES = Path("var/images")
PHOTOS = 3
LONGEST = 1_600


class PhotographingShopper(HttpUser):
    """One shopper who sends the next photo as soon as the answer is there (a closed loop)."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Take the photos beforehand: while turns are timed, the processor belongs to the servers."""
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
        """Send a photo and ask for it; give what went wrong. An answer without cards is no answer."""
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
        return None if said else ValueError("no message came back")


def _photo(file: Path) -> bytes:
    with Image.open(file) as image:
        image.thumbnail((LONGEST, LONGEST))
        left, top = (random.randrange(1 + side // 10) for side in image.size)  # noqa: S311
        taken = image.convert("RGB").crop((left, top, image.width, image.height))
    buffer = io.BytesIO()
    taken.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
