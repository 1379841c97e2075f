"""How large a decoder of our own is."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from replies.errors import InvalidSetting

MOST_TOKENS = 768
"""The longest prompt and reply together."""


@dataclass(frozen=True)
class Sizes:
    """How large a decoder is.

    Attributes:
        width: of its hidden states.
        inner: of its feed-forward layers.
        layers: how many.
        heads: of its attention; they divide the width.
        vocabulary: number of tokens.
        most_tokens: the longest sequence.
    """

    width: int = 256
    inner: int = 640
    layers: int = 4
    heads: int = 4
    vocabulary: int = 4096
    most_tokens: int = MOST_TOKENS

    def __post_init__(self) -> None:
        """Refuse what makes no network."""
        for name, value in asdict(self).items():
            if value < 1:
                raise InvalidSetting(name, value, "must be at least 1")
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise InvalidSetting("heads", self.heads, "must divide the width into even parts")

    @property
    def head(self) -> int:
        """The width of one head."""
        return self.width // self.heads
