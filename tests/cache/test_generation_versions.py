"""A generation of a release before or after this one: what can be read is, what cannot stays out."""

import sqlite3
from contextlib import closing

import pytest

from cache.errors import GenerationError
from cache.generation import Generation
from offers.context import Experiment
from offers.model import Product

LOTTERY = b', "reward": {"type": "lottery", "odds": 7}}'  # a reward that no release has
HOLDOUT = Experiment("autumn-10", "salt-1", 100, ("C1",))


def fill(writer, make) -> None:
    writer.put_offer(make.offer(1))
    writer.put_offer(make.offer(2))
    writer.put_products([Product(make.YOGURT, "Yogurt", "Alm", "dairy")])
    writer.put_products([Product(make.BREAD, "Bread", "Alm", "bread")])
    writer.put_stock(make.YOGURT, 12, make.NOON, 480)
    writer.put_stock(make.BREAD, 3, make.NOON)
    writer.put_experiments([HOLDOUT])


@pytest.fixture
def changed(tmp_path, make):
    """Give a function that writes a generation, changes it by SQL, and opens it."""
    opened = []

    def write(*statements: str, values=()) -> Generation:
        path = tmp_path / "g.db"
        make.generation(path, lambda writer: fill(writer, make))
        with closing(sqlite3.connect(path)) as db, db:
            for statement in statements:
                db.execute(statement, values)
        opened.append(Generation.open(path))
        return opened[-1]

    yield write
    for generation in opened:
        generation.close()


def test_sold_units_and_holdouts_are_read_back(changed, make):
    """The four weeks' sales where headquarters gave them, and each holdout."""
    generation = changed()
    assert generation.sold_28d(make.YOGURT) == 480
    assert generation.sold_28d(make.BREAD) is None
    assert generation.sold_28d("0") is None
    assert generation.stock(make.YOGURT) == (12, make.NOON)
    assert generation.experiments == (HOLDOUT,)
    assert generation.refused == {}


def test_a_file_from_before_the_sold_units_opens(changed, make):
    """The first release's table has one column less, and no document of experiments."""
    generation = changed(
        "ALTER TABLE stock DROP COLUMN sold_28d", "DELETE FROM document WHERE name = 'experiments'"
    )
    assert generation.stock(make.YOGURT) == (12, make.NOON)
    assert generation.sold_28d(make.YOGURT) is None
    assert generation.experiments == ()


def test_the_first_release_reads_a_file_with_sold_units(changed, make):
    """It asks for its columns by name and for its own schema: a column more changes neither."""
    db = changed()._db
    asked = "SELECT on_hand, as_of FROM stock WHERE gtin = ?"  # as the first release asks
    assert db.execute(asked, (make.YOGURT,)).fetchone() == (12, make.NOON.isoformat())
    assert db.execute("PRAGMA user_version").fetchone() == (1,)


def test_one_offer_of_a_newer_headquarters_is_refused_alone(changed, make):
    """A reward that is not known here costs that offer, never the generation."""
    body = b'{"offer_id": "O2", "version": 1' + LOTTERY
    generation = changed("UPDATE offer SET body = ? WHERE offer_id = 'O2'", values=(body,))
    assert list(generation.offers) == ["O1"]
    assert list(generation.refused) == ["O2"]
    assert generation.refused["O2"]
    assert generation.offer_by_coupon("0000000000002") is None


def test_one_article_of_a_newer_headquarters_is_unknown(changed, make):
    """A flag that is not known here may stand for a law: the article counts for nothing."""
    body = b'{"gtin": "1", "name": "x", "brand": "Alm", "category": "dairy", "flags": ["laser"]}'
    generation = changed(
        f"UPDATE product SET body = ? WHERE gtin = '{make.YOGURT}'", values=(body,)
    )
    generation.warm()
    assert generation.product(make.YOGURT) is None
    assert generation.product(make.BREAD).name == "Bread"
    assert generation.products_of(make.offer(1)) == {}
    assert generation.bad_products == 2


def test_a_policy_that_asks_for_more_is_refused_whole(changed):
    """A rule of printing that this lane would not keep: the generation before goes on."""
    with pytest.raises(GenerationError, match="cannot be read"):
        changed(
            "UPDATE document SET body = ? WHERE name = 'policy'", values=(b'{"moon_phase": 3}',)
        )
