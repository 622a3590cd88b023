"""Where tiles and headings lie: every row has its own place, and what lies at a place is that row."""

from hypothesis import given
from hypothesis import strategies as st

from alldetect_gui.gui.widgets.sections import Sections

SIZES = st.lists(st.integers(1, 30), min_size=1, max_size=6)


def laid(sizes: list[int], across: int) -> Sections:
    return Sections([(f"g{n}", size) for n, size in enumerate(sizes)], across, 50, 60, 20)


@given(SIZES, st.integers(1, 7))
def test_that_each_row_is_found_where_it_lies_and_no_two_lie_in_one_place(sizes: list[int], across: int) -> None:
    sections, rows = laid(sizes, across), range(sum(sizes))
    places = [sections.place(row) for row in rows]
    assert len(set(places)) == len(places)
    assert [sections.row_at(x + 49, y + 59) for x, y in places] == [sections.row_at(x, y) for x, y in places]
    assert [sections.row_at(x, y) for x, y in places] == list(rows)
    assert max(y for _, y in places) + 60 == sections.total
    assert list(sections.rows_between(0, sections.total)) == list(rows)


@given(SIZES, st.integers(1, 7), st.data())
def test_that_the_rows_between_two_heights_are_those_that_touch_them(
    sizes: list[int], across: int, data: st.DataObject
) -> None:
    sections = laid(sizes, across)
    top = data.draw(st.integers(0, sections.total - 1))
    bottom = data.draw(st.integers(top, sections.total - 1))
    touching = [row for row in range(sum(sizes)) if (y := sections.place(row)[1]) <= bottom and y + 60 > top]
    assert list(sections.rows_between(top, bottom)) == touching


@given(SIZES, st.integers(1, 7))
def test_that_going_down_and_up_again_stays_in_the_column_and_ends_at_the_edges(sizes: list[int], across: int) -> None:
    sections, rows = laid(sizes, across), sum(sizes)
    row, seen = 0, [0]
    while (after := sections.step(row, 1)) != row:
        assert sections.place(after)[1] > sections.place(row)[1]
        row = after
        seen.append(row)
    assert sections.place(row)[1] + 60 == sections.total
    assert all(sections.place(row)[0] == 0 for row in seen)
    while (before := sections.step(row, -1)) != row:
        row = before
    assert row == 0
    assert sections.step(0, rows) == sections.step(rows - 1, 1) or across > 1


def test_that_headings_lie_above_their_group_and_a_group_without_a_name_has_none() -> None:
    sections = laid([3, 2], 2)
    assert [sections.heading_at(y) for y in (0, 19, 20, 139, 140, 159, 160)] == [0, 0, -1, -1, 1, 1, -1]
    assert sections.row_at(10, 10) == -1
    plain = Sections([("", 5)], 2, 50, 60, 20)
    assert plain.heading_at(0) == -1
    assert plain.place(0) == (0, 0)


def test_that_nothing_at_all_lies_nowhere() -> None:
    sections = Sections([], 3, 50, 60, 20)
    assert sections.total == 0
    assert sections.row_at(0, 0) == -1
    assert list(sections.rows_between(0, 1000)) == []
