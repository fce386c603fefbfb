"""Lists of whole numbers that are as long as a study is large: each number takes the bytes that the largest of them needs."""

from __future__ import annotations

from array import array

WIDER = {"B": "H", "H": "I", "I": "Q"}
"""Arrays of one, two and four bytes a number -> those that hold larger ones."""


def no_numbers() -> array[int]:
    """An empty list of numbers from 0 on."""
    return array("B")


def appended(numbers: array[int], number: int) -> array[int]:
    """The same list with a number more, or a wider one that holds all of them; ``numbers`` is not to be used afterwards."""
    try:
        numbers.append(number)
    except OverflowError:
        return appended(array(WIDER[numbers.typecode], numbers), number)
    return numbers
