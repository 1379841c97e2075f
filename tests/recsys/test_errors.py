from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from recsys import errors

CLASSES = {
    name: found for name, found in vars(errors).items() if inspect.isclass(found) and issubclass(found, Exception)
}


def drawn_tree():
    """Read the tree at the top of the module: each name with the parent that stands one step to its left."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in Path(errors.__file__).read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            continue
        name = line.lstrip("# |`-").split()[0]
        depth = line.index(name)
        above = [(d, n) for d, n in above if d < depth]
        if name in CLASSES:
            parents[name] = above[-1][1] if above else "Exception"
            above.append((depth, name))
    return parents


def test_the_tree_at_the_top_shows_every_error_below_its_parent():
    assert drawn_tree() == {name: found.__base__.__name__ for name, found in CLASSES.items()}


@pytest.mark.parametrize(
    "error",
    [
        errors.NoSpareColumns(3, 1),
        errors.FeatureMismatch(("colour",), ("mood",)),
        errors.ArtifactDamaged("manifest.json", "cut short"),
        errors.ArtifactVersionMismatch(1, 2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_has_to_be_rebuilt_says_how(error):
    assert errors.REBUILD in str(error)


def test_errors_carry_what_they_are_about():
    assert errors.UnknownItem("lamp").item_id == errors.UnknownItem("lamp").id == "lamp"
    assert errors.UnknownUser("ann").user_id == "ann"
    worse = errors.NotBetter("ndcg", 0.2, 0.1)
    assert (worse.metric, worse.old, worse.new) == ("ndcg", 0.2, 0.1)
    assert str(worse) == "ndcg would fall from 0.2000 to 0.1000"
