from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from vision import towers
from vision.errors import UnknownModel, WeightsRefused
from vision.torch_encoder import TorchEncoder, evaluating
from vision.towers import TOWERS, build_default, embedded_text_folder, image_weights, timm_names


@pytest.fixture(scope="module")
def embedded() -> TorchEncoder:
    return TorchEncoder(*build_default("lite0"), name="lite0")


@pytest.mark.parametrize("tower", TOWERS)
def test_every_weight_of_a_package_has_its_one_place_in_timms_tower(tower: str) -> None:
    import timm

    weights = image_weights(tower)
    wanted = timm.create_model(TOWERS[tower].timm_name).state_dict()
    assert {name: rows.shape for name, rows in weights.items()} == {name: rows.shape for name, rows in wanted.items()}


def test_the_tower_computes_what_the_packages_own_code_computes() -> None:
    """The package's architecture written out: padded as TensorFlow pads, ReLU6, residuals where shapes allow."""
    import timm
    from torch.nn import functional

    raw = torch.load(towers._image_file("lite0"), weights_only=True)
    tower = timm.create_model(TOWERS["lite0"].timm_name).eval()
    tower.load_state_dict(image_weights("lite0"))

    def convolve(rows: torch.Tensor, name: str, stride: int = 1) -> torch.Tensor:
        weight = raw[f"{name}.weight"]
        groups = rows.shape[1] // weight.shape[1]
        side, kernel = rows.shape[-1], weight.shape[-1]
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        padded = functional.pad(rows, [total // 2, total - total // 2] * 2)
        return functional.conv2d(padded, weight, stride=stride, groups=groups)

    def norm(rows: torch.Tensor, name: str) -> torch.Tensor:
        parts = (raw[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        return functional.batch_norm(rows, *parts, eps=1e-3)

    firsts_of_stages = {0: 1, 1: 2, 3: 2, 5: 2, 8: 1, 11: 2, 15: 1}
    picture = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        rows = functional.relu6(norm(convolve(picture, "_conv_stem", 2), "_bn0"))
        for block in range(16):
            before, name = rows, f"_blocks.{block}."
            if f"{name}_expand_conv.weight" in raw:
                rows = functional.relu6(norm(convolve(rows, f"{name}_expand_conv"), f"{name}_bn0"))
            stride = firsts_of_stages.get(block, 1)
            rows = functional.relu6(norm(convolve(rows, f"{name}_depthwise_conv", stride), f"{name}_bn1"))
            rows = norm(convolve(rows, f"{name}_project_conv"), f"{name}_bn2")
            rows = rows + before if rows.shape == before.shape and block not in firsts_of_stages else rows
        rows = functional.relu6(norm(convolve(rows, "_conv_head"), "_bn1")).mean((2, 3))
        expected = functional.linear(rows, raw["_fc.weight"], raw["_fc.bias"])
        torch.testing.assert_close(tower(picture), expected, atol=1e-3, rtol=1e-3)


def test_the_text_tower_is_the_sentence_encoder_of_the_search(embedded: TorchEncoder) -> None:
    rows = embedded.encode_texts(["a puppy runs", "a small dog is running", "quantum field theory"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_rows_do_not_depend_on_their_batch(embedded: TorchEncoder) -> None:
    texts = ["hi", "a very long text about shoes, lamps, shirts, plants and all that a shop may have on its shelves"]
    together = embedded.encode_texts(texts)
    np.testing.assert_allclose(together[0], embedded.encode_texts(texts[:1])[0], atol=1e-5)


def test_the_same_seed_makes_the_same_model_and_leaves_torchs_generator_alone(embedded: TorchEncoder) -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    again = TorchEncoder(*build_default("lite0"), name="again")
    assert torch.equal(torch.rand(1), expected)
    assert again.identity.checksum == embedded.identity.checksum
    assert TorchEncoder(*build_default("lite0", seed=1), name="other").identity.checksum != again.identity.checksum


def test_other_weights_than_the_pinned_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "lite0.pth"
    shutil.copyfile(towers._image_file("lite0"), changed)
    with changed.open("r+b") as file:
        file.seek(1000)
        file.write(b"changed")
    monkeypatch.setattr(towers, "_image_file", lambda tower: changed)
    with pytest.raises(WeightsRefused) as caught:
        build_default("lite0")
    assert (caught.value.path, caught.value.expected) == (changed, TOWERS["lite0"].sha256)


def test_other_text_weights_than_the_pinned_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(towers, "TEXT_SHA256", "0" * 64)
    with pytest.raises(WeightsRefused) as caught:
        build_default("lite0")
    assert caught.value.path == embedded_text_folder() / "model.safetensors"


def test_an_unknown_tower_is_refused() -> None:
    with pytest.raises(UnknownModel, match="lite0, lite2"):
        build_default("lite9")


def test_an_unknown_weight_is_refused() -> None:
    with pytest.raises(KeyError):
        timm_names({"_surprise.weight": torch.zeros(1)}, [1])


def test_encoding_leaves_each_part_of_a_model_in_its_own_mode() -> None:
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Dropout())
    model.train()
    model[0].eval()
    with evaluating(model):
        assert not any(part.training for part in model.modules())
    assert [part.training for part in model.modules()] == [True, False, True]
