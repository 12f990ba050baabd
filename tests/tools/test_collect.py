"""Collecting: every name and wrapping that learners and platforms give a notebook; nothing goes unmentioned."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile

import nbformat
import pytest

from tests.common import COURSE, NOTEBOOKS, read
from tests.tools.classroom import LISTS, NAMES, NUMBERS, WORDS, a_zip, cell_of, good, open_tasks, put, solved, text
from tools import collect as collecting
from tools.collect import collect

RELEASED = {name: open_tasks(name) for name in NAMES}
ONE, TWO, THREE = (text(solved(name)) for name in NAMES)
ALL = set(NAMES)


@pytest.mark.parametrize(
    ("learner", "files"),
    [
        ("ann", {f"ann/{name}.ipynb": text(solved(name)) for name in NAMES}),
        ("ann", {f"ann/a/b/Copy of {name}.ipynb": text(solved(name)) for name in NAMES}),
        ("ann", {f"ann/{name} (1).ipynb": text(solved(name)) for name in NAMES}),
        ("ann", {f"ann/{name.upper()}.IPYNB": text(solved(name)) for name in NAMES}),
        ("ann", {"ann/x.ipynb": ONE, "ann/first.ipynb": TWO, "ann/2.ipynb": THREE}),
        ("ann", {f"ann/{name}.ipynb.txt": text(solved(name)) for name in NAMES}),
        ("ann", {"ann/homework.zip": a_zip(good())}),
        ("ann", {"ann.zip": a_zip({f"deep/{key}": value for key, value in good().items()})}),
        ("ann", {"ann/all.zip": a_zip({"one.zip": a_zip(good())})}),
        ("doejane_47", {f"doejane_47_99_{name}.ipynb": text(solved(name)) for name in NAMES}),
        ("doejane_47", {f"doejane_LATE_47_99_{name}-1.ipynb": text(solved(name)) for name in NAMES}),
        ("doejane_47", {"doejane_47_99_homework.zip": a_zip(good())}),
        ("Jane Doe_12", {f"Jane Doe_12_assignsubmission_file_/{name}.ipynb": text(solved(name)) for name in NAMES}),
        ("Jane Doe_12", {f"Jane Doe_12_assignsubmission_file_{name}.ipynb": text(solved(name)) for name in NAMES}),
        ("doe_123", {f"doe_123_{name}.ipynb": text(solved(name)) for name in NAMES}),
        ("Eve", {f"Copy of {name.upper()} - Eve (2).ipynb": text(solved(name)) for name in NAMES}),
    ],
)
def test_a_notebook_is_known_whatever_it_is_called(tmp_path, learner, files):
    put(tmp_path, files)
    found = collect(tmp_path, RELEASED)
    assert set(found) == {learner}
    assert set(found[learner].notebooks) == ALL and found[learner].remarks == {}
    for name, content in found[learner].notebooks.items():
        assert nbformat.reads(content.decode(), as_version=4) == solved(name)


def test_a_platforms_whole_zip_is_a_class(tmp_path):
    export = {f"Kim Lee_8_assignsubmission_file_/{key}": value for key, value in good().items()}
    export |= {f"roe_9_1_{key}": value for key, value in good().items()} | {"sam/work.zip": a_zip(good())}
    (tmp_path / "export.zip").write_bytes(a_zip(export))
    found = collect(tmp_path / "export.zip", RELEASED)
    assert {learner: set(hand_in.notebooks) for learner, hand_in in found.items()} == dict.fromkeys(
        ("Kim Lee_8", "roe_9", "sam"), ALL
    )


def test_notebooks_whose_tasks_have_the_same_names_are_told_apart(tmp_path):
    """Lessons 1 and 2 both have task-1 to task-4."""
    released = {name: read(name, "notebooks") for name in NOTEBOOKS}
    for number, name in enumerate(NOTEBOOKS):
        (tmp_path / "ann").mkdir(exist_ok=True)
        (tmp_path / "ann" / f"{number}.ipynb").write_bytes((COURSE / "notebooks" / f"{name}.ipynb").read_bytes())
    assert set(collect(tmp_path, released)["ann"].notebooks) == set(NOTEBOOKS)


def test_the_newest_of_several_counts_with_a_remark(tmp_path):
    put(tmp_path, {("ann/01_numbers.ipynb", 3): text(open_tasks()), ("ann/again/Copy of 01_numbers.ipynb", 1): ONE})
    put(tmp_path, {("ann/old.zip", 5): a_zip({"01_numbers.ipynb": ONE.replace("2 * x", "3 * x")})})
    put(tmp_path, {"ben/01_numbers.ipynb": ONE, "ben/copy.ipynb": ONE})
    found = collect(tmp_path, RELEASED)
    # In a zip the day counts that it says of the file: this one was made while the test ran.
    assert found["ann"].notebooks[NUMBERS].decode() == ONE.replace("2 * x", "3 * x")
    (remark,) = found["ann"].remarks[NUMBERS]
    assert "old.zip/01_numbers.ipynb, not 01_numbers.ipynb, again/Copy of 01_numbers.ipynb" in remark
    assert found["ben"].remarks == {}, "two copies of one file are one try"


def test_of_the_same_time_the_higher_number_counts(tmp_path):
    put(tmp_path, {("ann/01 (2).ipynb", 1): ONE, ("ann/01 (10).ipynb", 1): ONE + " ", ("ann/01.ipynb", 1): ONE + "  "})
    for path in (tmp_path / "ann").iterdir():
        os.utime(path, (1_700_000_000,) * 2)
    hand_in = collect(tmp_path, RELEASED)["ann"]
    assert hand_in.notebooks[NUMBERS].decode() == ONE + " " and "of the same time" in hand_in.remarks[NUMBERS][0]


def link_in_a_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("01_numbers.ipynb")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return file.getvalue()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"holiday.jpg": b"\xff\xd8"}, "holiday.jpg: no notebook"),
        ({"other.ipynb": text(nbformat.v4.new_notebook())}, "other.ipynb: no notebook of the course"),
        ({"work.zip": b"PK\x03\x04 cut off"}, "work.zip: a zip that does not open"),
        ({"work.zip": link_in_a_zip()}, "01_numbers.ipynb: a link"),
        ({"a.zip": a_zip({"b.zip": a_zip({"c.zip": a_zip({"d.zip": a_zip({"e.zip": a_zip(good())})})})})}, "in a zip"),
        ({"notes.tar.gz": b"\x1f\x8b"}, "notes.tar.gz: no notebook"),
        ({".hidden": b"x"}, ".hidden: no notebook"),
    ],
)
def test_what_is_no_hand_in_is_named(tmp_path, files, says):
    put(tmp_path / "ann", files)
    hand_in = collect(tmp_path, RELEASED)["ann"]
    assert hand_in.notebooks == {} and any(says in remark for remark in hand_in.remarks[""]), hand_in


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ONE[:300], "cannot be read"),
        (b"\x00PK not a notebook", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"cells": 7, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "cannot be read"),
    ],
)
def test_a_damaged_notebook_is_named_where_it_belongs(tmp_path, content, says):
    put(tmp_path / "ann", {"Copy of 01_Numbers.ipynb": content, "02_words.ipynb": TWO})
    hand_in = collect(tmp_path, RELEASED)["ann"]
    assert set(hand_in.notebooks) == {WORDS} and says in hand_in.remarks[NUMBERS][0]


def test_a_notebook_without_nbgraders_marks_is_named(tmp_path):
    notebook = solved(LISTS)
    for cell in notebook.cells:
        cell.metadata.clear()
    put(tmp_path / "ann", {"03.ipynb": text(notebook)})
    assert "lost nbgrader's marks" in collect(tmp_path, RELEASED)["ann"].remarks[LISTS][0]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there: not on Windows")
def test_links_are_refused(tmp_path):
    """Neither a neighbour's notebook nor a folder elsewhere can be handed in."""
    put(tmp_path / "in" / "ann", good())
    (tmp_path / "in" / "eve").mkdir()
    (tmp_path / "in" / "eve" / "01_numbers.ipynb").symlink_to(tmp_path / "in" / "ann" / "01_numbers.ipynb")
    (tmp_path / "in" / "eve" / "all").symlink_to(tmp_path / "in" / "ann")
    (tmp_path / "in" / "mallory").symlink_to(tmp_path / "in" / "ann")
    found = collect(tmp_path / "in", RELEASED)
    assert found["eve"].notebooks == {} and len(found["eve"].remarks[""]) == 2
    assert "mallory" not in found and "mallory: a link" in found["?"].remarks[""][0]


def test_a_zip_leads_nowhere_and_fills_nothing(tmp_path, monkeypatch):
    put(tmp_path / "in" / "ann", {"work.zip": a_zip({"../../../01_numbers.ipynb": ONE})})
    assert set(collect(tmp_path / "in", RELEASED)["ann"].notebooks) == {NUMBERS}
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    monkeypatch.setattr(collecting, "MAX_ZIP", 1 << 20)
    put(tmp_path / "in" / "eve", {"bomb.zip": a_zip({f"{n}.ipynb": bytes(1 << 19) for n in range(9)})})
    found = collect(tmp_path / "in", RELEASED)
    assert "bomb.zip: too large when unpacked" in found["eve"].remarks[""] and found["eve"].notebooks == {}


def damaged():
    """The bytes of a zip whose only notebook cannot be unpacked."""
    whole = bytearray(a_zip({"01_numbers.ipynb": ONE}))
    whole[60:80] = b"\xff" * 20
    return bytes(whole)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"film.ipynb": bytes(3 << 20)}, "film.ipynb: too large when unpacked"),
        ({"film.mp4": bytes(9 << 20)}, "film.mp4: too large when unpacked"),
        ({"work.zip": a_zip({"film.ipynb": bytes(3 << 20)})}, "work.zip/film.ipynb: too large when unpacked"),
        ({"work.zip": damaged()}, "work.zip/01_numbers.ipynb: cannot be unpacked ("),
    ],
)
def test_one_learners_part_of_a_class_costs_the_others_nothing(tmp_path, monkeypatch, part, says):
    """Notices: a large or a damaged file behind which nobody is found, and a film that fills the room of the class."""
    monkeypatch.setattr(collecting, "MAX_SIZE", 2 << 20)
    monkeypatch.setattr(collecting, "MAX_ZIP", 8 << 20)
    class_of = {f"ann/{key}": value for key, value in part.items()} | {"ben/work.zip": a_zip(good())}
    (tmp_path / "export.zip").write_bytes(a_zip(class_of))
    found = collect(tmp_path / "export.zip", RELEASED)
    assert set(found["ben"].notebooks) == ALL and found["ann"].notebooks == {}
    (remark,) = found["ann"].remarks[""]
    assert remark.startswith(says)


@pytest.mark.parametrize(("name", "learner"), [("ann.zip", "ann"), ("doejane_47_99_homework.zip", "doejane_47")])
def test_learners_zips_in_a_class_zip_are_named_as_beside_each_other(tmp_path, name, learner):
    (tmp_path / "export.zip").write_bytes(a_zip({name: a_zip(good())}))
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / name).write_bytes(a_zip(good()))
    for form in ("export.zip", "export"):
        found = collect(tmp_path / form, RELEASED)
        assert set(found) == {learner} and set(found[learner].notebooks) == ALL


def test_a_learners_zip_may_be_larger_than_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_SIZE", 64 << 10)
    (tmp_path / "export.zip").write_bytes(a_zip({"ann/work.zip": a_zip(good() | {"a.png": os.urandom(65 << 10)})}))
    hand_in = collect(tmp_path / "export.zip", RELEASED)["ann"]
    assert set(hand_in.notebooks) == ALL and hand_in.remarks[""] == ["work.zip/a.png: too large when unpacked"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (a_zip({f"{n}/a.ipynb": bytes(1 << 19) for n in range(9)}), "is too large when unpacked: unpack it yourself"),
        (b"PK", "is a zip that does not open (File is not a zip file): unpack it yourself, and name the folder"),
    ],
)
def test_a_class_that_cannot_be_unpacked_here_is_told_in_a_sentence(tmp_path, monkeypatch, content, says):
    monkeypatch.setattr(collecting, "MAX_ZIP", 1 << 20)
    (tmp_path / "export.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"export\.zip is ") as told:
        collect(tmp_path / "export.zip", RELEASED)
    assert says in str(told.value) and "\n" not in str(told.value)


def test_what_the_system_left_is_passed_over_and_what_names_nobody_is_named(tmp_path):
    put(tmp_path, {"__MACOSX/._ann": b"\0", ".DS_Store": b"\0", "ann/.ipynb_checkpoints/01_numbers.ipynb": ONE})
    put(tmp_path, {"ann/__MACOSX/._01_numbers.ipynb": b"\0", "01_numbers.ipynb": ONE, "list.xlsx": b"PK"})
    found = collect(tmp_path, RELEASED)
    assert set(found) == {"ann", "?"} and found["ann"].notebooks == {} and found["ann"].remarks == {}
    assert "list.xlsx: no notebook" in found["?"].remarks[""]
    assert set(found["?"].notebooks) == {NUMBERS} and "whose are these?" in found["?"].remarks[""][-1]


def test_a_macs_spelling_of_a_name_is_the_same_learner(tmp_path):
    for form, name in (("NFC", NUMBERS), ("NFD", WORDS)):
        put(tmp_path / unicodedata.normalize(form, "Zoë Müller"), {f"{name}.ipynb": text(solved(name))})
    found = collect(tmp_path, RELEASED)
    assert list(found) == ["Zoë Müller"] and set(found["Zoë Müller"].notebooks) == {NUMBERS, WORDS}


def test_a_notebook_is_known_by_what_was_handed_out_even_where_most_was_deleted(tmp_path):
    notebook = solved(WORDS)
    notebook.cells = [cell_of(notebook, "task-shout")]
    put(tmp_path / "ann", {"rest.ipynb": text(notebook)})
    assert set(collect(tmp_path, RELEASED)["ann"].notebooks) == {WORDS}
