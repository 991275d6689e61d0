"""GS1 DataBar Expanded Stacked, drawn as dots, from ISO/IEC 24724:2011, clauses 5.1 and 7.

Only what a coupon needs: element strings of digits, which is what AI (255) is. The symbol is a
row of blocks of 21 widths (left character, finder, right character); stacked, the blocks are laid
in rows of `columns` blocks that run to and fro.
"""

from __future__ import annotations

from math import comb

from printer.barcodes import is_digits
from printer.bitmap import Bitmap
from printer.errors import CodeError

# Finder patterns A1 to F2 as widths: table 15.
FINDERS = (
    "18411", "11481", "36411", "11463", "34611", "11643",
    "32811", "11823", "26511", "11562", "22911", "11922",
)  # fmt: skip
# Which finder patterns a symbol of so many blocks uses (indexes into FINDERS): table 16.
SEQUENCES = (
    (0, 1), (0, 3, 2), (0, 5, 2, 7), (0, 9, 2, 7, 4), (0, 9, 2, 7, 6, 11), (0, 9, 2, 7, 8, 11, 10),
    (0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 2, 3, 4, 5, 6, 9, 8), (0, 1, 2, 3, 4, 5, 6, 9, 10, 11),
    (0, 1, 2, 3, 4, 7, 6, 9, 8, 11, 10),
)  # fmt: skip
# Groups of a character's 4096 values: first value, even subsets, odd modules, widest odd and even
# element: table 14.
GROUPS = ((0, 4, 12, 7, 2), (348, 20, 10, 5, 4), (1388, 52, 8, 4, 5), (2948, 104, 6, 3, 6), (3988, 204, 4, 1, 8))  # fmt: skip
CHARACTER_MODULES = 17
CHARACTER_BITS = 12
BLOCK_MODULES = 49  # 17 + 15 + 17
GUARD_MODULES = 4
CHECK_PRIME = 211
MOST_BLOCKS = 11
ROW_MODULES = 34  # least height of a row: 7.2.8
LATCH_ALPHANUMERIC, PAD = "0000", "00100"  # 7.2.5.5


def databar_rows(digits: str, columns: int) -> list[str]:
    """Give the symbol's rows from top to bottom as modules ("1" is a bar), separators between.

    Rows 0, 4, 8, ... carry characters and are `ROW_MODULES` tall; the three between two of them
    are separators one module tall.

    Raises:
        CodeError: not digits, or too many for a symbol of 22 characters.
    """
    blocks = _blocks(_characters(digits, columns))
    rows = [blocks[at : at + columns] for at in range(0, len(blocks), columns)]
    drawn = [
        _Row(number, row, columns, last=number == len(rows) - 1) for number, row in enumerate(rows)
    ]
    lines: list[str] = []
    for above, below in zip([None, *drawn], drawn, strict=False):
        if above is not None:
            lines += [above.separator(), _middle(columns), below.separator()]
        lines.append(below.modules)
    width = max(map(len, lines))
    return [line.ljust(width, "0") for line in lines]


def databar_bitmap(digits: str, columns: int, module: int) -> Bitmap:
    """Draw it at half its height, to be printed with every row doubled.

    Raises:
        CodeError: as `databar_rows`.
    """
    rows = databar_rows(digits, columns)
    width = len(rows[0]) * module
    lines = []
    for number, row in enumerate(rows):
        tall = (ROW_MODULES if number % 4 == 0 else 1) * module
        bits = "".join(bit * module for bit in row).ljust((width + 7) // 8 * 8, "0")
        lines.append(int(bits, 2).to_bytes(len(bits) // 8, "big") * -(-tall // 2))
    data = b"".join(lines)
    return Bitmap(width, len(data) // ((width + 7) // 8), data)


def databar_columns(digits: str, module: int, dots_wide: int) -> int:
    """Give the most blocks side by side that fit, one module of white on each side; 0 if none."""
    room = (dots_wide // module - 2 - GUARD_MODULES) // BLOCK_MODULES
    blocks = (len(_characters(digits, max(1, room))) + 1) // 2
    return min(room, blocks)


def databar_width(columns: int) -> int:
    """Give the modules across."""
    return columns * BLOCK_MODULES + GUARD_MODULES


class _Row:
    """One row of blocks, and how it stands: 7.2.8 turns every other row where columns are even."""

    def __init__(self, number: int, blocks: list[list[int]], columns: int, *, last: bool) -> None:
        odd_rest = last and (columns - len(blocks)) % 2 == 1
        self._forward = columns % 2 == 1 or number % 2 == 0 or odd_rest
        self._shifted = columns % 2 == 0 and number % 2 == 1 and odd_rest
        self._blocks = len(blocks)
        widths = [width for block in blocks for width in block]
        widths = widths if self._forward else widths[::-1]
        # A shifted row begins with a space two modules wide, so that its finders stay in step.
        first = "0" if self._shifted or number % 2 == 0 else "1"
        self.modules = _spelled([2 if self._shifted else 1, 1, *widths, 1, 1], first)

    def separator(self) -> str:
        """Give the complement, with bars and spaces in turn under a finder's wide spaces: 7.2.8."""
        row = self.modules
        line = ["0"] * 4 + ["10"[int(bit)] for bit in row[4 : len(row) - 4]]
        for block in range(self._blocks):
            start = BLOCK_MODULES * block + (19 if self._shifted else 18)
            places = range(start, start + 15)
            step = -1 if self._forward else 1
            for at in places if self._forward else reversed(places):
                before = at + step
                if row[at] == row[before] == "0" and line[before] == "1":
                    line[at] = "0"
        return "".join(line)


def _middle(columns: int) -> str:
    """Give the middle separator: bar and space in turn."""
    width = databar_width(columns)
    return "".join("1" if 4 < at < width - 4 and at % 2 else "0" for at in range(width))


def _spelled(widths: list[int], first: str) -> str:
    colours = (first, "10"[int(first)])
    return "".join(colours[at % 2] * width for at, width in enumerate(widths))


def _blocks(values: list[int]) -> list[list[int]]:
    """Give each block's 21 widths (the last one may lack its right character)."""
    characters = [_widths(value) for value in values]
    count = (len(values) + 2) // 2
    if count > MOST_BLOCKS:
        raise CodeError("databar", f"needs {count} blocks, at most {MOST_BLOCKS}")
    finders = SEQUENCES[count - 2]
    check = _widths(_check(characters, finders))
    left_and_right = [check, *characters]
    blocks: list[list[int]] = []
    for number, finder in enumerate(finders):
        left = left_and_right[2 * number]
        right = left_and_right[2 * number + 1] if 2 * number + 1 < len(left_and_right) else []
        pattern = [int(width) for width in FINDERS[finder]]
        blocks.append([*left, *pattern, *reversed(right)])
    return blocks


def _check(characters: list[list[int]], finders: tuple[int, ...]) -> int:
    """Weigh every width: powers of 3 modulo 211, eight a character: 7.2.6."""
    total = 0
    for number, widths in enumerate(characters, 1):
        row = 2 * finders[number // 2] + number % 2 - 1
        total += sum(w * pow(3, 8 * row + at, CHECK_PRIME) for at, w in enumerate(widths))
    return CHECK_PRIME * (len(characters) + 1 - 4) + total % CHECK_PRIME


def _characters(digits: str, columns: int) -> list[int]:
    """Give the data characters of an element string of digits: 7.2.5."""
    if not digits or not is_digits(digits):
        raise CodeError("databar", "needs digits")
    pairs = [(int(digits[at]), int(digits[at + 1])) for at in range(0, len(digits) - 1, 2)]
    body = "".join(f"{11 * tens + ones + 8:07b}" for tens, ones in pairs)
    head = 5  # linkage flag, method "00", and two bits that tell the length
    last = int(digits[-1]) if len(digits) % 2 else None
    count = _count(head + len(body) + (4 if last is not None else 0), columns)
    if last is not None:
        room = count * CHARACTER_BITS - head - len(body)
        if room > 6:  # a digit and FNC1, as a pair
            body += f"{11 * last + 10 + 8:07b}"
            count = max(count, _count(head + len(body), columns))
        else:
            body += f"{last + 1:04b}"
    odd, long = "01"[(count + 1) % 2], "01"[count + 1 > 14]
    padding = LATCH_ALPHANUMERIC + PAD * count * 3
    data = f"000{odd}{long}{body}{padding}"[: count * CHARACTER_BITS]
    return [int(data[at : at + CHARACTER_BITS], 2) for at in range(0, len(data), CHARACTER_BITS)]


def _count(bits: int, columns: int) -> int:
    """Give the data characters for so many bits, filled up so that the last row is whole enough.

    A row may not hold one character alone (7.2.8); where rows turn, each block is kept whole.
    """
    count = max(3, -(-bits // CHARACTER_BITS))
    alone = (count + 1) % (2 * columns) == 1
    return count + (alone or (columns % 2 == 0 and count % 2 == 0))


def _widths(value: int) -> list[int]:
    """Give a character's eight widths, odd and even elements in turn: 7.2.2."""
    first, subsets, odd_modules, odd_widest, even_widest = next(
        group for group in reversed(GROUPS) if value >= group[0]
    )
    odd_value, even_value = divmod(value - first, subsets)
    odd = _elements(odd_value, odd_modules, odd_widest, narrow=True)
    even = _elements(even_value, CHARACTER_MODULES - odd_modules, even_widest, narrow=False)
    return [width for pair in zip(odd, even, strict=True) for width in pair]


def _elements(value: int, modules: int, widest: int, *, narrow: bool) -> list[int]:
    """Give the value-th set of four widths: annex B. `narrow` sets must hold a width of one."""
    widths: list[int] = []
    has_one = False
    for left in (3, 2, 1):
        width, before = 1, 0
        while True:
            sets = _sets(
                modules - width, left, widest, need_one=narrow and not (has_one or width == 1)
            )
            if value < before + sets:
                break
            before += sets
            width += 1
        value -= before
        modules -= width
        has_one = has_one or width == 1
        widths.append(width)
    return [*widths, modules]


def _sets(modules: int, elements: int, widest: int, *, need_one: bool) -> int:
    """Count the ways to share modules among elements, each 1 to `widest`."""
    ways = _shares(modules, elements, widest)
    return ways - _shares(modules - elements, elements, widest - 1) if need_one else ways


def _shares(modules: int, elements: int, widest: int) -> int:
    if modules < elements or widest < 1:
        return 0
    signs = (1 if k % 2 == 0 else -1 for k in range(elements + 1))
    return sum(
        sign * comb(elements, k) * comb(modules - k * widest - 1, elements - 1)
        for k, sign in enumerate(signs)
        if modules - k * widest - 1 >= elements - 1
    )
