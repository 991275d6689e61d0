"""What can go wrong with the two files, as fields; `ground.complaints` makes sentences of them."""

from __future__ import annotations

from pathlib import Path


class GenerationError(Exception):
    """A generation file that cannot be used: truncated, not SQLite, of a newer schema, not as signed."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what


class JournalDamagedError(Exception):
    """A journal that must not be written on: it is to be set aside whole."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what


class JournalLostTail(Exception):  # noqa: N818 - named for what it tells
    """Headquarters has rows of this incarnation that the journal no longer holds.

    Nothing more is written on it; opened again, it is set aside and a new incarnation begins.
    """

    def __init__(self, last_seq: int, hq_acked: int) -> None:
        super().__init__(f"headquarters has rows up to {hq_acked}, the journal ends at {last_seq}")
        self.last_seq = last_seq
        self.hq_acked = hq_acked


class JournalFull(Exception):  # noqa: N818 - named for what it tells
    """The disk is full, and the room kept in reserve is used up: nothing of the call was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no room left on the disk")
        self.path = path


class JournalUnwritable(Exception):  # noqa: N818 - named for what it tells
    """The disk failed a write or a sync, or takes none: nothing of the call is kept."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what
