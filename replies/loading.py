"""From folders to a writer of replies: what an action server asks for at its start."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from replies.approved import APPROVED_FILE, ApprovedReplies, Embed, kept_rows, read_approved
from replies.errors import ArtifactError, RepliesError
from replies.generator import Generator, GeneratorSettings
from replies.guarding import house_guard
from replies.model_folder import load_generator
from replies.publish import folder_of, read_in_service
from replies.service import Guard, ReplyWriter, Served
from replies.situation import Situation

logger = logging.getLogger(__name__)

PACKAGED = "packaged"


@dataclass(frozen=True)
class Places:
    """Where things lie.

    Attributes:
        packaged: the model that comes with the project.
        claims: the folder with the guard's claims and words.
        root: the shop's own folder of models; None, or one without a model, leaves it to the packaged one.
        kept: where vectors of approved replies are kept.
    """

    packaged: Path
    claims: Path
    root: Path | None = None
    kept: Path | None = None


def load_writer(
    places: Places,
    embed: Embed | None = None,
    encoder: str = "",
    settings: GeneratorSettings | None = None,
    threads: int = 1,
) -> ReplyWriter:
    """Load all rungs. A model that cannot be used is logged and left out: the rungs below it speak.

    Args:
        places: where things lie.
        embed: texts to rows of length one, for approved replies; None leaves that rung out.
        encoder: its name.
        settings: how models serve.
        threads: processor threads of each model.

    Raises:
        InvalidLexicon: the guard cannot be loaded: without it nothing may speak but templates.
    """
    guard = house_guard(places.claims)
    folders = _folders(places)
    served = [
        Served(version, generator, share)
        for version, (folder, share) in folders.items()
        if (generator := _loaded(folder, settings, threads)) is not None
    ]
    total = sum(one.share for one in served)
    served = [Served(one.version, one.generator, one.share / total) for one in served]
    main = next(iter(folders.values()))[0]
    return ReplyWriter(served, guard, None if embed is None else _approved(main, embed, encoder, guard, places.kept))


def _folders(places: Places) -> dict[str, tuple[Path, float]]:
    """Give the folder and share of each version, the largest share first."""
    own: dict[str, tuple[Path, float]] = {}
    if places.root is not None:
        try:
            now = read_in_service(places.root)
        except ArtifactError as error:
            logger.error("the packaged model writes replies instead: %s", error)
            now = None
        shares = {} if now is None else dict(now.shares)
        own = {version: (folder_of(places.root, version), share) for version, share in shares.items()}
    return dict(sorted(own.items(), key=lambda item: -item[1][1])) or {PACKAGED: (places.packaged, 1.0)}


def _loaded(folder: Path, settings: GeneratorSettings | None, threads: int) -> Generator | None:
    try:
        return load_generator(folder, settings, threads)
    except RepliesError as error:
        logger.error("the model in %s writes no replies: %s", folder, error)
        return None


def _approved(folder: Path, embed: Embed, encoder: str, guard: Guard, kept: Path | None) -> ApprovedReplies | None:
    def licensed(reply: str, situation: Situation) -> bool:
        return guard(reply, situation).ok

    try:
        replies = read_approved(folder / APPROVED_FILE)
    except ArtifactError as error:
        logger.error("no approved replies: %s", error)
        return None
    rows = None if kept is None else kept_rows(replies, embed, encoder, kept)
    return ApprovedReplies(replies, embed, licensed, rows=rows)
