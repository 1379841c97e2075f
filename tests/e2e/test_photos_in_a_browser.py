"""Photos in the chat: chosen, taken, pasted or dropped, made small, sent with words or without, and seen again."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Locator, Request, Route, expect

from ops.stack import Stack
from tests.e2e.conftest import Arrive
from tests.e2e.visitor import HeldRequests, Visitor

UPLOADS = "**/webhooks/web/photos"
MESSAGES = "**/webhooks/web/messages"
TWO_THINGS = [
    {
        "text": "I see two things.",
        "buttons": [
            {"title": "The one on the left", "payload": '/search_by_photo{"region":"0,0.1,0.5,0.9"}'},
            {"title": "The one on the right", "payload": '/search_by_photo{"region":"0.5,0.25,1,0.75"}'},
            {"title": "Nowhere", "payload": '/search_by_photo{"region":"0.5,0.25,0.4,7"}'},
            {"title": "None of them", "payload": "/restart"},
        ],
    }
]

# Playwright does not see the bytes of a form, so the page itself keeps what each form held.
_KEEP_UPLOADS = """
  window.uploads = [];
  const send = window.fetch;
  window.fetch = async (address, options) => {
    if (options?.body instanceof FormData) {
      const photo = options.body.get('photo');
      const { width, height } = await createImageBitmap(photo).catch(() => ({}));
      window.uploads.push({ width, height, bytes: photo.size, type: photo.type, name: photo.name });
    }
    return send(address, options);
  };
"""
_PASTE = """(box, [type, content, words]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  data.items.add(new File([bytes], 'image.png', { type }));
  if (words) data.setData('text/plain', words);
  const how = { bubbles: true, composed: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, ...how }));
}"""
_DROP = """(place, [type, content]) => {
  const dataTransfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  dataTransfer.items.add(new File([bytes], 'dropped.jpg', { type }));
  const happen = (name) =>
    place.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
  const taken = !happen('dragover');
  happen('drop');
  return taken;
}"""
# On a slow machine the timers of deep-chat overtake one another, and it draws itself twice when it starts.
_SLOW_TIMERS = """
  const start = window.setTimeout;
  window.setTimeout = (task, milliseconds = 0, ...rest) => start(task, milliseconds || 60, ...rest);
  window.drawings = 0;
  customElements.whenDefined('deep-chat').then((DeepChat) => {
    const draw = DeepChat.prototype.onRender;
    DeepChat.prototype.onRender = function () {
      window.drawings += 1;
      return draw.call(this);
    };
  });
"""
_PAINTED = "canvas => canvas.width > 0 && canvas.getContext('2d').getImageData(0, 0, 1, 1).data[3] === 255"


@pytest.fixture
def shopper(visitor: Visitor) -> Visitor:
    """A visitor with the chat open."""
    visitor.page.add_init_script(_KEEP_UPLOADS)
    visitor.visit_shop()
    visitor.open_chat()
    return visitor


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small photo of nothing in particular."""
    return save(Image.linear_gradient("L").convert("RGB").resize((320, 240)), tmp_path / "photo.jpg")


@pytest.fixture
def requests(shopper: Visitor) -> list[Request]:
    """Every upload and every message that the page sends."""
    sent: list[Request] = []
    shopper.page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


def save(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def paths(requests: list[Request]) -> list[str]:
    return [request.url.rsplit("/", 1)[1] for request in requests]


def uploads(visitor: Visitor) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = visitor.page.evaluate("window.uploads")
    return kept


def answer_with(visitor: Visitor, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let the page hear these messages whatever it says; gives what it says."""
    heard: list[dict[str, Any]] = []

    def fulfil(route: Route) -> None:
        heard.append(json.loads(route.request.post_data or ""))
        route.fulfill(json=messages)

    visitor.page.route(MESSAGES, fulfil)
    return heard


def picture_of(visitor: Visitor, title: str, folder: Path) -> Path:
    """Download a product's picture from the catalogue, as a shopper would save it."""
    product = visitor.page.locator(".product").filter(has=visitor.page.get_by_role("heading", name=title, exact=True))
    address = product.locator("img").get_attribute("src")
    path = folder / f"{title}.jpg"
    path.write_bytes(httpx.get(f"{address}").raise_for_status().content)
    return path


def card_titles(visitor: Visitor) -> list[str]:
    return visitor.cards.locator(".dg-card-title").all_inner_texts()


def test_a_photo_of_a_product_finds_it_and_the_talk_goes_on(shopper: Visitor, tmp_path: Path) -> None:
    shopper.choose_photo(picture_of(shopper, "Tripod", tmp_path))
    expect(shopper.tray.get_by_role("img", name="The photo that you chose")).to_be_visible()
    shopper.keep_picture("photo-chosen")
    assert shopper.send_photo()
    expect(shopper.tray).to_be_hidden()
    assert card_titles(shopper)[0] == "Tripod"
    expect(shopper.photos).to_have_count(1)
    assert shopper.photos.evaluate(_PAINTED)
    expect(shopper.chat.locator(".user-message-text")).to_have_text("")
    shopper.keep_picture("photo-found")
    assert "cart" in shopper.say("add the first one to my cart").lower()
    assert shopper.errors == []
    assert shopper.foreign == []


def test_words_go_with_the_photo_and_a_second_photo_stands_for_itself(
    shopper: Visitor, photo: Path, requests: list[Request]
) -> None:
    heard = answer_with(shopper, [{"text": "Here."}])
    shopper.choose_photo(photo)
    shopper.box.fill("this, but in red")
    shopper.box.press("Enter")
    expect(shopper.chat.locator(".user-message-text")).to_have_text("this, but in red")
    expect(shopper.chat.get_by_text("Here.")).to_be_visible()
    shopper.choose_photo(photo)
    shopper.send_photo()
    shopper.say("thanks")
    assert [said["text"] for said in heard] == ["this, but in red", "/search_by_photo", "thanks"]
    first, second, third = (said["metadata"].get("photo_url") for said in heard)
    assert first != second
    assert third is None
    assert paths(requests) == ["photos", "messages", "photos", "messages", "messages"]
    expect(shopper.photos).to_have_count(2)


def test_a_pasted_picture_is_a_photo_and_a_pasted_text_is_not(shopper: Visitor, photo: Path) -> None:
    shopper.box.evaluate(_PASTE, ["image/jpeg", encoded(photo), "a paragraph of a letter"])
    expect(shopper.tray).to_be_hidden()
    shopper.box.evaluate(_PASTE, ["image/jpeg", encoded(photo), ""])
    expect(shopper.tray.get_by_role("img")).to_be_visible()
    expect(shopper.box).to_be_focused()


@pytest.mark.parametrize("place", ["daogou-chat .launcher", "daogou-chat .body", "main"])
def test_a_dropped_picture_opens_the_chat_with_it_and_does_not_leave_the_page(
    visitor: Visitor, photo: Path, place: str
) -> None:
    visitor.visit_shop()
    visitor.page.wait_for_selector("daogou-chat[data-ready]", state="attached")
    assert visitor.page.locator(place).evaluate(_DROP, ["image/jpeg", encoded(photo)])
    expect(visitor.tray.get_by_role("img")).to_be_visible()


def test_a_removed_photo_is_not_sent(shopper: Visitor, photo: Path, requests: list[Request]) -> None:
    send = shopper.chat.get_by_role("button", name="Send")
    shopper.choose_photo(photo)
    expect(send).not_to_have_attribute("aria-disabled", "true")
    shopper.tray.get_by_role("button", name="Remove the photo").press("Enter")
    expect(shopper.tray).to_be_hidden()
    expect(send).to_have_attribute("aria-disabled", "true")
    shopper.say("hello")
    assert paths(requests) == ["messages"]
    expect(shopper.photos).to_have_count(0)


def test_a_file_that_is_no_photo_is_refused_before_it_is_sent(
    shopper: Visitor, tmp_path: Path, requests: list[Request]
) -> None:
    disguised = tmp_path / "holiday.jpg"
    disguised.write_bytes(b"%PDF-1.7 and so on")
    shopper.choose_photo(disguised)
    expect(shopper.tray.get_by_role("alert")).to_contain_text("not a photo")
    expect(shopper.chat.get_by_role("button", name="Send")).to_have_attribute("aria-disabled", "true")
    assert requests == []


@pytest.mark.parametrize(
    ("name", "options", "size"),
    [
        # Random noise cannot be compressed: 24 MB.
        pytest.param("noise.png", {}, (1600, 1067), id="heavy"),
        pytest.param("noise.jpg", {"quality": 30, "exif": {0x0112: 6}}, (1067, 1600), id="on its side"),
        pytest.param("noise.bmp", {}, (1600, 1067), id="of a format that the server does not read"),
    ],
)
def test_a_large_photo_is_made_small_and_upright_before_it_is_sent(
    shopper: Visitor, tmp_path: Path, name: str, options: dict[str, Any], size: tuple[int, int]
) -> None:
    image = Image.effect_noise((3000, 2000), 120)
    exif = image.getexif()
    exif.update(options.pop("exif", {}))
    answer_with(shopper, [{"text": "Here."}])
    shopper.choose_photo(save(image.convert("RGB"), tmp_path / name, exif=exif, **options))
    shopper.send_photo()
    (upload,) = uploads(shopper)
    assert (upload["width"], upload["height"]) == size
    assert upload["bytes"] < 10 * 1024 * 1024
    assert upload["type"] == "image/jpeg"
    assert upload["name"] == "photo"


def test_a_small_photo_is_sent_as_it_is(shopper: Visitor, photo: Path) -> None:
    answer_with(shopper, [{"text": "Here."}])
    shopper.choose_photo(photo)
    shopper.send_photo()
    assert [upload["bytes"] for upload in uploads(shopper)] == [photo.stat().st_size]


def test_a_photo_that_the_browser_cannot_read_is_sent_as_it_is_and_shown_by_the_servers_copy(
    shopper: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "IMG_0001.HEIC"
    pillow_heif.from_pillow(Image.new("RGB", (640, 480), "teal")).save(path)
    shopper.choose_photo(path)
    expect(shopper.tray).to_contain_text("IMG_0001.HEIC is ready to send")
    assert shopper.send_photo()
    assert [upload["bytes"] for upload in uploads(shopper)] == [path.stat().st_size]
    expect(shopper.photos).to_have_js_property("width", 640)


@pytest.mark.parametrize(
    ("status", "code", "words", "can_retry"),
    [
        (413, "photo_too_large", "10 MB at most", False),
        (422, "photo_damaged", "damaged", False),
        (422, "photo_too_small", "too small", False),
        (415, "photo_unsupported", "JPEG, PNG, WebP or HEIC", False),
        (408, "photo_too_slow", "took too long", True),
        (429, "too_many_requests", "try again in 7 seconds", True),
        (503, "photos_unavailable", "cannot look at photos", True),
    ],
)
def test_a_refused_photo_is_worded_for_the_shopper(
    shopper: Visitor, photo: Path, status: int, code: str, words: str, can_retry: bool
) -> None:
    error = {"error": {"code": code, "message": "for developers"}}
    shopper.page.route(UPLOADS, lambda route: route.fulfill(status=status, json=error, headers={"Retry-After": "7"}))
    shopper.choose_photo(photo)
    assert words in shopper.send_photo()
    expect(shopper.chat.get_by_role("button", name="Try again")).to_have_count(int(can_retry))


def test_a_chat_that_draws_itself_twice_on_a_slow_machine_still_takes_a_photo(visitor: Visitor, photo: Path) -> None:
    visitor.page.add_init_script(_SLOW_TIMERS)
    visitor.visit_shop()
    visitor.open_chat()
    visitor.page.wait_for_function("() => window.drawings === 2")
    heard = answer_with(visitor, [{"text": "Here."}])
    visitor.choose_photo(photo)
    assert "Here." in visitor.send_photo()
    assert heard[0]["metadata"]["photo_url"].startswith("/webhooks/web/photos/")


def test_trying_again_sends_the_photo_once(shopper: Visitor, photo: Path, requests: list[Request]) -> None:
    shopper.page.route(UPLOADS, lambda route: route.abort())
    shopper.choose_photo(photo)
    assert "cannot be reached" in shopper.send_photo()
    shopper.page.unroute(UPLOADS)
    shopper.page.route(MESSAGES, lambda route: route.abort())
    retry = shopper.chat.get_by_role("button", name="Try again")
    with shopper.page.expect_event("requestfailed"):
        retry.click()
    expect(retry).to_be_visible()
    shopper.page.unroute(MESSAGES)
    heard = answer_with(shopper, [{"text": "Here."}])
    retry.click()
    expect(shopper.chat.get_by_text("Here.")).to_be_visible()
    assert paths(requests) == ["photos", "photos", "messages", "messages"]
    assert heard[0]["metadata"]["photo_url"].startswith("/webhooks/web/photos/")
    expect(shopper.photos).to_have_count(1)


def test_while_a_photo_is_on_its_way_the_shopper_reads_what_happens(shopper: Visitor, photo: Path) -> None:
    uploading = HeldRequests(shopper.page, UPLOADS)
    answering = HeldRequests(shopper.page, MESSAGES)
    shopper.choose_photo(photo)
    shopper.box.press("Enter")
    mine = shopper.chat.locator(".user-message-text")
    expect(mine).to_have_text("Sending your photo …")
    expect(shopper.chat.locator(".loading-message-dots")).to_be_visible()
    uploading.next().continue_()
    expect(mine).to_have_text("Looking at your photo …")
    answering.next().fulfill(json=[{"text": "Here."}])
    expect(mine).to_have_text("")


def test_a_reload_shows_the_photo_again_and_says_when_it_is_no_longer_kept(shopper: Visitor, photo: Path) -> None:
    shopper.choose_photo(photo)
    shopper.send_photo("something like this")
    shopper.page.reload()
    shopper.open_chat()
    expect(shopper.chat.locator(".user-message-text")).to_have_text("something like this")
    expect(shopper.photos).to_have_js_property("width", 320)
    assert shopper.photos.evaluate(_PAINTED)
    assert shopper.errors == []
    gone = {"error": {"code": "photo_gone", "message": "for developers"}}
    shopper.page.route(f"{UPLOADS}/*", lambda route: route.fulfill(status=404, json=gone))
    shopper.page.reload()
    shopper.open_chat()
    expect(shopper.chat.get_by_text("This photo is no longer kept.")).to_be_visible()
    expect(shopper.photos).to_have_count(0)


def test_the_parts_of_a_photo_can_be_chosen_on_it(shopper: Visitor, photo: Path) -> None:
    heard = answer_with(shopper, TWO_THINGS)
    shopper.choose_photo(photo)
    shopper.send_photo()
    frames = shopper.chat.get_by_role("button", name="Search for this part of your photo")
    expect(frames).to_have_count(2)
    assert share_of(shopper.photos, frames.nth(1)) == pytest.approx((0.5, 0.25, 1, 0.75), abs=0.01)
    shopper.keep_picture("photo-regions")
    frames.nth(1).focus()
    shopper.page.unroute(MESSAGES)
    again = answer_with(shopper, [{"text": "Here."}])
    shopper.page.keyboard.press("Enter")
    expect(shopper.chat.locator(".user-message-text").last).to_have_text("The one on the right")
    expect(frames).to_have_count(0)
    assert heard[0]["text"] == "/search_by_photo"
    assert again[0]["text"] == TWO_THINGS[0]["buttons"][1]["payload"]  # type: ignore[index]


def share_of(photo: Locator, frame: Locator) -> tuple[float, float, float, float]:
    outer, inner = photo.bounding_box(), frame.bounding_box()
    assert outer
    assert inner
    left, top = (inner["x"] - outer["x"]) / outer["width"], (inner["y"] - outer["y"]) / outer["height"]
    return left, top, left + inner["width"] / outer["width"], top + inner["height"] / outer["height"]


def test_a_page_can_search_by_a_photo_of_its_own(visitor: Visitor, photo: Path) -> None:
    visitor.visit_shop()
    heard = answer_with(visitor, [{"text": "Here."}])
    visitor.page.evaluate(
        """async (content) => {
          const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
          await window.daogou.searchByPhoto(new Blob([bytes]), 'in blue');
        }""",
        encoded(photo),
    )
    expect(visitor.chat.get_by_text("Here.")).to_be_visible()
    assert heard[0]["text"] == "in blue"
    assert heard[0]["metadata"]["photo_url"].startswith("/webhooks/web/photos/")


def test_the_storefront_asks_for_a_photo_before_the_chat_was_ever_open(visitor: Visitor, photo: Path) -> None:
    visitor.visit_shop()
    with visitor.page.expect_file_chooser() as opened:
        visitor.page.locator(".hero").get_by_role("button", name="Search with a photo").click()
    assert not opened.value.is_multiple()
    opened.value.set_files(photo)
    expect(visitor.tray.get_by_role("img")).to_be_visible()


def test_a_phone_has_a_button_for_its_camera(stack: Stack, arrive: Arrive, photo: Path) -> None:
    visitor = arrive(stack.base_url, width=360, height=740, is_phone=True)
    visitor.visit_shop()
    visitor.open_chat()
    with visitor.page.expect_file_chooser() as opened:
        visitor.chat.get_by_role("button", name="Take a photo").tap()
    assert opened.value.element.get_attribute("capture") == "environment"
    opened.value.set_files(photo)
    expect(visitor.tray.get_by_role("img")).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 360
    with visitor.page.expect_file_chooser() as opened:
        visitor.chat.get_by_role("button", name="Search with a photo").tap()
    assert opened.value.element.get_attribute("capture") is None
    visitor.keep_picture("photo-phone")
