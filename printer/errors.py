"""What can be wrong with a slip or a profile: three classes with fields."""

from __future__ import annotations


class PictureError(Exception):
    """A picture that is not printed: not a PNG, broken, or too big to be decoded safely."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CodeError(Exception):
    """A code that cannot be printed so that a scanner reads it right.

    `needed_dots` is set where it is too wide for the paper (`have_dots`); a printer would
    print nothing, and not say so.
    """

    def __init__(self, kind: str, why: str, needed_dots: int = 0, have_dots: int = 0) -> None:
        super().__init__(f"{kind}: {why}")
        self.kind = kind
        self.why = why
        self.needed_dots = needed_dots
        self.have_dots = have_dots


class CodeTooWide(CodeError):  # noqa: N818 - a shop-floor word, and a kind of CodeError
    """The code with its quiet zones is wider than the paper."""

    def __init__(self, kind: str, needed_dots: int, have_dots: int) -> None:
        why = f"needs {needed_dots} dots, the paper has {have_dots}"
        super().__init__(kind, why, needed_dots, have_dots)


class ProfileError(Exception):
    """A profile file that cannot be used. `path` names it, `why` says what is wrong."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why
