"""Works cited: each has a link, where it is cited or in docs/references.md, and each link is a lasting one."""

from __future__ import annotations

import re

import pytest

from tests.common import COURSE
from tools.make_site import CITED, works

LESSONS = sorted((COURSE / "solutions").glob("0*.py"))
TEXTS = [*LESSONS, *sorted((COURSE / "docs").glob("*.md")), COURSE / "data" / "README.md", COURSE / "README.md"]
REFERENCES = (COURSE / "docs" / "references.md").read_text(encoding="utf-8")
NAMED = re.compile(r"([A-Z][\w-]+) and (?:others|[A-Z][\w-]+),? \(?((?:19|20)\d\d)\b")


def prose(path):
    """The text of a page, or that of a lesson's cells, on one line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".py":
        lines = [line[1:].strip() for line in lines if line.startswith("#")]
    return " ".join(" ".join(lines).split())


def without_link(text):
    """Works that a text cites, by title or by names and year, and that have no link anywhere."""
    known = works()
    titles = [found["title"] for found in CITED.finditer(text) if found["title"] not in known]
    rows = REFERENCES.splitlines()
    names = [
        f"{name} {year}"
        for name, year in NAMED.findall(text)
        if not any(re.search(rf"\b{name}\b", row) and f", {year} |" in row for row in rows)
    ]
    return titles + names


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_work_that_is_cited_has_a_link(path):
    assert without_link(prose(path)) == [], "add it to docs/references.md"


def test_a_work_without_a_link_is_noticed():
    assert without_link("(Doe and others, *A work that nobody wrote*, 2019)") == ["A work that nobody wrote"]
    assert without_link("as in Doe and Roe, 2019") == ["Doe 2019"]
    assert without_link("(Doe, [*A work that nobody wrote*](https://arxiv.org/abs/1), 2019)") == []


def test_every_listed_work_has_a_lasting_link_and_stands_once():
    rows = [row for row in REFERENCES.splitlines() if row.startswith("| ") and "*" in row]
    assert len(works()) == len(rows) >= 30
    lasting = re.compile(r"https://(doi\.org/10\.\d{4,}/\S+|arxiv\.org/abs/\d{4}\.\d{4,5})")
    assert [link for link in works().values() if not lasting.fullmatch(link)] == []
    years = [[int(year) for year in re.findall(r"\*, (\d{4}) \|", part)] for part in REFERENCES.split("\n## ")]
    assert all(listed == sorted(listed) for listed in years), "by year"
