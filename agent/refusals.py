"""A call that the lane refuses, in the words that go back to the caller."""

from __future__ import annotations

from agent.till_types import Problem


class Refused(Exception):  # noqa: N818
    """The lane refuses a call: what happened, and what to do. `status` is the HTTP status."""

    def __init__(self, code: str, what: str, do: str, status: int = 409) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what
        self.do = do
        self.status = status

    @property
    def problem(self) -> Problem:
        """Give what the caller reads."""
        return Problem(self.code, self.what, self.do)
