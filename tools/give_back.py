"""What comes of marking: grades.csv, a page for each learner, and a learning platform's table filled in.

grades.csv has a row for each learner and notebook and a total for each learner. Two of its columns are the
instructor's: "by hand" takes points for what people mark, and corrects any other ("2" where one answer of the notebook
is to be read, else "step-24=2 check-05=1"); "comment" goes onto the learner's page. Both are kept by later runs.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade, Gradebook, MissingEntry

from course.data import replacing
from tools.collect import HandIn, marks
from tools.hand_out import ASSIGNMENT
from tools.lessons import OPTIONAL

if TYPE_CHECKING:
    from tools.grade import Marking

COLUMNS = ["learner", "notebook", "points", "of", "by task", "by hand", "comment", "to read", "seconds", "remark"]
TOTAL = "total"
GRADE_COLUMNS = ("grade", "generative models")  # Moodle's; what Canvas gets, as its assignments are called anyhow
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{learner}: {points} of {of} points</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #8888; padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top }}
td:nth-child(2) {{ white-space: nowrap }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .9rem }}
</style></head><body>
<h1>{learner}</h1>
<p><strong>{points} of {of} points</strong>{open}</p>
{notebooks}
</body></html>
"""


def replace(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file so that there is always the old one or the new one.

    Raises:
        ValueError: if it cannot be written, most often because a spreadsheet has it open.
    """
    try:
        with replacing(path) as file:
            file.write(text.encode(encoding))
    except OSError as error:
        raise ValueError(f"{path} cannot be written ({error.strerror}): close it in other programs") from error


def file_name(learner: str) -> str:
    """A learner's name as every system takes it for a file or folder."""
    return re.sub(r'[/\\:*?"<>|\x00-\x1f]|^\.|[. ]$', "_", learner)


def about(seconds: float) -> str:
    """A time in words."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} hours"


def plain(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def not_plain(text: str) -> str:
    """A text as it was before `plain`."""
    return text[1:] if plain(text[1:]) == text else text


def read_table(path: Path) -> tuple[list[list[str]], str, str]:
    """A CSV as spreadsheets and platforms save it: its rows, and how it was written (delimiter and encoding).

    Raises:
        ValueError: if it is no table in Unicode or in Windows' letters.
    """
    content = path.read_bytes()
    begins = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    for encoding in [name for mark, name in begins.items() if content.startswith(mark)] or ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError(f"{path} is in unknown letters: save it as 'CSV UTF-8'")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    if not rows:
        raise ValueError(f"{path} is empty")
    return rows, delimiter, encoding


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    """Rows as CSV."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def points_by_hand(text: str, most: dict[str, float], read: list[str]) -> dict[str, float | None]:
    """Points by cell from a field such as "2" or "step-24=2 check-05=1"; None for what ends in "?", of an earlier try.

    Args:
        text: the field.
        most: the points that each cell can have.
        read: cells that people mark.

    Raises:
        ValueError: in a sentence, if it cannot be so.
    """
    found: dict[str, float | None] = {}
    for part in re.sub(r",(?=\s|$)|;", " ", text).replace(",", ".").split():
        name, _, value = part.rpartition("=")
        name = name or (read[0] if len(read) == 1 else "")
        if name not in most or name in found:
            raise ValueError(f"by hand {text!r}: say which cell, as in {(read or list(most))[0]}=1")
        if not re.fullmatch(r"\d+(\.\d+)?\??", value) or float(value.rstrip("?")) > most[name]:
            raise ValueError(f"by hand {text!r}: {name} has 0 to {most[name]:g} points")
        found[name] = None if value.endswith("?") else float(value)
    return found


class Grades:
    """The table of a class, kept as grades.csv."""

    def __init__(self, marking: Marking, lms: Path | None = None, lms_column: str = "") -> None:
        self.marking, self.lms, self.lms_column = marking, lms, lms_column
        self.file = marking.folder / "grades.csv"
        self.handed: dict[str, HandIn] = {}
        self.table: dict[tuple[str, str], dict[str, str]] = {}
        self.own: dict[tuple[str, str], tuple[str, str]] = {}  # what instructors wrote: by hand, comment
        self.not_in_lms: list[str] = []
        self.wrong: dict[tuple[str, str], str] = {}
        self.of: dict[str, dict[str, float]] = {}
        self.read: dict[str, list[str]] = {}
        with Gradebook(marking.url) as book:
            self.learners = [student.id for student in book.students]
            for name in marking.released:
                self.of[name] = {cell.name: cell.max_score for cell in book.find_notebook(name, ASSIGNMENT).grade_cells}
        for name, notebook in marking.released.items():
            self.read[name] = [
                cell for cell, made in marks(notebook).items() if cell in self.of[name] and by_people(made)
            ]

    def take_in(self, found: dict[str, HandIn]) -> None:
        """Begin with what was handed in, and with what instructors wrote into grades.csv.

        Raises:
            ValueError: if grades.csv has an entry of the instructor that belongs to nobody.
        """
        self.handed = found
        lms = self.in_lms() if self.lms else {}
        named = [name for name in lms if not self.find(name, lms[name], [*self.learners, *found])]
        self.learners = sorted({*self.learners, *found, *named})
        before = read_table(self.file)[0] if self.file.exists() else [COLUMNS]
        places = {plain(learner): learner for learner in self.learners}
        for row in before[1:]:
            line = dict(zip(before[0], row, strict=False))
            by_hand, comment = (not_plain(line.get(column, "").strip()) for column in ("by hand", "comment"))
            learner, name = places.get(line.get("learner", "")), line.get("notebook", "")
            if (by_hand or comment) and (learner is None or name not in (*self.of, TOTAL)):
                raise ValueError(
                    f"{self.file} has {by_hand or comment!r} for {line.get('learner')!r}, {name!r}, whom nobody knows: "
                    "was it saved in other letters than UTF-8? Mend the name, or empty the field."
                )
            if learner is not None:
                self.own[learner, name] = by_hand, comment
        for learner in self.learners:
            for name in self.of:
                if (learner, name) in self.own:
                    self.enter(learner, name, self.own[learner, name][0])
                self.update(learner, name)

    def enter(self, learner: str, name: str, by_hand: str) -> None:
        """Have the gradebook hold just the points that an instructor wrote."""
        try:
            given = points_by_hand(by_hand, self.of[name], self.read[name])
        except ValueError as error:
            self.wrong[learner, name] = str(error)
            return
        with self.marking.one_at_a_time, Gradebook(self.marking.url) as book:
            if given:
                book.update_or_create_student(learner)
                book.update_or_create_submission(ASSIGNMENT, learner)
            for grade in grades(book, learner, name):
                points = given.get(grade.name)
                if points is not None or grade.name not in given and grade.manual_score is not None:
                    grade.manual_score = points
                    grade.needs_manual_grade = points is None and grade.auto_score is None
            book.db.commit()

    def update(self, learner: str, name: str, failure: str = "") -> dict[str, str]:
        """Read a row anew from the gradebook and from the notebook that was run."""
        of, row = self.of[name], dict.fromkeys(COLUMNS, "")
        done = self.marking.marked(learner, name)
        handed = self.handed.get(learner, HandIn())
        scores, by_hand, to_read = dict.fromkeys(of, 0.0), [], []
        with self.marking.one_at_a_time, Gradebook(self.marking.url) as book:
            for grade in grades(book, learner, name):
                cell, manual = grade.name, grade.manual_score
                scores[cell] = min((manual if manual is not None else grade.auto_score if done else 0) or 0.0, of[cell])
                if manual is not None:
                    by_hand.append(f"{cell}={manual:g}" + ("?" if grade.needs_manual_grade else ""))
                if done and grade.needs_manual_grade:
                    to_read.append(cell)
        marking = done.metadata.marking if done else {"remarks": [], "seconds": ""}
        absent = "optional, not handed in" if name in OPTIONAL else "missing"
        remarks = [] if done or name in handed.notebooks else [absent]
        remarks += handed.remarks.get(name, []) + [failure] * bool(failure) + list(marking["remarks"])
        wrong = self.wrong.get((learner, name))
        row |= {
            "learner": learner,
            "notebook": name,
            "points": f"{sum(scores.values()):g}",
            "of": f"{sum(of.values()):g}",
            "by task": " ".join(f"{cell}={scores[cell]:g}/{of[cell]:g}" for cell in sorted(of)) if done else "",
            "by hand": self.own[learner, name][0] if wrong else " ".join(by_hand),
            "comment": self.own.get((learner, name), ("", ""))[1],
            "to read": " ".join(to_read),
            "seconds": str(marking["seconds"]),
            "remark": "; ".join(remarks + [wrong] * bool(wrong)),
        }
        self.table[learner, name] = row
        return row

    @property
    def counted(self) -> list[str]:
        """The notebooks that make up the total: not those beyond the chapter."""
        return [name for name in self.of if name not in OPTIONAL]

    def total(self, learner: str) -> dict[str, str]:
        """A learner's last row."""
        mine = [self.table[learner, name] for name in self.counted]
        added = {key: f"{sum(float(row[key] or 0) for row in mine):g}" for key in ("points", "of", "seconds")}
        everything = [self.table[learner, name] for name in self.of]
        read = " ".join(row["to read"] for row in everything if row["to read"])
        remark = "; ".join(self.handed.get(learner, HandIn()).remarks.get("", []))
        comment = self.own.get((learner, TOTAL), ("", ""))[1]
        named = {"learner": learner, "notebook": TOTAL, "to read": read, "remark": remark, "comment": comment}
        return dict.fromkeys(COLUMNS, "") | named | added

    def rows(self) -> list[dict[str, str]]:
        """All rows, by learner."""
        return [
            row
            for learner in self.learners
            for row in [*(self.table[learner, name] for name in self.of), self.total(learner)]
        ]

    def write(self) -> None:
        """Write grades.csv, and the platform's table beside it."""
        rows = [[plain(row[column]) for column in COLUMNS] for row in self.rows()]
        replace(self.file, as_csv([COLUMNS, *rows]), "utf-8-sig")
        if self.lms:
            self.fill_in()

    # ---------------------------------------------------------------- a learning platform's table

    def in_lms(self) -> dict[str, list[str]]:
        """The people in the platform's table: name as it stands in the first column that has one, and all fields."""
        rows = read_table(self.lms)[0]
        head = [field.strip().lower() for field in rows[0]]
        place = next((head.index(key) for key in ("full name", "student", "name") if key in head), 0)
        return {row[place].strip(): row for row in rows[1:] if len(row) > place and not is_maximum(row)}

    @staticmethod
    def find(name: str, row: list[str], learners: list[str]) -> list[str]:
        """Who of the learners is meant by a row: its number ends a folder's name, or a field is the name."""
        numbers = {found[1] for text in row if (found := re.fullmatch(r"(?:\D*\s)?(\d+)", text.strip()))}
        by_number = [learner for learner in learners if learner.rpartition("_")[2] in numbers]
        texts = {same(text) for text in [name, *row] if text.strip()}
        return by_number or [
            learner for learner in learners if {same(learner), same(re.sub(r"_\d+$", "", learner))} & texts
        ]

    def fill_in(self) -> None:
        """Write a copy of the platform's table with points; who is in it and handed nothing in gets none."""
        rows, delimiter, encoding = read_table(self.lms)
        head = [field.strip().lower() for field in rows[0]]
        wanted = [self.lms_column.lower()] if self.lms_column else GRADE_COLUMNS
        place = next((index for index, field in enumerate(head) if any(field.startswith(key) for key in wanted)), None)
        if place is None:
            if self.lms_column:
                raise ValueError(f"{self.lms} has no column {self.lms_column}; it has {', '.join(rows[0])}")
            place = len(head)
            rows = [row + [""] * (len(head) - len(row) + 1) for row in rows]
            rows[0][place] = "Generative models"
        of = sum(sum(self.of[name].values()) for name in self.counted)
        most = head.index("maximum grade") if "maximum grade" in head else None
        meant = [self.find("", row, self.learners) for row in rows]
        for row, found in zip(rows[1:], meant[1:], strict=True):
            if is_maximum(row):
                row[place] = f"{of:g}"
            elif len(found) == 1 and meant.count(found) == 1 and self.has_marks(found[0]):
                points = float(self.total(found[0])["points"])
                scale = float(row[most].replace(",", ".")) / of if most is not None and row[most] else 1
                row[place] = f"{points * scale:.4g}"
        self.not_in_lms = [who for who in self.learners if self.has_marks(who) and meant.count([who]) != 1]
        replace(self.marking.folder / self.lms.name, as_csv(rows, delimiter), encoding)

    def has_marks(self, learner: str) -> bool:
        """Whether anything of a learner was marked."""
        return any(self.table[learner, name]["by task"] for name in self.of)

    # ---------------------------------------------------------------- pages

    def pages(self) -> None:
        """A page for each learner with points, what the checks said, and comments."""
        for learner in self.learners:
            total = self.total(learner)
            parts = []
            for name in self.of:
                row = self.table[learner, name]
                parts.append(f"<h2>{html.escape(name)}: {row['points']} of {row['of']}</h2>")
                if done := self.marking.marked(learner, name):
                    parts.append(self.details(done, row))
                else:
                    parts.append(f"<p>{html.escape(row['remark'])}</p>")
                if row["comment"]:
                    parts.append(f"<p><strong>Comment:</strong> {html.escape(row['comment'])}</p>")
            if total["comment"]:
                parts.append(f"<h2>Comment</h2><p>{html.escape(total['comment'])}</p>")
            still = f"; still to be read: {html.escape(total['to read'])}" if total["to read"] else ""
            page = PAGE.format(
                learner=html.escape(learner),
                points=total["points"],
                of=total["of"],
                open=still,
                notebooks="\n".join(parts),
            )
            replace(self.marking.folder / "pages" / f"{file_name(learner)}.html", page)

    def details(self, notebook: NotebookNode, row: dict[str, str]) -> str:
        """A table of a notebook's marked cells."""
        points = dict(part.split("=") for part in row["by task"].split())
        lines = []
        for cell, made in marks(notebook).items():
            if cell in points:
                waits = " (to be read)" if cell in row["to read"].split() else ""
                fields = (cell, points[cell].replace("/", " of ") + waits, said(made))
                lines.append("<tr>" + "".join(f"<td><pre>{html.escape(text)}</pre></td>" for text in fields) + "</tr>")
        return "<table><tr><th>cell</th><th>points</th><th>what it said</th></tr>" + "".join(lines) + "</table>"


def grades(book: Gradebook, learner: str, name: str) -> list[Grade]:
    """nbgrader's grades of a notebook; none if the learner handed in nothing yet."""
    try:
        return list(book.find_submission_notebook(name, ASSIGNMENT, learner).grades)
    except MissingEntry:
        return []


def by_people(cell: NotebookNode) -> bool:
    """Whether people mark a cell."""
    return utils.is_grade(cell) and (utils.is_solution(cell) or cell.cell_type != "code")


def said(cell: NotebookNode, longest: int = 1500) -> str:
    """What an executed check printed, or its complaint; of an answer in words, the answer."""
    if cell.cell_type != "code" or utils.is_solution(cell):
        return cell.source[:20_000]
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    texts += [f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"]
    return "\n".join(texts).strip()[-longest:]


def is_maximum(row: list[str]) -> bool:
    """Whether a row of Canvas' table says what can be had."""
    return bool(row) and row[0].strip().lower() == "points possible"


def same(text: str) -> str:
    """A name without what differs between its spellings: accents put together, case, spaces, the order of two names."""
    parts = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    return " ".join(sorted(parts))
