"""What the closing list says of a run's failures."""

from __future__ import annotations

from contract_tests.likenesses import Likenesses


def closing(*failed: tuple[str, str, str]) -> list[str]:
    """Of tests: their names, mistakes, and the exception over which the application answered 500, or none."""
    likenesses = Likenesses()
    for name, mistakes, thrown in failed:
        crash = {"crash": "answered 500", "thrown": thrown} if thrown else {}
        likenesses.take(name, ({"mistakes": mistakes} if mistakes else {"otherwise": "is slow"}) | crash)
    return list(likenesses.lines())


def test_the_known_mistakes_stand_first_each_with_most_tests_first() -> None:
    """A test may look like two; what looks like none comes behind them."""
    said = closing(("a", "3", ""), ("b", "22, 1", ""), ("c", "1", ""), ("d", "", ""))
    assert [line.partition(":")[0] for line in said] == [
        "Your application looks like mistake 1 (2 tests)",
        "Your application looks like mistake 3 (1 test)",
        "Your application looks like mistake 22 (1 test)",
        "Your application is slow (1 test); begin with d",
    ]


def test_an_exception_behind_three_mistakes_is_none_of_them() -> None:
    """It strikes before any of them could; behind two it may be either."""
    thrown = "KeyError: 'messages'"
    crashed = "3 of these 3: your application answered 500 (KeyError: 'messages'). Fix this first; begin with a"
    assert closing(("a", "1", thrown), ("b", "4", thrown), ("c", "22", thrown)) == [crashed]
    said = closing(("a", "1", thrown), ("b", "4", thrown), ("c", "4", thrown))
    assert [line[:40] for line in said[:2]] == [
        f"Your application looks like mistake {row}" for row in ("4 (2", "1 (1")
    ]
    assert said[2:] == [crashed]


def test_of_crashes_three_are_shown_and_one_is_to_be_fixed_first() -> None:
    """Lines and columns make no other crash; a 500 without a known exception is one, too."""
    said = closing(
        *(("a", "", f"JSONDecodeError: line 1 column {column}") for column in (1, 7, 9)),
        *(("b", "", "TypeError: b") for _ in range(2)),
        *(("c", "", f"ValueError: {word}") for word in ("one", "two", "three")),
    )
    assert said == [
        "3 of these 8: your application answered 500 (JSONDecodeError: line 1 column 1). Fix this first; begin with a",
        "2 of these 8: your application answered 500 (TypeError: b). Begin with b",
        "1 of these 8: your application answered 500 (ValueError: one). Begin with c",
        "2 of these 8: it crashed in 2 other ways",
    ]


def test_where_nothing_failed_nothing_is_said() -> None:
    """Nor is a list of mistakes named then."""
    assert closing() == []
    assert not Likenesses()
