from pathlib import Path

import msgspec
import pytest

from printer.errors import ProfileError
from printer.probe import compile_profile, known_models
from printer.profile import (
    MAX_PROFILE_BYTES,
    PROFILES,
    Profile,
    find_profile,
    load_profile,
    save_profile,
)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_survives_its_file(name: str, tmp_path: Path) -> None:
    """Written and read back it is the same, and found by name or by path."""
    path = tmp_path / "printer.json"
    save_profile(PROFILES[name], path)
    assert load_profile(path) == PROFILES[name] == find_profile(name) == find_profile(str(path))
    assert [file.name for file in tmp_path.iterdir()] == ["printer.json"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"name": "x", "dots": 576}', "dots"),
        ('{"dots_wide": 576}', "name"),
        ('{"name": "x", "dots_wide": 9999}', "dots_wide"),
        ('{"name": "x", "code_pages": {"0": "cp99999"}}', "cp99999"),
        ('{"name": "x", "code_pages": {"300": "cp437"}}', "code_pages"),
        ('{"name": "x", "dot_gain": NaN}', "malformed"),
        ("not json", "malformed"),
        (" " * (MAX_PROFILE_BYTES + 1), "longer"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_path_and_reason(
    text: str, why: str, tmp_path: Path
) -> None:
    """Unknown fields, wrong ranges, unknown code pages, rubbish: each is named."""
    path = tmp_path / "printer.json"
    path.write_text(text)
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert caught.value.path == str(path)
    assert why in caught.value.why


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    """Neither a built-in name nor a file."""
    with pytest.raises(ProfileError, match="nowhere"):
        find_profile(str(tmp_path / "nowhere.json"))


def test_the_window_leaves_what_an_epson_calls_full() -> None:
    """4096 bytes of buffer: 3968 on the way at most, in parts of 1984."""
    profile = Profile(name="x", buffer_bytes=4096)
    assert (profile.window_bytes, profile.part_bytes) == (3968, 1984)


def test_only_a_proof_makes_a_fence_follow_the_paper() -> None:
    """No built-in profile claims what only the very unit can show."""
    assert not any(profile.fence_follows_paper for profile in PROFILES.values())


def test_python_escpos_gives_width_columns_and_pages() -> None:
    """The TM-T88V of its data base: 512 dots at 180 dpi, 42 columns, page 16 first."""
    profile = compile_profile("TM-T88V", buffer_bytes=65_536)
    assert (profile.dots_wide, profile.dpi, profile.columns_a, profile.columns_b) == (
        512,
        180,
        42,
        56,
    )
    assert next(iter(profile.code_pages.items())) == (16, "cp1252")
    assert profile.buffer_bytes == 65_536
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile


def test_every_model_of_python_escpos_compiles_or_says_what_is_missing() -> None:
    """Each gives a valid profile once its width is told."""
    for name in known_models():
        profile = compile_profile(name, dots_wide=384)
        assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile
        assert not {"cp862", "cp864", "cp1255", "cp1256"} & set(profile.code_pages.values())
    with pytest.raises(ProfileError, match="dots_wide"):
        compile_profile("default")
    with pytest.raises(ProfileError, match="TM-T88V"):
        compile_profile("TM-T99")
