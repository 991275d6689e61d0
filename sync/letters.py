"""Signed words of headquarters: manifests, recalls and deltas travel as letters.

The signed text names its own schema, so that a manifest cannot be passed off as a list of recalls.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from sync.errors import BadLetter
from sync.messages import Letter, encode
from sync.payload import NAMES

T = TypeVar("T", bound=Struct)


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """What the signature covers: the words, and which words they are."""

    schema: str
    body: Raw


def seal(message: Struct, key_id: str, private_key: bytes) -> Letter:
    """Sign a message. The key is the 32 raw bytes of an Ed25519 private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    text = encode(Text(NAMES[type(message)], Raw(encode(message))))
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(text)
    return Letter(text.decode(), key_id, base64.b64encode(signature).decode())


def open_letter(payload: bytes, kind: type[T], public_keys: Mapping[str, bytes]) -> T:
    """Read a letter of one kind, its signature first.

    Args:
        payload: the plain JSON bytes of the letter.
        kind: the message that must be in it.
        public_keys: Ed25519 public keys, 32 raw bytes each, by id.

    Raises:
        BadLetter: malformed, unknown key, wrong signature, or another kind of words.
    """
    try:
        letter = msgspec.json.decode(payload, type=Letter)
        _verify(letter, public_keys)
        json.loads(letter.text, object_pairs_hook=_no_duplicates)
        text = msgspec.json.decode(letter.text, type=Text)
        if text.schema != NAMES[kind]:
            raise BadLetter(f"holds {text.schema[:64]!r} where {NAMES[kind]!r} is due")
        return msgspec.json.decode(text.body, type=kind)
    except (ValueError, RecursionError) as error:
        raise BadLetter(f"malformed: {error}") from None


def _verify(letter: Letter, public_keys: Mapping[str, bytes]) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = public_keys.get(letter.key_id)
    if key is None:
        raise BadLetter(f"signed with the key {letter.key_id[:32]!r}, which is not known here")
    try:
        signature = base64.b64decode(letter.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, letter.text.encode())
    except (InvalidSignature, binascii.Error, UnicodeEncodeError):
        raise BadLetter("the signature does not fit the words") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise BadLetter(f"a key stands twice in {sorted(names)[:8]}")
