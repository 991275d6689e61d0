"""All the files of a lane, searched for who was erased."""

from cache.erasure import clean_up, knows
from offers.model import Wallet
from offers.shopper_key import tombstone


def test_what_may_go_goes_and_what_may_not_is_named(tmp_path, make):
    """The generation before is deleted, the one in force is named, a clean one stays; so does damage."""
    gone = frozenset({tombstone(make.ANNA)})

    def write(name: str, *keys) -> None:
        def fill(writer):
            for key in keys:
                writer.put_wallet(key, Wallet())

        make.generation(tmp_path / name, fill)

    write("offers-1.db", make.ANNA, make.BERT)
    write("offers-2.db", make.ANNA)
    write("offers-3.db", make.BERT)
    for name in ("offers-2.db.0a.part", "offers-2.db.new", "journal.db.schema-1", "journal.db"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "journal.db.damaged-20261121T120000").write_bytes(b"x")
    left = ("journal.db.damaged-20261121T120000", "offers-2.db")
    assert clean_up(tmp_path, "offers-2.db", gone) == left
    there = {path.name for path in tmp_path.iterdir()}
    assert there == {"journal.db", "offers-3.db", *left}
    (tmp_path / left[0]).unlink()
    assert clean_up(tmp_path, "offers-3.db", gone) == ()
    assert {path.name for path in tmp_path.iterdir()} == {"journal.db", "offers-3.db"}


def test_nothing_is_touched_where_nobody_is_erased(tmp_path):
    """Without tombstones, half-pulled generations and copies stay."""
    (tmp_path / "offers-2.db.0a.part").write_bytes(b"x")
    assert clean_up(tmp_path, "", frozenset()) == ()
    assert list(tmp_path.iterdir())


def test_an_alias_counts_and_so_does_a_file_that_cannot_be_read(tmp_path, make):
    """Another identity of the shopper is a trace too; what cannot be read may hold anything."""
    make.generation(tmp_path / "a.db", lambda writer: writer.put_alias(make.ANNA, make.BERT))
    assert knows(tmp_path / "a.db", frozenset({tombstone(make.ANNA)}))
    assert knows(tmp_path / "a.db", frozenset({tombstone(make.BERT)}))
    assert not knows(tmp_path / "a.db", frozenset({"0" * 32}))
    (tmp_path / "b.db").write_bytes(b"junk")
    assert knows(tmp_path / "b.db", frozenset({"0" * 32}))
