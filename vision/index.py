"""Makes or renews a gallery: the catalogue's pictures and texts as vectors.

`python -m vision.index --data artifacts/vision/demo/data --images var/images --model artifacts/vision/demo/model
--out artifacts/vision/demo/gallery`

Only what is new or changed since the last time is embedded. Whoever serves the old gallery meanwhile goes on with it,
also where this is killed. It ends with 0, with 1 where no gallery could be made, and with 130 after Ctrl-C; pictures
that cannot be read are named on stderr and left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from vision.catalogue import Catalogue
from vision.encoder import Encoder
from vision.errors import ArtifactDamaged, ModelMismatch, NothingToMatch, VisionError
from vision.gallery import BuildReport, Gallery
from vision.gallery_store import POINTER
from vision.matcher_settings import MatcherSettings


def renew(catalogue: Catalogue, encoder: Encoder, folder: Path, progress: bool = True) -> Gallery:
    """Bring the gallery in a folder up to date with a catalogue; one that cannot be used is made anew.

    Raises:
        NothingToMatch: not one picture can be read; the gallery that is there stays.
        OSError: the folder cannot be written.
    """
    gallery = Gallery.build(catalogue, encoder, _previous(encoder, folder), progress)
    if not len(gallery):
        raise NothingToMatch(f"none of {len(catalogue.photos)} pictures could be read")
    gallery.save(folder)
    return gallery


def _previous(encoder: Encoder, folder: Path) -> Gallery | None:
    try:
        return Gallery.load(folder, encoder.identity, verify=True)
    except (ArtifactDamaged, ModelMismatch) as error:
        if (folder / POINTER).exists():
            sys.stderr.write(f"The gallery is made anew: {error}\n")
        return None


def told(report: BuildReport) -> str:
    """Say in a line what was done."""
    refused = f", {len(report.refused)} could not be read" if report.refused else ""
    return (
        f"{report.embedded:,} pictures embedded, {report.kept:,} kept, {report.left:,} gone{refused}; "
        f"texts of {report.texts_embedded:,} products embedded"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, renew the gallery, and say what was done."""
    options = _parser().parse_args(arguments)
    try:
        gallery = _renew_from(options)
    except (VisionError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: the gallery is as it was before.\n")
        return 130
    report = gallery.report
    if report is not None:
        sys.stderr.writelines(f"{refused.path}: {refused.reason}\n" for refused in report.refused)
        sys.stdout.write(f"{options.out}: {told(report)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vision.index", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder with items.jsonl and photos.jsonl")
    parser.add_argument("--images", type=Path, required=True, help="the folder of pictures")
    parser.add_argument("--model", required=True, help="a folder that vision.train made, or any model of open_clip")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the gallery")
    parser.add_argument("--calibrate", type=Path, help="also calibrate a matcher to this file, unless it fits already")
    parser.add_argument("--threads", type=int, default=1, help="processor threads (%(default)s)")
    return parser


def _renew_from(options: argparse.Namespace) -> Gallery:
    # The command's help needs no model.
    from vision.saved_model import load_encoder

    catalogue = Catalogue.read(options.data, options.images)
    if not catalogue.photos:
        raise NothingToMatch("the catalogue has no pictures")
    encoder = load_encoder(options.model, options.threads)
    gallery = renew(catalogue, encoder, options.out, progress=sys.stderr.isatty())
    if options.calibrate is not None:
        _calibrate(catalogue, encoder, gallery, options.calibrate)
    return gallery


def _calibrate(catalogue: Catalogue, encoder: Encoder, gallery: Gallery, file: Path) -> None:
    from vision.calibration import calibrate

    try:
        MatcherSettings.load(file, encoder.identity)
    except (ArtifactDamaged, ModelMismatch):
        calibrate(encoder, gallery, catalogue).save(file)


if __name__ == "__main__":
    raise SystemExit(main())
