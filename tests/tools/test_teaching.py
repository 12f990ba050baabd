"""docs/teaching.md: what it sends people to is there."""

from __future__ import annotations

import re

import pytest

from tests.common import COURSE
from tools.lessons import NAMES, read_source

TEXT = (COURSE / "docs/teaching.md").read_text(encoding="utf-8")


def headings(name):
    """A lesson's headings, without their marks and their ends after a colon or a comma."""
    cells = [cell.source for cell in read_source(name).cells if cell.cell_type == "markdown"]
    return {line.lstrip("# ").strip() for text in cells for line in text.splitlines() if line.startswith("#")}


def sent_to(number):
    """The sections of a notebook that a plan or a question names in a column, as ``2, *Train* to *Judge it*``."""
    cells = [cell.strip() for line in TEXT.splitlines() if line.startswith("|") for cell in line.split("|")]
    places = [cell for cell in cells if re.match(rf"{number}, \*", cell)]
    return [name for place in places for name in re.findall(r"\*([^*]+)\*", place)]


@pytest.mark.parametrize("name", NAMES)
def test_each_section_that_a_plan_or_a_question_names_is_in_the_lesson(name):
    """It notices a heading that was renamed in the lesson, and one that never was."""
    named = sent_to(int(name[:2]))
    assert len(named) > 5
    assert set(named) - headings(name) == set()


def test_each_plan_covers_its_minutes_without_a_gap():
    """180 minutes, and four times 75."""
    spans = [tuple(map(int, span)) for span in re.findall(r"\| (\d+)–(\d+) \|", TEXT)]
    starts = [number for number, span in enumerate(spans) if span[0] == 0] + [len(spans)]
    ends = []
    for first, last in zip(starts, starts[1:], strict=False):
        plan = spans[first:last]
        assert [end for _, end in plan[:-1]] == [begin for begin, _ in plan[1:]]
        ends.append(plan[-1][1])
    assert ends == [180, 75, 75, 75, 75]
