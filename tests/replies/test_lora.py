from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from replies.errors import ArtifactDamaged, BaseMismatch, InvalidSetting, UnknownModel
from replies.examples import Example
from replies.hub import load_hub
from replies.lora import LoraSettings, add_lora, base_name, merge_lora, read_adapter, write_adapter
from replies.model_folder import ADAPTER_CONFIG, ADAPTER_WEIGHTS, load_generator, read_manifest
from replies.network import new_network
from replies.publish import Judged
from replies.situation import Situation
from replies.tune import tune_model
from tests.replies.small import SETTINGS, SIZES

LORA = LoraSettings(rank=4, alpha=8.0, dropout=0.0)
TUNING = replace(SETTINGS, epochs=2, copying=0.0)
IDS = torch.tensor([[3, 4, 5, 6]])


def logits(network: Any) -> torch.Tensor:
    with torch.inference_mode():
        return network.eval()(input_ids=IDS).logits


def adapted(seed: int = 0) -> Any:
    """A small Llama with an adapter that changes what it says."""
    network = new_network(SIZES, 0, 1, seed)
    add_lora(network, LORA)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.1)
    return network


def write_hub_folder(folder: Path, kind: str) -> Path:
    """A tiny causal or seq2seq model as transformers stores it; its tokenizer is of bytes and knows no placeholder."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import (
        GPT2Config,
        GPT2LMHeadModel,
        PreTrainedTokenizerFast,
        Qwen2Config,
        Qwen2ForCausalLM,
        T5Config,
        T5ForConditionalGeneration,
    )

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, special_tokens=["<pad>", "<eos>"])
    raw.train_from_iterator(["yes, it is warm"] * 3, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<eos>")
    tokenizer.save_pretrained(folder)
    size = len(tokenizer)
    torch.manual_seed(1)
    ends = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 1}
    if kind == "gpt2":
        config = GPT2Config(vocab_size=size, n_positions=768, n_embd=32, n_layer=2, n_head=2, **ends)
        model: Any = GPT2LMHeadModel(config)
    elif kind == "qwen2":
        heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 2}
        wide = {"hidden_size": 32, "intermediate_size": 64, "max_position_embeddings": 768}
        model = Qwen2ForCausalLM(Qwen2Config(vocab_size=size, **wide, **heads, **ends))
    else:
        shape = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0}
        model = T5ForConditionalGeneration(T5Config(vocab_size=size, **shape, pad_token_id=0, eos_token_id=1))
    model.save_pretrained(folder)
    return folder


def test_a_fresh_adapter_changes_nothing_and_is_all_that_learns() -> None:
    network = new_network(SIZES, 0, 1)
    before = logits(network)
    assert add_lora(network, LORA) == ("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj")
    assert torch.equal(logits(network), before)
    assert all("lora_" in name for name, weight in network.named_parameters() if weight.requires_grad)


def test_a_stored_adapter_says_the_same_on_its_base_and_merged(tmp_path: Path) -> None:
    network = adapted()
    write_adapter(network, LORA, "base", tmp_path)
    again = new_network(SIZES, 0, 1)
    plain = logits(again)
    read_adapter(again, "base", tmp_path)
    assert torch.equal(logits(again), logits(network))
    assert not torch.allclose(logits(again), plain, atol=1e-3)
    merge_lora(again)
    assert torch.allclose(logits(again), logits(network), atol=1e-5)
    assert not any("lora_" in name for name, _ in again.named_parameters())


def test_the_files_are_those_that_peft_reads(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    write_adapter(adapted(), LORA, "base", tmp_path)
    config = json.loads((tmp_path / ADAPTER_CONFIG).read_text())
    assert (config["peft_type"], config["task_type"], config["r"], config["lora_alpha"]) == (
        "LORA",
        "CAUSAL_LM",
        4,
        8.0,
    )
    names = load_file(tmp_path / ADAPTER_WEIGHTS)
    assert "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight" in names
    assert len(names) == 2 * 7 * SIZES.layers


def test_an_adapter_of_another_base_is_refused(tmp_path: Path) -> None:
    one, other = new_network(SIZES, 0, 1, seed=0), new_network(SIZES, 0, 1, seed=1)
    write_adapter(adapted(), LORA, base_name("shop", one), tmp_path)
    with pytest.raises(BaseMismatch) as caught:
        read_adapter(other, base_name("shop", other), tmp_path)
    assert caught.value.found != caught.value.expected


@pytest.mark.parametrize("how", ["cut short", "other rank", "no config"])
def test_a_broken_adapter_is_refused(tmp_path: Path, how: str) -> None:
    write_adapter(adapted(), LORA, "base", tmp_path)
    file = tmp_path / ADAPTER_WEIGHTS
    if how == "cut short":
        file.write_bytes(file.read_bytes()[:-50])
    elif how == "other rank":
        config = json.loads((tmp_path / ADAPTER_CONFIG).read_text())
        (tmp_path / ADAPTER_CONFIG).write_text(json.dumps({**config, "r": 2}))
    else:
        (tmp_path / ADAPTER_CONFIG).unlink()
    with pytest.raises(ArtifactDamaged):
        read_adapter(new_network(SIZES, 0, 1), "base", tmp_path)


def test_layers_that_are_not_there_are_told() -> None:
    with pytest.raises(UnknownModel):
        add_lora(new_network(SIZES, 0, 1), LoraSettings(targets=("nothing",)))
    with pytest.raises(InvalidSetting):
        LoraSettings(rank=0)


def test_a_shop_tunes_the_house_model_and_serves_it_without_an_adapter(
    model: Path, examples: list[Example], tmp_path: Path
) -> None:
    outcome = tune_model(str(model), examples, tmp_path, TUNING, LORA, lambda folder: Judged(1.0, 0.5, 1))
    manifest = read_manifest(outcome.folder)
    assert manifest.base.startswith(f"{model.name}@")
    assert (outcome.folder / ADAPTER_WEIGHTS).is_file()
    assert (outcome.folder / "model.onnx").read_bytes() != (model / "model.onnx").read_bytes()
    writer = load_generator(outcome.folder)
    assert writer.write(Situation.of(examples[0]), 60)
    writer.close()


@pytest.mark.parametrize("kind", ["gpt2", "qwen2", "t5"])
def test_a_model_of_a_hub_is_tuned_and_serves_under_the_same_rules(
    kind: str, examples: list[Example], tmp_path: Path
) -> None:
    hub = write_hub_folder(tmp_path / "hub", kind)
    outcome = tune_model(str(hub), examples[:40], tmp_path / "shop", TUNING, LORA, lambda _: Judged(1.0, 0.5, 1))
    assert read_manifest(outcome.folder).hub == str(hub)
    writer = load_generator(outcome.folder)
    situations = [Situation.of(example) for example in examples[:3]]
    for situation in (*situations, Situation("judge_suitability", "zh", (), (), ("它保暖吗",))):
        for line in _lines(writer, situation):
            assert "{" not in line or "{product.1}" in line or "{price}" in line
            assert not any(sign.isnumeric() for sign in line.replace("{product.1}", "") if sign < "一")
    writer.close()
    shutil.rmtree(hub)
    write_hub_folder(hub, "gpt2" if kind != "gpt2" else "qwen2")
    with pytest.raises((BaseMismatch, UnknownModel, ArtifactDamaged)):
        load_generator(outcome.folder)


def _lines(writer: Any, situation: Situation) -> tuple[str, ...]:
    from replies.errors import NotWritten

    try:
        found: tuple[str, ...] = writer.write(situation, 60)
    except NotWritten:
        return ()
    return found


@pytest.mark.parametrize("kind", ["gpt2", "qwen2", "t5"])
def test_writing_token_by_token_gives_what_the_whole_text_gives(kind: str, tmp_path: Path) -> None:
    import numpy as np

    from replies.torch_backend import TorchBackend

    network, tokens = load_hub(str(write_hub_folder(tmp_path, kind)))
    backend = TorchBackend(network, tokens)
    prompts = [tokens.encode("is it warm, or not?"), tokens.encode("price")]
    logits, state = backend.begin(prompts)
    logits, _ = backend.next(state, np.array([1, 0]), np.array([20, 30]))
    with torch.inference_mode():
        for row, (prompt, token) in enumerate(((prompts[1], 20), (prompts[0], 30))):
            if kind == "t5":
                asked = {"input_ids": torch.tensor([prompt]), "decoder_input_ids": torch.tensor([[0, token]])}
            else:
                asked = {"input_ids": torch.tensor([[*prompt, token]])}
            assert np.abs(network(**asked).logits[0, -1].numpy() - logits[row]).max() < 1e-3


def test_what_is_no_model_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel) as caught:
        load_hub(str(tmp_path))
    assert caught.value.name == str(tmp_path)
