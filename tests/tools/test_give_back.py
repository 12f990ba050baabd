"""Giving back: grades.csv with the instructor's columns, learners' pages, and platforms' tables filled in."""

from __future__ import annotations

import csv
import io
import os

import pytest

from tests.tools import classroom
from tests.tools.classroom import NAMES, NUMBERS, WORDS, begin, cell_of, good, marks_of, no_kernel, put
from tools import give_back
from tools.give_back import file_name, plain, points_by_hand, read_table, replace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning"),  # nbgrader's own use of it
]


@pytest.fixture
def classes(tmp_path, monkeypatch):
    """A class folder whose cells seem to run: checks print their line."""
    no_kernel(monkeypatch)
    return begin(tmp_path)


def write_into(folder, learner, name, encoding="utf-8-sig", delimiter=",", **fields):
    """What an instructor does in a spreadsheet."""
    path = folder / "out" / "grades.csv"
    rows, _, _ = read_table(path)
    places = {column: number for number, column in enumerate(rows[0])}
    for row in rows:
        if row[:2] == [learner, name]:
            for column, value in fields.items():
                row[places[column.replace("_", " ")]] = value
    path.write_bytes(give_back.as_csv(rows, delimiter).encode(encoding, errors="replace"))


# ---------------------------------------------------------------- points by hand


@pytest.mark.parametrize("spreadsheet", [{}, {"delimiter": ";"}, {"encoding": "utf-16", "delimiter": "\t"}])
def test_points_by_hand_and_comments_are_kept(classes, spreadsheet):
    put(classes / "in" / "Zoë 李", good())
    assert marks_of(classes)["Zoë 李", WORDS]["to read"] == "answer"
    write_into(classes, "Zoë 李", WORDS, by_hand="2,5", comment="Why so?", **spreadsheet)
    write_into(classes, "Zoë 李", "total", comment="- Well done.", **spreadsheet)
    for _ in range(2):
        row = marks_of(classes)["Zoë 李", WORDS]
        assert row["points"] == "6.5" and row["by hand"] == "answer=2.5" and row["comment"] == "Why so?"
        assert row["to read"] == "" and marks_of(classes)["Zoë 李", "total"]["points"] == "12.5"
    page = (classes / "out" / "pages" / "Zoë 李.html").read_text(encoding="utf-8")
    assert "12.5 of 13 points" in page and "Why so?" in page and "<p>- Well done.</p>" in page


def test_a_new_try_keeps_points_by_hand_but_has_to_be_read(classes):
    put(classes / "in" / "ann", good())
    marks_of(classes)
    write_into(classes, "ann", WORDS, by_hand="3")
    marks_of(classes)
    notebook = classroom.solved(WORDS)
    cell_of(notebook, "answer").source = "Another answer."
    put(classes / "in" / "ann", {f"{WORDS}.ipynb": classroom.text(notebook)})
    for _ in range(2):
        row = marks_of(classes)["ann", WORDS]
        assert row["by hand"] == "answer=3?" and row["to read"] == "answer" and row["points"] == "7"
    write_into(classes, "ann", WORDS, by_hand="answer=1")
    row = marks_of(classes)["ann", WORDS]
    assert row["by hand"] == "answer=1" and row["to read"] == "" and row["points"] == "5"


def test_an_instructor_corrects_a_check_and_takes_it_back(classes):
    put(classes / "in" / "ann", good())
    marks_of(classes)
    write_into(classes, "ann", NUMBERS, by_hand="check-double=0.5")
    assert marks_of(classes)["ann", NUMBERS]["points"] == "2.5"
    write_into(classes, "ann", NUMBERS, by_hand="")
    assert marks_of(classes)["ann", NUMBERS]["points"] == "4"


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("4", "answer has 0 to 3 points"),
        ("-1", "answer has 0 to 3 points"),
        ("nan", "answer has 0 to 3 points"),
        ("good", "answer has 0 to 3 points"),
        ("check-shout=5", "check-shout has 0 to 4 points"),
        ("check-shuot=1", "say which cell"),
    ],
)
def test_points_that_cannot_be_are_told_and_left_for_mending(classes, field, says):
    put(classes / "in" / "ann", good())
    marks_of(classes)
    write_into(classes, "ann", WORDS, by_hand=field)
    row = marks_of(classes)["ann", WORDS]
    assert says in row["remark"] and row["by hand"] == field and row["points"] == "4"


def test_an_entry_that_belongs_to_nobody_stops_before_it_is_lost(classes):
    """A spreadsheet that saves in Windows' letters turns some names into question marks."""
    put(classes / "in" / "李", good())
    marks_of(classes)
    write_into(classes, "李", WORDS, by_hand="2", encoding="cp1252")
    before = (classes / "out" / "grades.csv").read_bytes()
    with pytest.raises(ValueError, match="'2' for '\\?', '02_words', whom nobody knows"):
        marks_of(classes)
    assert (classes / "out" / "grades.csv").read_bytes() == before


def test_several_answers_to_read_need_their_names():
    assert points_by_hand("a=1; b=0.5", {"a": 1, "b": 2}, ["a", "b"]) == {"a": 1, "b": 0.5}
    assert points_by_hand("a=1, b=0,5,", {"a": 1, "b": 2}, ["a", "b"]) == {"a": 1, "b": 0.5}
    assert points_by_hand("a=1? b=2", {"a": 1, "b": 2}, ["a", "b"]) == {"a": None, "b": 2}
    with pytest.raises(ValueError, match="say which cell, as in a=1"):
        points_by_hand("1", {"a": 1, "b": 2}, ["a", "b"])
    with pytest.raises(ValueError, match="say which cell, as in a=1"):
        points_by_hand("2, 5", {"a": 9}, ["a"])


# ---------------------------------------------------------------- files


def test_grades_open_in_a_spreadsheet_and_hold_no_formula(classes):
    for learner in ("=1+1", "@you", "ann"):
        put(classes / "in" / learner, good())
    rows = marks_of(classes)
    content = (classes / "out" / "grades.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert not [field for row in table for field in row if field[:1] in "=+-@" and field]
    write_into(classes, "'=1+1", WORDS, by_hand="1")
    assert marks_of(classes)["=1+1", WORDS]["points"] == "5", "its own name is found again"
    assert len(rows) == 3 * (len(NAMES) + 1)


@pytest.mark.skipif(os.name == "nt", reason="an open file is another thing: not on Windows")
@pytest.mark.parametrize("fails", ["os.replace", "tempfile.mkstemp", "os.fdopen"])
def test_a_table_that_cannot_be_written_stays_and_is_named(classes, monkeypatch, fails):
    put(classes / "in" / "ann", good())
    marks_of(classes)
    before = (classes / "out" / "grades.csv").read_bytes()

    def locked(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fails, locked)
    with pytest.raises(ValueError, match=r"grades\.csv cannot be written \(Permission denied\): close it"):
        marks_of(classes)
    assert (classes / "out" / "grades.csv").read_bytes() == before
    assert [path.name for path in (classes / "out").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_has_the_bytes_of_its_encoding_and_its_usual_rights(tmp_path, encoding):
    replace(tmp_path / "new" / "a.csv", "Zoë;李\r\n", encoding)
    assert (tmp_path / "new" / "a.csv").read_bytes() == "Zoë;李\r\n".encode(encoding)
    assert os.name == "nt" or (tmp_path / "new" / "a.csv").stat().st_mode & 0o777 == 0o644
    with pytest.raises(ValueError, match="surrogates not allowed"):
        replace(tmp_path / "new" / "b.csv", "\ud800", encoding)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.csv"]


@pytest.mark.parametrize("content", ["Name;Grade\nŤapák;\n".encode("cp1250"), b"\xef\xbb\xbfZo\xeb;", b"\xff\xfeZ"])
def test_a_table_in_unknown_letters_stops_before_anything_is_run(classes, monkeypatch, content):
    put(classes / "in" / "ann", good())
    (classes / "list.csv").write_bytes(content)
    ran = classroom.no_kernel(monkeypatch)
    with pytest.raises(ValueError, match=r"list\.csv is in unknown letters: save it as 'CSV UTF-8'"):
        marks_of(classes, lms=classes / "list.csv")
    assert ran == []


def test_names_of_files():
    assert (
        file_name("Doe, Jane: 1/2") == "Doe, Jane_ 1_2"
        and file_name("..") == "__"
        and file_name("李 Müller") == "李 Müller"
    )
    assert plain("=x") == "'=x" and plain("x") == "x"


def test_a_page_says_points_and_what_checks_said_and_runs_no_script(classes):
    put(classes / "in" / "eve", good() | {f"{WORDS}.ipynb": classroom.text(classroom.script_in_the_page())})
    put(classes / "in" / "<b>", {f"{NUMBERS}.ipynb": classroom.text(classroom.solved())})
    marks_of(classes)
    page = (classes / "out" / "pages" / "eve.html").read_text(encoding="utf-8")
    assert "10 of 13 points" in page and "still to be read: answer" in page and "double is right." in page
    assert "&lt;script&gt;alert(1)" in page and "<script" not in page
    page = (classes / "out" / "pages" / "_b_.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page and "<b>" not in page and "missing" in page


# ---------------------------------------------------------------- platforms

MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\r\n"
    'Participant 12,Jane Doe,jane@school.edu,"Submitted, late",,26.00,\r\n'
    "Participant 13,Jane Doe,jane2@school.edu,Submitted,,26.00,\r\n"
    "Participant 14,Zoë Müller,zoe@school.edu,No submission,,26.00,\r\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Generative models (991)\n"
    "    Points Possible,,,,,\n"
    '"Doe, Jane",4711,s1,jdoe,A,\n'
    '"Roe, Rick",4712,s2,rroe,A,\n'
    '"Lee, Kim",4713,s3,klee,A,7\n'
)


def test_moodles_table_comes_back_with_points(classes):
    put(classes / "in" / "Jane Doe_12_assignsubmission_file_", good())
    put(classes / "in" / "Jane Doe_13_assignsubmission_file_", {f"{NUMBERS}.ipynb": good()[f"{NUMBERS}.ipynb"]})
    (classes / "moodle.csv").write_text(MOODLE, encoding="utf-8-sig", newline="")
    rows = marks_of(classes, lms=classes / "moodle.csv")
    filled = (classes / "out" / "moodle.csv").read_bytes()
    assert filled.startswith(b"\xef\xbb\xbf"), "as it came"
    table = {row["Identifier"]: row for row in csv.DictReader(io.StringIO(filled.decode("utf-8-sig")))}
    assert [row["Grade"] for row in table.values()] == ["20", "8", ""], "26 can be had there, 13 here"
    assert table["Participant 12"]["Status"] == "Submitted, late"
    assert rows["Zoë Müller", NUMBERS]["remark"] == "missing", "who handed nothing in has rows, too"
    assert {learner for learner, _ in rows} == {"Jane Doe_12", "Jane Doe_13", "Zoë Müller"}


def test_canvas_table_comes_back_with_points(classes):
    put(classes / "in", {f"doejane_4711_88_{key}": value for key, value in good().items()})
    put(classes / "in" / "Rick Roe", good())
    (classes / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    rows = marks_of(classes, lms=classes / "canvas.csv")
    table = list(csv.reader((classes / "out" / "canvas.csv").open(encoding="utf-8", newline="")))
    assert [row[5] for row in table] == ["Generative models (991)", "13", "10", "10", "7"]
    assert {learner for learner, _ in rows} == {"doejane_4711", "Rick Roe", "Lee, Kim"}


def test_a_table_without_a_column_for_points_gets_one_and_a_named_one_is_filled(classes):
    put(classes / "in" / "jdoe", good())
    (classes / "list.csv").write_text("Login;Bewertung\njdoe;\n", encoding="utf-8")
    marks_of(classes, lms=classes / "list.csv", lms_column="Bewertung")
    assert (classes / "out" / "list.csv").read_text(encoding="utf-8").splitlines() == ["Login;Bewertung", "jdoe;10"]
    with pytest.raises(ValueError, match="has no column Note; it has Login, Bewertung"):
        marks_of(classes, lms=classes / "list.csv", lms_column="Note")
    marks_of(classes, lms=classes / "list.csv")
    lines = (classes / "out" / "list.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["Login;Bewertung;Generative models", "jdoe;;10"]


def test_two_of_one_name_get_no_points_by_guessing(classes, capsys):
    put(classes / "in" / "Jane Doe", good())
    (classes / "moodle.csv").write_text(MOODLE, encoding="utf-8")
    marks_of(classes, lms=classes / "moodle.csv")
    assert "so fill in by hand: Jane Doe\n" in capsys.readouterr().out
    assert ",20," not in (classes / "out" / "moodle.csv").read_text(encoding="utf-8")


def test_nbgrader_reads_the_same_gradebook(classes):
    """Whoever knows nbgrader can go on with it: its own pages and its formgrader."""
    put(classes / "in" / "ann", good())
    marks_of(classes)
    api = give_back_api(classes / "out")
    assert api.generate_feedback("generative-models", "ann")["success"]
    assert "Score: 4.0 / 4.0" in (classes / "out/feedback/ann/generative-models" / f"{NUMBERS}.html").read_text("utf-8")


def give_back_api(folder):
    from tools.hand_out import nbgrader

    return nbgrader(folder)


def test_an_optional_notebook_is_not_missed_and_has_no_part_in_the_total(classes, monkeypatch):
    """Notices: points that are lost for leaving it out, and a total to which it adds."""
    put(classes / "in" / "ann", good())
    put(classes / "in" / "ben", {name: text for name, text in good().items() if WORDS not in name})
    before = marks_of(classes)
    monkeypatch.setattr(give_back, "OPTIONAL", (WORDS,))
    rows = marks_of(classes)
    assert before["ben", WORDS]["remark"] == "missing" and rows["ben", WORDS]["remark"] == "optional, not handed in"
    assert rows["ann", WORDS]["points"] == before["ann", WORDS]["points"] != "0", "it has a row of its own"
    for learner in ("ann", "ben"):
        of, own = (float(before[learner, name]["of"]) for name in ("total", WORDS))
        assert float(rows[learner, "total"]["of"]) == of - own
    assert rows["ann", "total"]["points"] == rows["ben", "total"]["points"]
