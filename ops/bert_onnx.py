"""Turn a BERT sentence encoder into an int8 ONNX file, and tell how far that strays from the original."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer

from ops.bert_encoder import BertShape, SentenceEncoder


def load_encoder(source: Path) -> SentenceEncoder:
    """Read the weights and sizes of a sentence-transformers folder."""
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    shape = BertShape(**{field: config[field] for field in BertShape.__dataclass_fields__})
    return SentenceEncoder(load_file(source / "model.safetensors"), shape).eval()


def write_int8(encoder: SentenceEncoder, path: Path) -> None:
    """Write the encoder with its weights quantised per output channel."""
    full, ids = path.with_suffix(".fp32"), torch.tensor([[1, 2, 3], [1, 3, 0]])
    batch = {0: "sentences", 1: "tokens"}
    with warnings.catch_warnings():
        # The newer exporter needs onnxscript; the older one warns that it is old.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            encoder,
            (ids, (ids > 0).long()),
            str(full),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence"],
            dynamic_axes={"input_ids": batch, "attention_mask": batch, "sentence": {0: "sentences"}},
            opset_version=17,
            dynamo=False,
        )
    # Fewer bits (reduce_range) cost 0.04 of cosine; leaving the word table alone gains 0.004 and costs 36 MB.
    quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()


def compare(encoder: SentenceEncoder, folder: Path, sentences: Sequence[str]) -> list[float]:
    """Give the cosine of the int8 to the fp32 vector for each sentence, as it is read with its prefix."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    cosines = []
    for sentence in sentences:
        ids = np.array([tokenizer.encode(sentence).ids], dtype=np.int64)
        mask = np.ones_like(ids)
        (small,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
        with torch.no_grad():
            full = encoder(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        cosines.append(float(small[0] @ full[0]))
    return cosines
