"""The till's token: one line in a 0600 file, made at the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ground.complaints import Complaint

TOKEN_CHARS = 32


def till_token(path: Path) -> str:
    """Read the token, or make one.

    Raises:
        Complaint: the file is readable by others, or holds no token.
        OSError: it can be neither read nor made.
    """
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(TOKEN_CHARS) + "\n")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Complaint(f"{path} can be read by others", f"chmod 600 {path}")
    token = path.read_text().strip()
    if len(token) < TOKEN_CHARS:
        raise Complaint(
            f"{path} holds no token", "delete the file: a new one is made at the next start"
        )
    return token


def password(path: Path | None) -> str | None:
    """Read a broker password, if one is configured.

    Raises:
        OSError: it cannot be read.
    """
    return path.read_text().strip() if path is not None else None
