"""No answer is taken for another's: any order of replies, any flow bytes among them, cut anywhere."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from printer.status import (
    Answer,
    Block,
    Event,
    Fence,
    Info,
    ProcessId,
    Status,
    StatusReader,
)

# The replies as the reference draws them, built from their fixed bits, with what each must become.
FOUR = st.binary(min_size=4, max_size=4).map(lambda raw: bytes(32 + byte % 95 for byte in raw))
ANSWERS = st.tuples(st.integers(1, 4), st.integers(0, 15)).map(
    lambda said: (bytes([0x12 | (said[1] & 3) << 2 | (said[1] >> 2) << 5]), ("answer", said[0]))
)
STATUSES = st.binary(min_size=4, max_size=4).map(
    lambda raw: (bytes([0x10 | raw[0] & 0x6C, *(byte & 0x6F for byte in raw[1:])]), ("status", 0))
)
FENCES = st.sampled_from([0x00, 0x03, 0x0C, 0x0F]).map(
    lambda byte: (bytes([byte]), ("fence", byte))
)
IDS = FOUR.map(lambda four: (b"\x37\x22" + four + b"\x00", ("id", four)))
TEXTS = st.from_regex(r"[A-Za-z0-9 -]{0,20}", fullmatch=True).map(
    lambda text: (b"\x5f" + text.encode() + b"\x00", ("info", text))
)
KEYS = st.lists(st.binary(min_size=2, max_size=2), max_size=40).map(
    lambda keys: (
        b"\x37\x72\x40" + b"".join(bytes(32 + byte % 95 for byte in key) for key in keys) + b"\x00"
    )
)
LISTS = KEYS.filter(lambda block: block[-7:-5] != b"\x37\x22").map(
    lambda block: (block, ("block", block))
)
REPLIES = st.lists(st.one_of(ANSWERS, STATUSES, FENCES, IDS, TEXTS, LISTS), max_size=12)


def kind_of(event: Event) -> tuple[str, object]:
    """Name an event as the replies above are named."""
    match event:
        case Answer(n=n):
            return ("answer", n)
        case Status():
            return ("status", 0)
        case Fence(value=value):
            return ("fence", value)
        case ProcessId(four=four):
            return ("id", four)
        case Info(text=text):
            return ("info", text)
        case Block(data=data):
            return ("block", data)


@settings(max_examples=200, deadline=None)
@given(replies=REPLIES, cuts=st.data())
def test_every_reply_is_told_by_its_kind(
    replies: list[tuple[bytes, tuple[str, object]]], cuts: st.DataObject
) -> None:
    """Real-time answers, automatic status, fences, ids, texts, key lists: each is itself, in order."""
    reader = StatusReader()
    for _, (kind, n) in replies:
        if kind == "answer":
            assert isinstance(n, int)
            reader.asked(n)
    stream = bytearray(b"".join(data for data, _ in replies))
    for _ in range(cuts.draw(st.integers(0, 6))):  # XON and XOFF stand anywhere
        stream.insert(cuts.draw(st.integers(0, len(stream))), cuts.draw(st.sampled_from([17, 19])))
    heard: list[Event] = []
    while stream:
        size = cuts.draw(st.integers(1, len(stream)))
        heard += reader.feed(bytes(stream[:size]))
        del stream[:size]
    assert [kind_of(event) for event in heard] == [said for _, said in replies]
    assert reader.nonsense_bytes == 0


@settings(max_examples=200, deadline=None)
@given(noise=st.binary(max_size=40), four=FOUR)
def test_noise_never_names_a_job(noise: bytes, four: bytes) -> None:
    """Whatever came before, a process id is ours only if our very four characters stand in it."""
    reader = StatusReader()
    heard = reader.feed(noise + b"\x37\x22" + four + b"\x00")
    ids = [event.four for event in heard if isinstance(event, ProcessId)]
    spoken = noise + b"\x37\x22" + four + b"\x00"
    without_flow = bytes(byte for byte in spoken if byte not in (17, 19))
    assert all(b"\x37\x22" + found + b"\x00" in without_flow for found in ids)


def test_an_id_behind_noise_that_looks_like_a_block_s_head_is_found() -> None:
    """A stray 5F, 37 or 3D would swallow the answer that follows it: the id is seen all the same."""
    for head in (b"\x5f", b"\x37", b"\x3d"):
        reader = StatusReader()
        assert reader.feed(head + b"\x37\x22ab12\x00") == [ProcessId(b"ab12")]
        assert reader.nonsense_bytes == 1
