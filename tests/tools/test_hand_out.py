"""What learners get: complete, without answers, with commands and links that work, ready to be a public repository."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from tests.common import COURSE, NOTEBOOKS, read
from tests.tools.classroom import NAMES, save_course
from tools import hand_out, publish


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The hand-out of this course, and the zip beside it."""
    folder = tmp_path_factory.mktemp("hand-out") / "generative-models"
    return folder, hand_out.build(folder, COURSE / "solutions")


def test_it_holds_what_notebooks_need_and_nothing_of_the_maintainers(built):
    folder, archive = built
    assert {path.name for path in folder.iterdir()} - {"weights"} == {
        *("README.md", "LICENSE", "requirements.txt", "utils.py", ".gitignore"),
        *("notebooks", "course", "data", "figures", "benchmarks", "docs"),
    }
    for needed in (
        *("course/generative_models.txt", "course/layers.py", "figures/alt.json", "figures/gan_game.png"),
        *("data/sample/articles.csv", "data/fetch.py", "benchmarks/results/speed.csv"),
    ):
        assert (folder / needed).is_file(), needed
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    ours = [name for name in files if not name.startswith("data/sample/")]
    assert not [name for name in ours if re.search(r"test|solution|tools/|draw\.py|render|make_|__pycache__", name)]
    assert set(zipfile.ZipFile(archive).namelist()) >= {f"generative-models/{name}" for name in files}
    assert archive.stat().st_size < 32 << 20, "pictures and weights are some 30 MB, and a learner waits for them"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_file_that_a_notebook_names_is_there(built, name):
    code = [cell.source for cell in nbformat.read(built[0] / "notebooks" / f"{name}.ipynb", 4).cells[1:]]
    named = set(re.findall(r'"((?:data|benchmarks|figures|weights)/[^"{]+)"', "\n".join(code)))
    assert not [path for path in named if not (built[0] / path).exists()]


def test_the_notebooks_do_name_files(built):
    """Else the test above sees nothing."""
    texts = "".join((built[0] / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8") for name in NOTEBOOKS)
    assert {"data/more_months.csv", "benchmarks/results/after_points.csv"} <= set(re.findall(r"[\w/]+\.csv", texts))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_keep_the_outputs_of_the_guided_part_and_no_answer(built, name):
    notebook = nbformat.read(built[0] / "notebooks" / f"{name}.ipynb", as_version=4)
    ours = read(name, "notebooks")
    setup = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
    for cell, own in zip(notebook.cells, ours.cells, strict=True):
        assert cell.get("outputs") == own.get("outputs")
        assert cell in (notebook.cells[0], *setup) or cell.source == own.source, "one derivation"
    assert sum(bool(cell.get("outputs")) for cell in notebook.cells) > 20
    assert "BEGIN SOLUTION" not in nbformat.writes(notebook) and "BEGIN HIDDEN" not in nbformat.writes(notebook)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert checks and all(cell.metadata.nbgrader.get("checksum") for cell in checks)


def test_every_link_leads_somewhere(built):
    folder, _ = built
    pages = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}
    for path in folder.glob("notebooks/*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        pages[path] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    pattern = re.compile(r"""(?:\]\(|href=")([^)\s#"]+)""")
    links = [(path, link) for path, text in pages.items() for link in pattern.findall(text)]
    named = [name for text in pages.values() for name in re.findall(r"`((?:benchmarks|data|docs)/[\w./]+\.md)`", text)]
    assert {"../docs/play/index.html", "notebooks/01_lstm_headlines.ipynb"} <= {link for _, link in links} and named
    assert [name for name in named if not (folder / name).exists()] == []
    lost = [(path.name, link) for path, link in links if "://" not in link and not (path.parent / link).exists()]
    assert lost == [(path.name, link) for path, link in links if link.startswith("attachment:")]


def test_the_readmes_commands_name_what_is_there(built):
    folder, _ = built
    text = (folder / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"`([^`]*(?:venv|python)[^`]*)`", text)
    pairs = re.findall(r"\| `(\S*py[^`]*)` \| `([^`]*)` \|$", text, re.MULTILINE)
    assert len(pairs) == 4, "set up, install, open, examine"
    for windows, other in pairs:
        same = windows.replace("py -3.12", "python3").replace(r".venv\Scripts\python", ".venv/bin/python")
        assert same == other
    requirements = (folder / "requirements.txt").read_text(encoding="utf-8")
    for command in commands:
        for name in re.findall(r"-r (\S+)", command):
            assert (folder / name).is_file(), command
        for module in re.findall(r"-m ([\w.]+)", command):
            theirs = module in ("venv", "pip") or (module == "jupyterlab" and "jupyter" in requirements)
            assert theirs or (folder / f"{module.replace('.', '/')}.py").is_file(), command
    assert not re.search(r"\bmake \w+`|solutions|tools\.", text), "commands and folders that are not in it"


def test_the_readme_names_the_files_to_hand_in(built):
    text = (built[0] / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\* `(\w+)\.ipynb`$", text, re.MULTILINE) == NOTEBOOKS


def test_a_notebook_of_it_finds_its_course(built, tmp_path):
    """The set-up cell, run in the folder of an unpacked hand-out."""
    folder = tmp_path / "home" / "generative-models"
    with zipfile.ZipFile(built[1]) as archive:
        archive.extractall(tmp_path / "home")
    cells = nbformat.read(folder / "notebooks" / f"{NOTEBOOKS[1]}.ipynb", as_version=4).cells
    code = next(cell.source for cell in cells if "setup" in cell.metadata.get("tags", []))
    code = code.replace("setup.start(here)", "import utils; print(os.getcwd(), utils.__file__)")
    result = subprocess.run([sys.executable, "-c", code], cwd=folder / "notebooks", capture_output=True, text=True)
    assert result.stdout.split() == [str(folder.resolve()), str(folder.resolve() / "utils.py")], result.stderr


def test_building_again_keeps_the_history_of_the_public_repository(tmp_path):
    (tmp_path / "source").mkdir()
    folder = tmp_path / "out"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").touch()
    (folder / "old.txt").touch()
    archive = hand_out.build(folder, tmp_path / "source")
    assert (folder / ".git" / "HEAD").exists() and not (folder / "old.txt").exists()
    assert not [name for name in zipfile.ZipFile(archive).namelist() if "/.git/" in name]


def address(notebook):
    """The repository that badge and set-up cell of a notebook name, and the branch of the latter."""
    text = "\n".join(cell.source for cell in notebook.cells)
    badges = re.findall(r"colab\.research\.google\.com/github/([\w./-]+)/blob/([\w./-]+)/notebooks/(\w+)\.ipynb", text)
    return badges, re.findall(r'os\.environ\.get\("COURSE_(?:REPO|BRANCH)", "([^"]*)"', text)


@pytest.mark.slow
@pytest.mark.parametrize("published", [False, True])
def test_badges_lead_to_the_hand_outs_own_repository_and_never_to_the_answers(tmp_path, published):
    """A course that is public itself has badges that clone its solutions, too: a hand-out must not carry them."""
    (tmp_path / "source").mkdir()
    for name in NOTEBOOKS:
        notebook = read(name)
        if published:
            publish.stamp_notebook(notebook, name, "school/with-answers", "main")
        nbformat.write(notebook, tmp_path / "source" / f"{name}.ipynb")
    hand_out.build(tmp_path / "private", tmp_path / "source")
    hand_out.build(tmp_path / "public", tmp_path / "source", "school/for-learners", "autumn")
    for name in NOTEBOOKS:
        private, public = (
            nbformat.read(tmp_path / kind / "notebooks" / f"{name}.ipynb", as_version=4)
            for kind in ("private", "public")
        )
        assert address(private) == ([], ["", ""])
        assert address(public) == ([("school/for-learners", "autumn", name)], ["school/for-learners", "autumn"])
        assert "with-answers" not in nbformat.writes(private) + nbformat.writes(public)


@pytest.mark.slow
def test_the_release_is_kept_and_not_replaced_once_marks_rest_on_it(tmp_path, monkeypatch, capsys):
    save_course(tmp_path / "source")
    command = ["hand_out", "--source", str(tmp_path / "source"), "--output", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", [*command, "--grades", str(tmp_path / "grades")])
    assert hand_out.main() == 0 and "are kept in" in capsys.readouterr().out
    kept = tmp_path / "grades" / "release" / hand_out.ASSIGNMENT / f"{NAMES[0]}.ipynb"
    assert kept.is_file() and not (tmp_path / "out" / "gradebook.db").exists()
    source = tmp_path / "source" / f"{NAMES[0]}.ipynb"
    source.write_text(source.read_text().replace("# Numbers", "# New numbers"))
    hand_out.main()
    assert "New numbers" in kept.read_text(), "nothing rests on it yet"
    (tmp_path / "grades" / "autograded").mkdir()
    source.write_text(source.read_text().replace("# New numbers", "# Third"))
    hand_out.main()
    assert "Third" not in kept.read_text() and "move that folder away" in capsys.readouterr().out


@pytest.mark.parametrize("repo", ["course", "https://github.com/someone/course", "me/fork.git"])
def test_what_is_no_address_is_refused(tmp_path, monkeypatch, capsys, repo):
    monkeypatch.setattr(sys, "argv", ["hand_out", "--repo", repo, "--output", str(tmp_path / "out")])
    with pytest.raises(SystemExit):
        hand_out.main()
    assert "owner/name" in capsys.readouterr().err and not (tmp_path / "out").exists()
