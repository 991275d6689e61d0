"""A shop of our own in each test, copied from the examples."""

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def shop_dir(tmp_path: Path) -> Path:
    """A copy of the example shop that a test may spoil."""
    return Path(shutil.copytree(EXAMPLES / "shop", tmp_path / "shop"))


@pytest.fixture
def spoil(shop_dir: Path):
    """Give a function that replaces words in one file of the shop, once and only if they are there."""

    def change(name: str, old: str, new: str) -> None:
        path = shop_dir / name
        text = path.read_text()
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1))

    return change
