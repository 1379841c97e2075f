from __future__ import annotations

import time
import tracemalloc
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.vision.photo_bytes import (
    BLUE,
    RED,
    SVG,
    chunk,
    exif_of,
    heic,
    jpeg,
    noise,
    png,
    png_bomb,
    scene,
    without_adobe,
    written,
)
from vision.errors import ImageRefused, Refusal
from vision.images import SHOPPER_LIMITS, ImageLimits, clean_copy, decode, open_photo


def refusal_of(data: bytes, limits: ImageLimits = SHOPPER_LIMITS) -> Refusal:
    with pytest.raises(ImageRefused) as caught:
        decode(data, limits)
    return caught.value.reason


def assert_is_the_scene(image: Image.Image, atol: int = 16) -> None:
    """Red on the left, blue on the right, white in the top left corner."""
    assert image.mode == "RGB"
    width, height = image.size
    shares = {(0.3, 0.7): RED, (0.8, 0.5): BLUE, (0.1, 0.1): (255, 255, 255)}
    for (x, y), colour in shares.items():
        np.testing.assert_allclose(image.getpixel((int(x * width), int(y * height))), colour, atol=atol)


def kinds() -> dict[str, bytes]:
    palette = scene().quantize(8)
    frames = [scene().quantize(8), Image.new("RGB", (120, 80), "green").quantize(8)]
    return {
        "jpeg": jpeg(),
        "progressive jpeg": jpeg(progressive=True),
        "png": written(scene(), "PNG"),
        "interlaced palette png": written(palette, "PNG"),
        "webp": written(scene(), "WEBP", quality=95),
        "lossless webp": written(scene(), "WEBP", lossless=True),
        "animated webp": written(scene(), "WEBP", save_all=True, append_images=[scene().rotate(180)], lossless=True),
        "heic": heic(),
        "animated gif": written(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "mpo of a phone": written(scene(), "MPO", save_all=True, append_images=[scene().rotate(180)], quality=95),
        "rgba png": written(scene().convert("RGBA"), "PNG"),
        "cmyk jpeg as adobe inverts it": written(scene().convert("CMYK"), "JPEG", quality=95),
        "cmyk jpeg of no adobe program": without_adobe(written(scene().convert("CMYK"), "JPEG", quality=95)),
    }


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_shows_what_it_shows_in_a_browser(kind: str) -> None:
    assert_is_the_scene(decode(kinds()[kind]))


def test_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    half = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    assert decode(written(clear, "PNG")).getpixel((5, 5)) == (255, 255, 255)
    assert decode(written(clear, "WEBP", lossless=True)).getpixel((5, 5)) == (255, 255, 255)
    assert decode(written(half, "PNG")).getpixel((5, 5)) == (127, 127, 127)


def test_a_palette_with_a_transparent_colour_is_white_there() -> None:
    image = scene().quantize(8)
    clear = image.getpixel((110, 70))
    for kind in ("PNG", "GIF"):
        shown = decode(written(image, kind, transparency=clear))
        assert shown.getpixel((110, 70)) == (255, 255, 255)
        np.testing.assert_allclose(shown.getpixel((40, 60)), RED, atol=8)


def test_grey_with_a_transparent_value_is_white_there() -> None:
    rows = zlib.compress(b"".join(b"\0" + bytes([90] * 16 + [10] * 16) for _ in range(32)))
    image = decode(png(32, 32, rows, chunk(b"tRNS", b"\0\x5a")))
    assert (image.getpixel((4, 4)), image.getpixel((20, 4))) == ((255, 255, 255), (10, 10, 10))


def test_grey_of_16_bits_keeps_its_shades() -> None:
    shades = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    image = np.asarray(decode(written(Image.fromarray(shades), "PNG")))
    np.testing.assert_allclose(image[0, :, 0], shades[0] // 256, atol=1)


def test_colour_of_16_bits_keeps_its_colours() -> None:
    pixel = b"".join(value.to_bytes(2, "big") for value in (0xC8FF, 0x1E00, 0x2855))
    rows = zlib.compress((b"\0" + pixel * 32) * 32)
    assert decode(png(32, 32, rows, depth=16, colour=2)).getpixel((3, 3)) == (0xC8, 0x1E, 0x28)


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_becomes_rgb(mode: str) -> None:
    image = decode(written(Image.new("L", (32, 32), 255).convert(mode), "PNG"))
    assert (image.mode, image.getpixel((3, 3))) == ("RGB", (255, 255, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_photo_is_turned_upright(orientation: int, kind: str) -> None:
    turned_back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = scene() if orientation == 1 else scene().transpose(turned_back[orientation])
    image = decode(written(stored, kind, quality=95, exif=exif_of(orientation)))
    assert image.size == (120, 80)
    assert_is_the_scene(image)


def test_heic_is_turned_upright_once() -> None:
    assert_is_the_scene(decode(heic(exif=exif_of(1))))


def test_the_clean_copy_tells_no_place_and_no_maker() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = jpeg(exif=exif_of(6), comment=b"made by Ann", icc_profile=profile)
    assert b"Phone" in data
    copy = clean_copy(decode(data))
    assert not any(told in copy for told in (b"Phone", b"Exif", b"made by Ann", b"ICC_PROFILE", b"http"))
    with Image.open(BytesIO(copy)) as again:
        assert not again.getexif()
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("tail", [b"<html><script>alert(1)</script>", b"PK\x03\x04 a zip", b"\xff\xd8\xff another"])
def test_the_clean_copy_of_a_polyglot_is_only_a_picture(tail: bytes) -> None:
    image = decode(jpeg() + tail * 50)
    assert_is_the_scene(image)
    assert tail[:10] not in clean_copy(image)


def test_the_clean_copy_is_upright_and_no_larger_than_asked() -> None:
    copy = decode(clean_copy(decode(written(scene(3000, 2000), "JPEG")), longest=600))
    assert copy.size == (600, 400)
    assert_is_the_scene(copy)


def test_a_copy_of_a_copy_keeps_its_size() -> None:
    image = decode(jpeg())
    assert decode(clean_copy(image)).size == image.size


REFUSED = {
    "nothing": (b"", Refusal.NOT_AN_IMAGE),
    "text": (b"find me shoes", Refusal.NOT_AN_IMAGE),
    "html": (b"<html><svg></svg></html>", Refusal.NOT_AN_IMAGE),
    "a program": (b"MZ\x90\0" + bytes(400), Refusal.NOT_AN_IMAGE),
    "a zip": (b"PK\x03\x04" + bytes(400), Refusal.NOT_AN_IMAGE),
    "svg with a script": (SVG, Refusal.UNSUPPORTED),
    "svg after a mark and a comment": (b"\xef\xbb\xbf <!-- x --><SVG onload='x'/>", Refusal.UNSUPPORTED),
    "bmp": (written(scene(), "BMP"), Refusal.UNSUPPORTED),
    "tiff": (written(scene(), "TIFF"), Refusal.UNSUPPORTED),
    "icon": (written(scene(), "ICO"), Refusal.UNSUPPORTED),
    "pdf": (b"%PDF-1.7 ...", Refusal.UNSUPPORTED),
    "film": (b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(64), Refusal.UNSUPPORTED),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(64), Refusal.UNSUPPORTED),
    "a jpeg's first bytes alone": (b"\xff\xd8\xff\xe0", Refusal.DAMAGED),
    "a png's first bytes alone": (b"\x89PNG\r\n\x1a\n", Refusal.DAMAGED),
    "truncated jpeg": (jpeg()[:-400], Refusal.DAMAGED),
    "truncated png": (written(noise(64), "PNG")[:-4000], Refusal.DAMAGED),
    "truncated webp": (written(noise(64), "WEBP")[:-500], Refusal.DAMAGED),
    "truncated gif": (written(noise(64), "GIF")[:900], Refusal.DAMAGED),
    "truncated heic": (heic()[:-200], Refusal.DAMAGED),
    "heic of a name alone": (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", Refusal.DAMAGED),
    "one pixel": (written(Image.new("RGB", (1, 1)), "PNG"), Refusal.TOO_SMALL),
    "a line": (written(Image.new("RGB", (900, 2)), "PNG"), Refusal.TOO_SMALL),
    "11 MB": (jpeg() + bytes(11 * 1024 * 1024), Refusal.TOO_MANY_BYTES),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_usable_photo_is_refused_for_its_reason(case: str) -> None:
    data, reason = REFUSED[case]
    assert refusal_of(data) is reason


def test_a_bomb_is_refused_by_its_header_without_being_unpacked() -> None:
    bomb = png_bomb()
    assert len(bomb) < ImageLimits().max_bytes
    tracemalloc.start()
    start = time.perf_counter()
    assert refusal_of(bomb) is Refusal.TOO_MANY_PIXELS
    assert time.perf_counter() - start < 0.5
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_a_gif_that_claims_a_giant_canvas_is_refused() -> None:
    data = bytearray(written(scene().quantize(8), "GIF"))
    data[6:10] = b"\xff\xff\xff\xff"
    assert refusal_of(bytes(data)) is Refusal.TOO_MANY_PIXELS


def test_a_compressed_profile_that_unpacks_to_gigabytes_takes_no_memory() -> None:
    bomb = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(60_000_000), 9))
    rows = zlib.compress(b"".join(b"\0" + bytes(32) for _ in range(32)))
    tracemalloc.start()
    assert refusal_of(png(32, 32, rows, bomb)) is Refusal.DAMAGED
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_huge_metadata_is_read_past() -> None:
    segments = b"".join(b"\xff\xe2" + (60_002).to_bytes(2, "big") + bytes(60_000) for _ in range(40))
    plain = jpeg(exif=exif_of(1, padding=30_000))
    assert_is_the_scene(decode(plain[:2] + segments + plain[2:]))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow warns of it, and reads the picture all the same
def test_broken_metadata_is_no_reason_to_refuse() -> None:
    assert_is_the_scene(decode(jpeg(exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")))


def test_a_wrong_file_extension_plays_no_part(tmp_path: Path) -> None:
    path = tmp_path / "photo.svg"
    path.write_bytes(written(scene(), "PNG"))
    assert_is_the_scene(open_photo(path))


def test_a_catalogue_picture_that_is_refused_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg()[:-400])
    with pytest.raises(ImageRefused, match=r"a\.jpg") as caught:
        open_photo(path)
    assert caught.value.reason is Refusal.DAMAGED
    with pytest.raises(OSError, match=r"b\.jpg"):
        open_photo(tmp_path / "b.jpg")


def test_a_large_photo_is_shrunk_while_it_is_read() -> None:
    image = decode(written(scene(6000, 4000), "JPEG"))
    assert image.size == (2048, 1365)
    assert_is_the_scene(image)
    assert max(decode(written(scene(6000, 4000), "PNG")).size) == 2048


def test_a_very_long_photo_stays_small() -> None:
    assert decode(written(Image.new("RGB", (40_000, 20)), "PNG")).size == (2048, 1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read", "ignore:Image appears to be")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(kinds())), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=12), st.data()
)
def test_damaged_bytes_are_read_or_refused_and_never_anything_else(
    kind: str, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    changed = bytearray(kinds()[kind])
    for place, value in changes:
        changed[place % len(changed)] = value
    cut = changed[: data.draw(st.integers(0, len(changed)))] if data.draw(st.booleans()) else changed
    with suppress(ImageRefused):  # any other error fails the test
        assert decode(bytes(cut)).mode == "RGB"
