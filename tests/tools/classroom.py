"""A small course of three notebooks, and what learners hand in of it: whole classes, mistakes, attacks.

python -m tests.tools.classroom FOLDER      stage a class of thirty in FOLDER/handed_in, its course in FOLDER/source
"""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from functools import cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import apart, grade, hand_out
from tools.apart import Limits
from tools.collect import marks
from tools.grade import last_line
from tools.lessons import learners_view

NUMBERS, WORDS, LISTS = "01_numbers", "02_words", "03_lists"
NAMES = (NUMBERS, WORDS, LISTS)
LIMITS = Limits(cell_seconds=20, seconds=90, memory=1 << 30, output=100_000, processes=40)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def mark(cell, name, points=None, solution=None):
    """Give a cell nbgrader's marks."""
    solution = points is None if solution is None else solution
    cell.metadata.nbgrader = {
        "grade_id": name,
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
        "schema_version": 3,
    } | ({"points": points} if points is not None else {})
    cell.metadata.tags = ["check" if points is not None else "task"]
    return cell


def task_and_check(name, points, result, extra=""):
    """A function to complete, and the check of it."""
    body = f"    ### BEGIN SOLUTION\n    return {result}\n    ### END SOLUTION"
    check = f"x = 5\nassert {name}(x) == {result}, 'wrong'\n{extra}print('{name} is right.')"
    return [
        mark(new_code_cell(f"def {name}(x):\n{body}"), f"task-{name}"),
        mark(new_code_cell(check), f"check-{name}", points),
    ]


def course():
    """Three solved notebooks: 4 points, 4 and an answer in words for 3, and 2 of which a guided part makes one."""
    numbers = [new_markdown_cell("# Numbers"), new_code_cell("one = 1"), new_code_cell("costly = 'nobody needs it'")]
    hidden = "### BEGIN HIDDEN TESTS\nassert double(7) == 14, 'hidden'\n### END HIDDEN TESTS\n"
    numbers += task_and_check("double", 2, "2 * x", hidden)
    numbers += task_and_check("increment", 1, "x + one") + task_and_check("negative", 1, "-x")
    answer = new_markdown_cell("### BEGIN SOLUTION\nBecause it is so.\n### END SOLUTION")
    words = [new_markdown_cell("# Words")] + task_and_check("shout", 4, "str(x).upper()")
    words += [mark(answer, "answer", 3, solution=True)]
    guided = new_code_cell("values = []\nvalues.append(3)")
    settings = new_code_cell("import random\nrandom.seed(1)")
    lists = [new_markdown_cell("# Lists"), settings, guided, new_code_cell("print('made', len(values))")]
    lists += task_and_check("count", 2, "x + len(values)")
    made = {NUMBERS: numbers, WORDS: words, LISTS: lists}
    notebooks = {name: new_notebook(cells=cells, metadata=KERNEL) for name, cells in made.items()}
    for notebook in notebooks.values():
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number:03}"
    return notebooks


def save_course(folder: Path) -> Path:
    """Write the solved notebooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in course().items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


@cache
def released() -> Path:
    """The small course as `make assignment` keeps it, once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="course-released-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    hand_out.release(folder / "out", save_course(folder / "source"))
    return folder


def begin(folder: Path) -> Path:
    """A class folder with the small course and its release: folder/source and folder/out."""
    for name in ("source", "out"):
        shutil.copytree(released() / name, folder / name)
    return folder


def solved(name=NUMBERS):
    """A notebook as a good learner hands it in."""
    notebook = learners_view(course()[name])
    answers = {key: cell.source for key, cell in marks(course()[name]).items()}
    for cell in notebook.cells:
        mine = cell.metadata.get("nbgrader", {})
        if mine.get("solution"):
            lines = answers[mine.grade_id].splitlines()
            cell.source = "\n".join(line for line in lines if "### " not in line)
    return notebook


def open_tasks(name=NUMBERS):
    """A notebook as it was handed out."""
    return learners_view(course()[name])


def cell_of(notebook, name):
    """A marked cell by its name."""
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def answering(code, notebook=None):
    """Notebook 1 with code in place of the first task, and the others open."""
    notebook = notebook or open_tasks()
    cell_of(notebook, "task-double").source = code
    return notebook


# ---------------------------------------------------------------- marking


def no_kernel(monkeypatch):
    """Let cells seem to run: tasks are silent, checks print their line. A list of what ran."""
    ran = []

    def run(cells, course, limits, protected):
        ran.append(cells)
        lines = [last_line(cell) if cell.startswith("x = 5") else "" for cell in cells]
        return [
            {"outputs": [{"output_type": "stream", "name": "stdout", "text": line}] * bool(line)} for line in lines
        ], ""

    monkeypatch.setattr(apart, "run", run)
    monkeypatch.setattr(apart, "why_not", lambda course: "")
    return ran


def marks_of(folder, **options):
    """Mark a class folder: the rows of grades.csv by learner and notebook."""
    rows = grade.grade(folder / "in", folder / "out", folder / "source", LIMITS, **options)
    return {(row["learner"], row["notebook"]): row for row in rows}


# ---------------------------------------------------------------- mistakes


def endless():
    return answering("def double(x):\n    while True:\n        pass", solved())


def stubborn():
    """An endless loop that will not be interrupted, in the second task."""
    notebook = solved()
    cell_of(notebook, "task-increment").source = (
        "def increment(x):\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass"
    )
    return notebook


def syntax_error():
    return answering("def double(x):\n    return 2 *", solved())


def deleted():
    notebook = solved()
    notebook.cells = [cell for cell in notebook.cells if "negative" not in cell.source]
    return notebook


def copied():
    """A wrong answer, copied to the end of the notebook and mended there."""
    notebook = answering("def double(x):\n    return 0", solved())
    again = nbformat.from_dict(cell_of(notebook, "task-double"))
    again.source, again.id = "def double(x):\n    return 2 * x", "copy"
    notebook.cells.append(again)
    return notebook


def copied_check():
    notebook = solved()
    again = nbformat.from_dict(cell_of(notebook, "check-double"))
    again.id = "copy"
    notebook.cells.insert(5, again)
    return notebook


def gigabyte():
    return answering("def double(x):\n    for _ in range(10**6):\n        print('y' * 1000)", solved())


def gallery():
    return answering(
        "def double(x):\n    from IPython.display import display\n    for _ in range(10**4):\n"
        "        display({'image/png': 'iVBORw0KGgo' * 5000, 'text/plain': ''}, raw=True)",
        solved(),
    )


def glutton():
    return answering("def double(x):\n    return len('y' * (3 << 30))", solved())


def quitter():
    """Ends Python in the second task."""
    notebook = solved()
    cell_of(notebook, "task-increment").source = "import os\nos._exit(1)"
    return notebook


# ---------------------------------------------------------------- attacks, each on the first notebook, all tasks open


def replaced_check():
    notebook = answering("def double(x):\n    return 0")
    cell_of(notebook, "check-double").source = "print('double is right.')"
    return notebook


def skipped_checks():
    """nbclient leaves out cells with this tag, and nbgrader takes silence for success."""
    notebook = open_tasks()
    for cell in notebook.cells:
        cell.metadata.tags = ["skip-execution", "raises-exception"]
    return notebook


def unmarked_checks():
    """Marks that say: nothing to see here, and a thousand points."""
    notebook = open_tasks()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.update(grade=False, points=1000, solution=True, locked=False)
    return notebook


def transformer():
    return answering("get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])")


def transformer_to_points():
    return answering("get_ipython().input_transformers_post.append(lambda lines: ['2997\\n'])")


def equal_to_all():
    return answering(
        "class All:\n    def __eq__(self, other):\n        return True\n\n\ndef double(x):\n    return All()"
    )


FIND = """
import os, sys
from pathlib import Path
def search(pattern):
    places = [Path.cwd(), *Path.cwd().parents, Path(sys.prefix).parent]
    return [path for place in places for path in place.glob(pattern)]
"""


def reads_the_answers():
    """Looks for solved notebooks upwards and beside Python, and runs what it finds."""
    return answering(
        FIND
        + """
import json
for path in search('source/*/*.ipynb') + search('solutions/*.ipynb'):
    for cell in json.loads(path.read_text())['cells']:
        if 'SOLUTION' in ''.join(cell['source']) and cell['cell_type'] == 'code':
            exec(''.join(cell['source']))
print('FOUND', search('source/*/*.ipynb') + search('solutions/*'))
"""
    )


def reads_the_neighbours():
    patterns = "submitted/*", "handed*/*", "grades.csv", "output/grades/*"
    return answering(FIND + f"print('FOUND', [path for pattern in {patterns} for path in search(pattern)])")


def writes_into_the_gradebook():
    return answering(
        FIND
        + """
import sqlite3
books = search('gradebook.db') + search('output/grades/gradebook.db')
for path in books:
    sqlite3.connect(path).execute('CREATE TRIGGER t AFTER UPDATE ON grade BEGIN UPDATE grade SET manual_score=999; END')
print('FOUND', books)
"""
    )


def reads_the_environment():
    return answering("import os\nprint('FOUND', [key for key in os.environ if 'TOKEN' in key or 'COURSE_DATA' in key])")


def imports_the_tools():
    return answering(
        "try:\n    import tools.lessons\n    print('FOUND', tools.lessons)\nexcept ImportError:\n    print('FOUND', [])"
    )


def installs(wheel):
    return answering(
        f"%pip install --no-index --no-deps {wheel}\nimport subprocess, sys\n"
        f"subprocess.run([sys.executable, '-m', 'pip', 'install', '--no-index', '--no-deps', {str(wheel)!r}])"
    )


def daemon(note):
    """A double fork that outlives its kernel, and writes into a file as long as it lives."""
    return answering(
        f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for second in range(600):
            try:
                open({str(note)!r}, 'w').write(str(second))
            except OSError:
                pass
            time.sleep(0.2)
        os._exit(0)
    os._exit(0)
time.sleep(1)
"""
    )


def fork_bomb():
    return answering(
        "import os, time\nfor _ in range(300):\n    if os.fork() == 0:\n        time.sleep(600)\n        os._exit(0)\n"
        "time.sleep(60)"
    )


def calls_home(port):
    return answering(
        "import socket\ntry:\n"
        f"    socket.create_connection(('127.0.0.1', {port}), timeout=3).close()\n    print('FOUND', 'a connection')\n"
        "except OSError:\n    print('FOUND', [])"
    )


def fills_the_disk():
    return answering(
        "from pathlib import Path\ntry:\n    for n in range(10):\n"
        "        Path(f'../output/{n}').write_bytes(bytes(10 << 20))\n    print('FOUND', 'no end')\n"
        "except OSError:\n    print('FOUND', [])"
    )


def script_in_the_page():
    notebook = solved(WORDS)
    cell_of(notebook, "answer").source = "<script>alert(1)</script> because"
    return notebook


# ---------------------------------------------------------------- a class


def text(notebook):
    return nbformat.writes(notebook)


def a_zip(files):
    """The bytes of a zip of {name: bytes or text}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def good():
    return {f"{name}.ipynb": text(solved(name)) for name in NAMES}


def put(folder: Path, files) -> None:
    """Write files, texts or bytes; a number after the name in a tuple is how many days old it is."""
    for name, content in files.items():
        name, days = name if isinstance(name, tuple) else (name, 0)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if days:
            os.utime(path, (time.time() - 86_400 * days,) * 2)


def a_class(folder: Path) -> dict[str, tuple[float, str]]:
    """Hand in for thirty learners, ten of them hostile; each one's right points and a word of the remarks.

    A total below 10 has its reason in the file's name or in the attack: of 10 points that a machine gives, an attack
    on notebook 1 leaves 0, 2 or 3 of 4, and a notebook that is missing takes its own away.
    """
    one, two, three = (text(solved(name)) for name in NAMES)
    done: dict[str, tuple[float, str]] = {}

    def learner(name, files, points=10.0, remark=""):
        put(
            folder,
            {
                ((f"{name}/{key[0]}", key[1]) if isinstance(key, tuple) else f"{name}/{key}"): files[key]
                for key in files
            },
        )
        done[name] = points, remark

    learner("Ann", good())
    learner("Müller", {"a/b/c/" + key: value for key, value in good().items()})
    learner("李小龍", {f"Copy of {key}": value for key, value in good().items()})
    learner("O'Neil, Eve", {key.replace(".ipynb", " (1).ipynb"): value for key, value in good().items()})
    learner("upper", {key.upper(): value for key, value in good().items()})
    learner("renamed", {"first.ipynb": one, "my second one.ipynb": two, "last_FINAL.json": three})
    learner("zipped", {"work.zip": a_zip(good())})
    mac = good() | {"__MACOSX/._01_numbers.ipynb": b"\0\5\26\7", ".DS_Store": b"\0\0"}
    learner("mac", {"work.zip": a_zip({"work/" + key: value for key, value in mac.items()}), "__MACOSX/._x": b"\0"})
    learner("nested", {"all.zip": a_zip({"inner.zip": a_zip(good())})})
    older = text(open_tasks())
    learner("several", good() | {("resubmitted/01_numbers.ipynb", 3): older}, remark="newest")
    learner("late zip", {("old.zip", 5): a_zip({"01_numbers.ipynb": older}), **good()})
    learner("only one", {"01_numbers.ipynb": one}, 4, "missing")
    learner("empty", {".DS_Store": ""}, 0, "missing")
    learner("untouched", {f"{name}.ipynb": text(open_tasks(name)) for name in NAMES}, 0)
    learner("copied", good() | {"01_numbers.ipynb": text(copied())}, 10, "copied")
    learner("photo", good() | {"holiday.jpg": b"\xff\xd8"}, 10, "holiday.jpg")
    flat = {f"doejane_4711_99_{key}": value for key, value in good().items()}
    put(folder, flat)
    done["doejane_4711"] = 10, ""
    put(folder, {f"Kim Lee_815_assignsubmission_file_/{key}": value for key, value in good().items()})
    done["Kim Lee_815"] = 10, ""
    put(folder, {f"sam-{key}": value for key, value in good().items()})
    done["sam"] = 10, ""
    learner("damaged", good() | {"02_words.ipynb": two[:500]}, 6, "cannot be read")

    def hostile(name, notebook, points, remark=""):
        learner(name, good() | {"01_numbers.ipynb": text(notebook)}, 6 + points, remark)

    hostile("endless", endless(), 2, "too long")
    hostile("deleted", deleted(), 3, "missing")
    hostile("gigabyte", gigabyte(), 2, "printed too much")
    hostile("glutton", glutton(), 0, "memory")
    hostile("quitter", quitter(), 2, "Python ended")
    hostile("transformer", transformer(), 4, "without having printed")
    hostile("skips", skipped_checks(), 0)
    hostile("reads", reads_the_answers(), 0)
    hostile("daemon", daemon("/tmp/never"), 0)
    hostile("trigger", writes_into_the_gradebook(), 0)
    return done


if __name__ == "__main__":
    root = Path(sys.argv[1])
    save_course(root / "source")
    expected = a_class(root / "handed_in")
    (root / "expected.json").write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
    print(len(expected), "learners in", root / "handed_in")
