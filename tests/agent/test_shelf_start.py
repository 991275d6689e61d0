"""The generation that a lane starts with."""

from agent.shelf_start import NONE, drop_old, first_generation
from tests.lane_shop import build_generation


def test_a_new_lane_starts_with_an_empty_generation(tmp_path):
    """It sells, and offers nothing; nothing may be accepted unasked either."""
    generation = first_generation(tmp_path, "", "s001")
    assert (generation.id, generation.offers, generation.store.store) == (NONE, {}, "s001")
    assert generation.risk.lane_count == 0
    generation.close()


def test_a_truncated_generation_is_left_where_it_is_and_the_lane_starts_all_the_same(tmp_path):
    """Headquarters sends the next one; until then the lane sells without offers."""
    path = tmp_path / "offers-g1.db"
    build_generation(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    generation = first_generation(tmp_path, "offers-g1.db", "s001")
    assert generation.id == NONE
    assert path.stat().st_size == len(whole) // 2
    generation.close()


def test_the_pointed_one_is_opened_and_old_ones_go(tmp_path):
    """The one in force and the one before stay, for the way back."""
    for name in ("offers-g1.db", "offers-g2.db", "offers-g3.db"):
        build_generation(tmp_path / name)
    generation = first_generation(tmp_path, "offers-g3.db", "s001")
    assert set(generation.offers) == {"yogurt-20", "coffee-1"}
    generation.close()
    drop_old(tmp_path, ("offers-g3.db", "offers-g2.db"))
    assert sorted(p.name for p in tmp_path.glob("*.db")) == ["offers-g2.db", "offers-g3.db"]
