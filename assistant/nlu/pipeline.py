"""What a Rasa configuration says of the pipeline to those who work beside it: encoders, threshold, catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from assistant.nlu.messages import KINDS

_ENCODER, _GATE, _EXTRACTOR = "SentenceEncoderFeaturizer", "ScopeGate", "ShoppingEntityExtractor"


class PipelineError(Exception):
    """A configuration is missing, is no YAML, or lacks a part of the house's pipeline."""


@dataclass(frozen=True)
class Pipeline:
    """What the configuration names.

    Attributes:
        encoders: the folder of the encoder for each kind of script.
        threshold: the score below which a message counts as not understood.
        lexicon: the file of the shop's own words.
    """

    encoders: Mapping[str, str]
    threshold: float
    lexicon: str

    @classmethod
    def load(cls, path: Path) -> Pipeline:
        """Read a configuration.

        Raises:
            PipelineError: it cannot be read, or has no encoder for a kind of script, no gate or no extractor.
        """
        components = _components(path)
        encoders = {kind: _encoder_for(kind, components, path) for kind in KINDS}
        gate, extractor = (_only(name, components, path) for name in (_GATE, _EXTRACTOR))
        try:
            return cls(encoders, float(gate["threshold"]), str(extractor["lexicon"]))
        except KeyError as error:
            raise PipelineError(f"{path}: the pipeline says nothing of {error}") from error


def _components(path: Path) -> list[dict[str, Any]]:
    try:
        found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return [dict(one) for one in found["pipeline"]]
    except (OSError, YAMLError) as error:
        raise PipelineError(f"{path} cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise PipelineError(f"{path} holds no pipeline of components") from error


def _encoder_for(kind: str, components: Sequence[Mapping[str, Any]], path: Path) -> str:
    for one in components:
        if str(one.get("name", "")).endswith(_ENCODER) and one.get("script", "all") in ("all", kind):
            return str(one["encoder"])
    raise PipelineError(f"{path}: no {_ENCODER} reads messages of the script {kind!r}")


def _only(name: str, components: Sequence[Mapping[str, Any]], path: Path) -> Mapping[str, Any]:
    for one in components:
        if str(one.get("name", "")).endswith(name):
            return one
    raise PipelineError(f"{path}: the pipeline has no {name}")
