"""Key files: what is accepted, what is refused, and with which words."""

from pathlib import Path

import pytest

from ground.complaints import Complaint
from ground.key_files import KeyRing, write_key

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    return keys


def put(directory: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = directory / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_key_file_is_64_hex_digits(directory: Path) -> None:
    """A file written by hand, with a line end, is read as its bytes."""
    put(directory, "serial-2026a.key", "00" * 31 + "ff\n")
    assert KeyRing.load(directory).secret("serial", "2026a") == bytes(31) + b"\xff"


def test_what_is_written_can_be_loaded(tmp_path: Path) -> None:
    """write_key makes the directory and the file with modes that load accepts."""
    path = write_key(tmp_path / "new", "hq-private", "1", OLD)
    assert KeyRing.load(tmp_path / "new").current("hq-private") == ("1", OLD)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_two_keys_are_valid_while_they_rotate(directory: Path) -> None:
    """Both ids answer; new values are made with the greatest id."""
    write_key(directory, "serial", "2026b", NEW)
    write_key(directory, "serial", "2026a", OLD)
    ring = KeyRing.load(directory)
    assert ring.current("serial") == ("2026b", NEW)
    assert ring.every("serial") == {"2026a": OLD, "2026b": NEW}


def test_a_marker_names_the_current_key(directory: Path) -> None:
    """A new key can lie ready before it is used."""
    write_key(directory, "shopper", "a", OLD)
    write_key(directory, "shopper", "b", NEW)
    put(directory, "shopper.current", "a\n")
    assert KeyRing.load(directory).current("shopper") == ("a", OLD)


def test_kinds_do_not_mix(directory: Path) -> None:
    """The public and the private half of one id stand beside each other."""
    write_key(directory, "hq-public", "1", OLD)
    write_key(directory, "hq-private", "1", NEW)
    ring = KeyRing.load(directory)
    assert (ring.secret("hq-public", "1"), ring.secret("hq-private", "1")) == (OLD, NEW)
    assert ring.ids("serial") == []


@pytest.mark.parametrize(
    ("name", "text", "mode", "what", "do"),
    [
        ("serial-a.key", "ab" * 32, 0o640, "others may open", "chmod 0600"),
        ("serial-a.key", "ab" * 31, 0o600, "64 hex digits", "backup"),
        ("serial-a.key", "xy" * 32, 0o600, "64 hex digits", "backup"),
        ("serial.key", "ab" * 32, 0o600, "not named like a key file", "KIND-ID.key"),
        ("parking-a.key", "ab" * 32, 0o600, "not named like a key file", "shopper"),
        ("serial-A_.key", "ab" * 32, 0o600, "not named like a key file", "KIND-ID.key"),
        ("serial.current", "b", 0o600, "no serial key here", "remove the file"),
    ],
)
def test_a_bad_file_is_refused_with_what_and_do(
    directory: Path, name: str, text: str, mode: int, what: str, do: str
) -> None:
    """Each kind of bad file stops the start with a sentence and its cure."""
    put(directory, name, text, mode)
    with pytest.raises(Complaint) as caught:
        KeyRing.load(directory)
    assert what in caught.value.what
    assert do in caught.value.do


def test_an_open_directory_is_refused(directory: Path) -> None:
    """A directory that others may list is refused, with the command that cures it."""
    directory.chmod(0o755)
    with pytest.raises(Complaint) as caught:
        KeyRing.load(directory)
    assert caught.value.do == f"chmod 0700 {directory}"


def test_a_missing_directory_and_a_missing_key_complain(directory: Path) -> None:
    """Each says what to put where."""
    with pytest.raises(Complaint, match="is not there"):
        KeyRing.load(directory / "none")
    ring = KeyRing.load(directory)
    with pytest.raises(Complaint) as caught:
        ring.secret("serial", "9")
    assert "serial-9.key" in caught.value.do
    with pytest.raises(Complaint, match="no shopper key"):
        ring.current("shopper")


def test_a_key_is_never_replaced(directory: Path) -> None:
    """Values were made with it: a new key needs a new id."""
    write_key(directory, "serial", "a", OLD)
    with pytest.raises(Complaint, match="exists already"):
        write_key(directory, "serial", "a", NEW)
    assert KeyRing.load(directory).secret("serial", "a") == OLD


@pytest.mark.parametrize(("key_id", "secret"), [("../x", OLD), ("", OLD), ("a", b"short")])
def test_a_bad_id_or_length_is_not_written(directory: Path, key_id: str, secret: bytes) -> None:
    """Nothing becomes a path that is not a plain id."""
    with pytest.raises(Complaint):
        write_key(directory, "serial", key_id, secret)
    assert list(directory.parent.rglob("*.key")) == []


def test_a_ring_shows_no_secret(directory: Path) -> None:
    """A ring in a log line names its keys only."""
    write_key(directory, "serial", "a", OLD)
    assert repr(KeyRing.load(directory)) == "KeyRing(serial-a)"
