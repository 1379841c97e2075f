from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from replies.batches import IGNORED, batches_of, chance_of, changed, rows_of
from replies.copying import copying_examples
from replies.errors import ArtifactDamaged, InvalidSetting, NothingToLearn
from replies.examples import Example
from replies.facts import placeholders
from replies.graph import weights_of
from replies.learner import Learner
from replies.model_folder import GRAPH_FILE, read_manifest
from replies.network import new_network, warm_start
from replies.situation import Situation
from replies.tokens import TOKENIZER_FILE, Tokens
from replies.train import best_rate
from replies.train_settings import TrainSettings
from replies.trainer import CHECKPOINT, Trainer
from replies.training_task import learnable, learnt_tokens
from tests.replies.small import SETTINGS


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def tokens(examples: list[Example]) -> Tokens:
    return learnt_tokens(examples, 700)


def network_of(tokens: Tokens, settings: TrainSettings) -> Any:
    return new_network(replace(settings.sizes, vocabulary=tokens.size), tokens.pad, tokens.end, settings.seed)


def fit(tokens: Tokens, examples: list[Example], folder: Path, settings: TrainSettings, kill_at: str = "") -> Any:
    network = network_of(tokens, settings)

    def say(line: str) -> None:
        if kill_at and line.startswith(kill_at):
            raise Killed

    trainer = Trainer(network, tokens, settings, folder, say=say)
    found = learnable(examples)
    trainer.fit(found.train, found.validation)
    return trainer, network


def same(one: Any, other: Any) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("kill_at", ["pass 1, step 4", "pass 2:", "pass 3, step 2"])
@pytest.mark.parametrize("options", [{}, {"dropout": 0.3, "adversarial": 0.5}], ids=["plain", "dropout and FGM"])
def test_a_training_that_was_killed_ends_with_the_same_weights(
    tokens: Tokens, examples: list[Example], tmp_path: Path, kill_at: str, options: dict[str, float]
) -> None:
    settings = replace(SETTINGS, **options)  # type: ignore[arg-type]
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole, expected = fit(tokens, examples, tmp_path / "whole", settings)
    with pytest.raises(Killed):
        fit(tokens, examples, tmp_path / "killed", settings, kill_at)
    again, found = fit(tokens, examples, tmp_path / "killed", settings)
    assert same(found, expected)
    assert [epoch.validation for epoch in again.epochs] == [epoch.validation for epoch in whole.epochs]


def test_it_learns_and_keeps_the_best_pass(tokens: Tokens, examples: list[Example], tmp_path: Path) -> None:
    trainer, _ = fit(tokens, examples, tmp_path, replace(SETTINGS, epochs=6, copying=0.0))
    losses = [epoch.validation for epoch in trainer.epochs]
    assert min(losses) < losses[0]
    assert trainer.epochs[-1].train < trainer.epochs[0].train / 1.5


def test_a_training_that_ends_before_its_schedule_is_the_beginning_of_the_whole(
    tokens: Tokens, examples: list[Example], tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "part").mkdir()
    whole, _ = fit(tokens, examples, tmp_path / "whole", replace(SETTINGS, epochs=3, patience=9))
    part, _ = fit(tokens, examples, tmp_path / "part", replace(SETTINGS, epochs=2, schedule=3, patience=9))
    other, _ = fit(tokens, examples, tmp_path, replace(SETTINGS, epochs=2, patience=9))

    def losses(trainer: Trainer) -> list[float]:
        return [epoch.validation for epoch in trainer.epochs]

    assert losses(part) == losses(whole)[:2]
    assert losses(other) != losses(part)


def test_it_stops_early(tokens: Tokens, examples: list[Example], tmp_path: Path) -> None:
    trainer, _ = fit(tokens, examples, tmp_path, replace(SETTINGS, epochs=40, rate=0.3, patience=1, warm_steps=0))
    assert len(trainer.epochs) < 40


def test_frozen_layers_stay(tokens: Tokens, examples: list[Example], tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=1, frozen=1)
    before = network_of(tokens, settings).state_dict()
    _, network = fit(tokens, examples, tmp_path, settings)
    after = network.state_dict()
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert any(name.startswith("model.layers.1.") for name in moved)
    assert not any(name.startswith(("model.layers.0.", "model.embed")) for name in moved)


def test_the_adversarial_step_leaves_the_embedding_where_it_was(tokens: Tokens, examples: list[Example]) -> None:
    settings = replace(SETTINGS, adversarial=1.0)
    learner = Learner(network_of(tokens, settings), settings, 10)
    batch = next(batches_of(rows_of(examples[:4], tokens, 99, None), 4, tokens.pad))
    table = learner.network.get_input_embeddings().weight
    learner._loss(batch, 0.0).backward()
    before, gradient = table.detach().clone(), table.grad.clone()
    learner._against(batch)
    assert torch.allclose(table, before, atol=1e-6)
    assert not torch.equal(table.grad, gradient)


@pytest.mark.parametrize("content", [b"", b"no checkpoint"])
def test_a_broken_checkpoint_is_told(tokens: Tokens, examples: list[Example], tmp_path: Path, content: bytes) -> None:
    (tmp_path / CHECKPOINT).write_bytes(content)
    with pytest.raises(ArtifactDamaged):
        fit(tokens, examples, tmp_path, SETTINGS)


def test_a_checkpoint_of_other_settings_is_told(tokens: Tokens, examples: list[Example], tmp_path: Path) -> None:
    fit(tokens, examples, tmp_path, SETTINGS)
    with pytest.raises(ArtifactDamaged, match="other settings"):
        fit(tokens, examples, tmp_path, replace(SETTINGS, rate=1e-3))


def test_only_replies_are_learnt(tokens: Tokens, examples: list[Example]) -> None:
    rows = rows_of(examples[:5], tokens, 99, None)
    batch = next(batches_of(rows, 5, tokens.pad))
    counted = batch.labels != IGNORED
    assert int(counted.sum()) == sum(len(reply) for _, reply in rows)
    assert torch.equal(batch.labels[counted], batch.ids[counted])
    assert int(batch.mask.sum()) == sum(len(prompt) + len(reply) for prompt, reply in rows)


def test_every_pass_sees_each_example_once_in_another_order(tokens: Tokens, examples: list[Example]) -> None:
    rows = rows_of(examples, tokens, 99, None)
    orders = [[tuple(r.tolist()) for b in batches_of(rows, 8, 0, seed=seed) for r in b.ids] for seed in ("a", "a", "b")]
    assert orders[0] == orders[1] != orders[2]
    assert len(orders[0]) == len(rows)


def test_changes_keep_facts_and_drop_words_of_the_shopper_only(examples: list[Example]) -> None:
    situation = Situation.of(examples[0])
    settings = replace(SETTINGS, word_drop=0.5)
    seen = {changed(situation, settings, chance_of(str(seed))) for seed in range(20)}
    assert len(seen) > 5
    assert {frozenset(one.facts) for one in seen} == {frozenset(situation.facts)}
    words = set(situation.turns[0].split())
    assert all(set(one.turns[0].split()) <= words and one.turns[0] for one in seen)


def test_practice_in_copying_asks_for_what_the_passage_says(examples: list[Example]) -> None:
    made = copying_examples(examples, 0.5, chance_of("x"))
    assert len(made) == 30
    for example in made:
        passages = [fact.value for fact in example.facts if fact.kind == "passage"]
        assert not passages or example.reply in passages[0]
        assert set(placeholders(example.reply)) <= Situation.of(example).names


def test_the_best_step_size_is_found(examples: list[Example]) -> None:
    said: list[str] = []
    assert best_rate(learnable(examples), replace(SETTINGS, epochs=1), [1e-6, 5e-3], said.append) == 5e-3
    assert len(said) == 2


def test_without_families_of_both_parts_nothing_is_learnt(examples: list[Example]) -> None:
    with pytest.raises(NothingToLearn):
        learnable([example for example in examples if example.split == "train"])


@pytest.mark.parametrize(("name", "value"), [("rate", 0.0), ("dropout", 1.0), ("frozen", -1), ("batch", 0)])
def test_settings_that_train_nothing_are_refused(name: str, value: float) -> None:
    with pytest.raises(InvalidSetting) as caught:
        TrainSettings(**{name: value})  # type: ignore[arg-type]
    assert caught.value.name == name


def test_settings_survive_json() -> None:
    assert TrainSettings.from_json(SETTINGS.as_json()) == SETTINGS


def test_a_training_may_begin_where_another_with_other_tokens_ended(
    model: Path, tokens: Tokens, examples: list[Example], tmp_path: Path
) -> None:
    known, sizes = Tokens.read(model / TOKENIZER_FILE), read_manifest(model).sizes
    assert sizes is not None
    own = learnt_tokens(examples, 700, ["天气很好天气很好", "quite other words and quite other words"])
    network = new_network(replace(sizes, vocabulary=own.size), own.pad, own.end, seed=5)
    weights = weights_of(model / GRAPH_FILE, sizes)
    warm_start(network, own, weights, known)
    rows = network.get_input_embeddings().weight
    shared = own.encode("{product.1}")[0], known.encode("{product.1}")[0]
    assert torch.equal(rows[shared[0]], weights["model.embed_tokens.weight"][shared[1]])
    assert torch.equal(network.model.layers[1].mlp.up_proj.weight, weights["model.layers.1.mlp.up_proj.weight"])
    found, settings = learnable(examples), replace(SETTINGS, epochs=1)
    begun = Trainer(network, own, settings, tmp_path).fit(found.train, found.validation)
    (tmp_path / "fresh").mkdir()
    fresh, _ = fit(tokens, examples, tmp_path / "fresh", settings)
    assert begun.validation < fresh.epochs[0].validation
