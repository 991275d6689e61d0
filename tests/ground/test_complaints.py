"""Errors become two lines that a person can act on."""

import errno

import pytest

from ground.complaints import Complaint, say


def test_a_complaint_says_its_own_two_lines() -> None:
    """What and do come out as they went in, on one line each."""
    assert say(Complaint("the roll\nis empty", "put a new one in")) == (
        "the roll is empty",
        "put a new one in",
    )


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOENT, "check the path, or make the file"),
        (errno.ENOSPC, "free space on this disk"),
        (errno.EADDRINUSE, "another process listens there: stop it, or choose another port"),
    ],
)
def test_an_os_error_names_the_file_and_a_cure(number: int, cure: str) -> None:
    """The path is in the first line; the second fits the kind of error."""
    what, do = say(OSError(number, "the system's words", "/srv/x"))
    assert what == "/srv/x: the system's words"
    assert do == cure


def test_a_real_missing_file_is_said_in_words(tmp_path) -> None:
    """The error that Python raises for a missing file is understood."""
    with pytest.raises(OSError, match="No such file") as caught:
        (tmp_path / "gone").read_text()
    assert say(caught.value) == (
        f"{tmp_path / 'gone'}: No such file or directory",
        "check the path, or make the file",
    )


def test_a_timeout_is_not_taken_for_another_os_error() -> None:
    """TimeoutError is an OSError in Python, and has better words of its own."""
    assert say(TimeoutError())[0] == "no answer in time"
    assert say(TimeoutError("within 2 s"))[0] == "no answer in time (within 2 s)"


def test_a_wrong_encoding_names_the_byte() -> None:
    """The place of the first wrong byte is given."""
    with pytest.raises(UnicodeDecodeError) as caught:
        b"ab\xff".decode()
    assert say(caught.value) == ("byte 2 is not UTF-8 text", "save the file as UTF-8")


def test_an_error_nobody_foresaw_is_named_as_our_fault() -> None:
    """A bug is loud: its class and its text are said."""
    what, do = say(ZeroDivisionError("by zero"))
    assert what == "ZeroDivisionError: by zero"
    assert "fault of the program" in do
