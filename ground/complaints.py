"""The one place that turns an error into two lines for a person: what happened, and what to do."""

from __future__ import annotations

import errno
from collections.abc import Callable


class Complaint(Exception):  # noqa: N818 - it is said to a person, not only raised
    """Something that a person can put right: what happened, and what to do about it."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what = what
        self.do = do


def say(error: BaseException) -> tuple[str, str]:
    """Turn an error into (what happened, what to do), each one line without a full stop too many."""
    if isinstance(error, Complaint):
        return _line(error.what), _line(error.do)
    for kind, words in _WORDS:
        if isinstance(error, kind):
            what, do = words(error)
            return _line(what), _line(do)
    return (
        _line(f"{type(error).__name__}: {error}"),
        "this is a fault of the program: report it with the log's last lines",
    )


def _line(text: str) -> str:
    return " ".join(text.split())


_OS_CURES = {
    errno.ENOENT: "check the path, or make the file",
    errno.EACCES: "run as a user that may read and write it, or change its owner",
    errno.EPERM: "run as a user that may read and write it, or change its owner",
    errno.ENOSPC: "free space on this disk",
    errno.EROFS: "the disk is read-only: look at it, then mount it for writing",
    errno.EADDRINUSE: "another process listens there: stop it, or choose another port",
    errno.ECONNREFUSED: "nothing listens there: start it, or correct host and port",
    errno.EHOSTUNREACH: "check the cable, the network and the address",
    errno.ENETUNREACH: "check the cable, the network and the address",
    errno.EISDIR: "name a file, not a directory",
    errno.ENOTDIR: "name a directory",
    errno.EEXIST: "name another file, or move the one that is there",
    errno.EBUSY: "another process holds it: stop that one",
}


def _os_error(error: BaseException) -> tuple[str, str]:
    assert isinstance(error, OSError)
    place = f"{error.filename}: " if error.filename else ""
    what = f"{place}{error.strerror or str(error) or type(error).__name__}"
    return what, _OS_CURES.get(error.errno or 0, "see the reason given, put it right and try again")


def _timed_out(error: BaseException) -> tuple[str, str]:
    return f"no answer in time ({error})" if str(error) else "no answer in time", (
        "check that the other end runs and is reachable, then try again"
    )


def _not_text(error: BaseException) -> tuple[str, str]:
    assert isinstance(error, UnicodeDecodeError)
    return f"byte {error.start} is not UTF-8 text", "save the file as UTF-8"


Words = Callable[[BaseException], tuple[str, str]]
_WORDS: tuple[tuple[type[BaseException], Words], ...] = (  # the narrower kind first
    (TimeoutError, _timed_out),
    (OSError, _os_error),
    (UnicodeDecodeError, _not_text),
    (MemoryError, lambda _: ("out of memory", "end other programs, or add memory")),
    (KeyboardInterrupt, lambda _: ("stopped by hand", "start it again when you want it")),
)
