"""Secrets outside both databases: one 0700 directory, one 0600 file a key, each with an id.

A file is named KIND-ID.key ("serial-2026a.key") and holds 64 hex digits. Two ids of a kind are
valid at once while keys rotate. The current one is the greatest id by name, unless a file
KIND.current names another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ground.complaints import Complaint

Kind = Literal["shopper", "serial", "hq-public", "hq-private", "pin"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KEY_BYTES = 32  # HMAC-SHA256 wants as many as its digest; an Ed25519 key has exactly these
_NAME = re.compile(rf"({'|'.join(KINDS)})-([0-9a-z]{{1,16}})\.key")
_ID = re.compile(r"[0-9a-z]{1,16}")


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one machine, read once at start. Its repr shows no secret."""

    keys: Mapping[tuple[Kind, str], bytes]
    stated: Mapping[Kind, str]

    @classmethod
    def load(cls, directory: Path) -> KeyRing:
        """Read every key of the directory.

        Raises:
            Complaint: the directory is missing, a mode is too open, or a file is malformed.
        """
        if not directory.is_dir():
            raise Complaint(
                f"the key directory {directory} is not there", "make it, mode 0700, with the keys"
            )
        _refuse_open_mode(directory)
        keys = {_named(path): _read_key(path) for path in sorted(directory.glob("*.key"))}
        return cls(keys, _read_stated(directory, keys))

    def secret(self, kind: Kind, key_id: str) -> bytes:
        """Give one key.

        Raises:
            Complaint: there is no such key.
        """
        try:
            return self.keys[kind, key_id]
        except KeyError:
            raise Complaint(
                f"there is no {kind} key with the id {key_id!r}",
                f"put the file {kind}-{key_id}.key into the key directory",
            ) from None

    def current(self, kind: Kind) -> tuple[str, bytes]:
        """Give the id and the key to make new values with.

        Raises:
            Complaint: there is no key of this kind.
        """
        ids = self.ids(kind)
        if not ids:
            raise Complaint(
                f"there is no {kind} key", f"put a file {kind}-ID.key into the key directory"
            )
        key_id = self.stated.get(kind, ids[-1])
        return key_id, self.keys[kind, key_id]

    def ids(self, kind: Kind) -> list[str]:
        """List the ids of a kind, the oldest name first."""
        return sorted(key_id for of, key_id in self.keys if of == kind)

    def every(self, kind: Kind) -> dict[str, bytes]:
        """Give all keys of a kind by id: what a reader accepts while keys rotate."""
        return {key_id: self.keys[kind, key_id] for key_id in self.ids(kind)}

    def __repr__(self) -> str:
        names = ", ".join(f"{kind}-{key_id}" for kind, key_id in sorted(self.keys))
        return f"KeyRing({names})"


def write_key(directory: Path, kind: Kind, key_id: str, secret: bytes) -> Path:
    """Write one new key, the directory with it where it is missing; an old key is never replaced.

    Raises:
        Complaint: the id or the length is wrong, or the key exists.
    """
    path = directory / f"{kind}-{key_id}.key"
    if not _NAME.fullmatch(path.name) or len(secret) != KEY_BYTES:
        raise Complaint(
            f"{path.name} would not be a key file of {KEY_BYTES} bytes",
            f"use a kind of {', '.join(KINDS)} and an id of 1 to 16 digits and small letters",
        )
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Complaint(f"{path} exists already", "choose a new id: keys rotate by id") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def _refuse_open_mode(path: Path) -> None:
    """Refuse what others may read; Windows keeps no such mode, its ACL does this there."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        wanted = "0700" if path.is_dir() else "0600"
        raise Complaint(f"others may open {path}", f"chmod {wanted} {path}")


def _named(path: Path) -> tuple[Kind, str]:
    found = _NAME.fullmatch(path.name)
    if not found:
        raise Complaint(
            f"{path} is not named like a key file",
            f"name it KIND-ID.key with a kind of {', '.join(KINDS)}, or move it away",
        )
    kind = next(kind for kind in KINDS if kind == found[1])
    return kind, found[2]


def _read_key(path: Path) -> bytes:
    _refuse_open_mode(path)
    digits = path.read_bytes().strip()
    if not re.fullmatch(rb"[0-9a-f]{64}", digits):
        raise Complaint(
            f"{path} does not hold {2 * KEY_BYTES} hex digits", "put the key back from its backup"
        )
    return bytes.fromhex(digits.decode("ascii"))


def _read_stated(directory: Path, keys: Iterable[tuple[Kind, str]]) -> dict[Kind, str]:
    stated: dict[Kind, str] = {}
    for kind in KINDS:
        path = directory / f"{kind}.current"
        if not path.exists():
            continue
        key_id = path.read_bytes().strip().decode("ascii", "replace")
        if not _ID.fullmatch(key_id) or (kind, key_id) not in keys:
            raise Complaint(
                f"{path} names {key_id!r}, which is no {kind} key here",
                "write the id of a key that is there, or remove the file",
            )
        stated[kind] = key_id
    return stated
