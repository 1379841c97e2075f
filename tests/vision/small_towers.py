"""A small model of the embedded one's make: a timm tower with TensorFlow's padding and a BERT, of random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vision.checkpoint import Checkpoint
from vision.encoder import Preprocess
from vision.text_tokens import TextTokens
from vision.towers import TorchTokens, build

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "the", "red", "blue"),
    *("green", "shoe", "shirt", "lamp", "running", "cotton", "for", "women"),
)


def write_text_folder(folder: Path) -> Path:
    """Write a BERT of two small layers: its config and its tokenizer."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": len(WORDS),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
    }
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizerFast"}', encoding="utf-8")
    return folder


def small_config(text_folder: Path) -> dict[str, Any]:
    return {
        "embed_dim": 24,
        "vision_cfg": {
            "timm_model_name": "tf_efficientnet_lite0",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "image_size": 32,
        },
        "text_cfg": {
            "hf_model_name": str(text_folder),
            "hf_tokenizer_name": str(text_folder),
            "hf_proj_type": "linear",
            "hf_pooler_type": "mean_pooler",
            "context_length": 16,
        },
        "custom_text": True,
    }


def small_checkpoint(text_folder: Path) -> Checkpoint:
    """Build the model in memory, of an image tower that reads 32 pixels."""
    config = small_config(text_folder)
    tokens = TorchTokens(TextTokens(text_folder / "tokenizer.json", 16))
    return Checkpoint(build(config), tokens, Preprocess(32, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "pad"), config)
