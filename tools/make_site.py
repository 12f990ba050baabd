"""Build the reading edition: notebooks by part, glossary, works cited, notes, as web pages with search in output/site/.

    python -m tools.make_site [--output FOLDER] [--zip] [--links]

All that a page needs lies beside it, so the site works from disk and without network. Open output/site/index.html.
--links builds nothing, and asks whether each address that the pages name is there, which needs a network.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image, ImageOps
from sphinx.cmd.build import build_main

from tools.measured import headlines
from tools.publish import BADGE

COURSE = Path(__file__).resolve().parent.parent
LESSONS = sorted(path.stem for path in (COURSE / "notebooks").glob("0*.ipynb"))
PAGES = [
    *("notebooks", "docs", "figures"),
    *("data/README.md", "data/contact_sheet.jpg"),
    *("benchmarks/RESULTS.md", "benchmarks/results.png", "benchmarks/rules.jpg"),
]
CONTENTS = """
```{toctree}
:hidden:
:caption: The notebooks
LESSONS
```

```{toctree}
:hidden:
:caption: Around them
docs/install
docs/page_1
docs/page_2
docs/page_3
docs/page_4
docs/glossary
docs/references
docs/rights
docs/settings
docs/trouble
data/README
benchmarks/RESULTS
```
""".replace("LESSONS", "\n".join(f"notebooks/{name}" for name in LESSONS))
FILMS = ["parabola", "tomatoes"]  # in docs/pictures
LINK = re.compile(r"(?P<mark>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)")
CITED = re.compile(r"(?<!\[)\*(?P<title>[A-Z0-9][^*]{8,200})\*(?=,?\s+\(?(?:19|20)\d\d)")


# ---------------------------------------------------------------- texts


def address() -> tuple[str, str]:
    """Where the course is public: its files on GitHub, and Colab for its notebooks; empty before publishing."""
    readme = (COURSE / "README.md").read_text(encoding="utf-8")
    found = re.search(r"https://colab\.research\.google\.com/github/([\w./-]+)/notebooks/", readme)
    if not found:
        return "", ""
    return f"https://github.com/{found[1]}", f"https://colab.research.google.com/github/{found[1]}/notebooks"


def section(heading: str) -> str:
    """What stands below a heading of the README."""
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    return re.search(rf"^## {heading}\n\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE)[1]


def works() -> dict[str, str]:
    """The link of each cited work by its title, from docs/references.md."""
    text = (COURSE / "docs" / "references.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| .*?\*(.+?)\*, \d{4} \| .*?\]\((.+?)\) \|$", text, re.MULTILINE))


def settle(text: str, written_in: str, read_in: str) -> str:
    """Markdown whose links hold on the site.

    Badges, whose pictures a browser would fetch, become text. A link to a file that is no page leads to its place on
    GitHub, and is plain text before publishing. A cited work without a link gets the one of docs/references.md.

    Args:
        text: what somebody wrote.
        written_in: folder of that file, relative to the course.
        read_in: folder of the page that it becomes.
    """
    public, _ = address()

    def lead(found: re.Match) -> str:
        target, _, anchor = found["target"].partition("#")
        if not target or re.match(r"\w+:", target):
            return found[0]
        path = joined(written_in, target)
        if path == "README.md":
            path, anchor = "docs/install.md", ""
        elif path.startswith("docs/play/"):  # a page, and none of Sphinx's
            return f'<a href="{relative(path, read_in)}">{found["text"]}</a>'
        elif not any(path == page or path.startswith(f"{page}/") for page in PAGES):
            return f"[{found['text']}]({public}/{path})" if public and not found["mark"] else found["text"]
        target = relative(path, read_in)
        return f"{found['mark']}[{found['text']}]({target}{'#' * bool(anchor)}{anchor})"

    links = works()
    text = BADGE.sub(lambda badges: re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", badges[0]), text)
    if written_in != "docs" or "| link |" not in text:
        by_title = {" ".join(title.split()): link for title, link in links.items()}

        def cite(found: re.Match) -> str:
            link = by_title.get(" ".join(found["title"].split()))
            return f"[{found[0]}]({link})" if link else found[0]

        text = CITED.sub(cite, text)
    text = re.sub(r'href="([\w./-]+)"', lambda found: f'href="{relative(joined(written_in, found[1]), read_in)}"', text)
    return LINK.sub(lead, text)


def joined(folder: str, target: str) -> str:
    """A relative link, read in a folder of the course, as a path in the course."""
    return os.path.normpath(os.path.join(folder, target)).replace(os.sep, "/")


def relative(path: str, folder: str) -> str:
    """A path in the course as a link from a folder of it."""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


# ---------------------------------------------------------------- notebooks, by part


def heading(cell: NotebookNode) -> str:
    """The heading of level 1 or 2 that a cell begins with; empty if it begins otherwise."""
    found = re.match(r"##? (.+)", cell.source) if cell.cell_type == "markdown" else None
    return found[1].strip() if found else ""


def at_headings(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """The cells, those of text cut before each heading of level 1 or 2."""
    for cell in cells:
        if cell.cell_type != "markdown":
            yield cell
            continue
        fences = [found.span() for found in re.finditer(r"^```.*?^```", cell.source, re.DOTALL | re.MULTILINE)]
        cuts = [found.start() for found in re.finditer(r"^##? ", cell.source, re.MULTILINE)]
        cuts = [0, *(cut for cut in cuts if cut and not any(first < cut < last for first, last in fences)), None]
        for number, (first, last) in enumerate(zip(cuts, cuts[1:], strict=False)):
            yield NotebookNode(cell, source=cell.source[first:last].strip(), id=f"{cell.id}-{number}")


def parts(notebook: NotebookNode) -> Iterator[tuple[str, list[NotebookNode]]]:
    """The heading and the cells of each part; the first holds title and set-up, and each has code."""
    title, cells = "", []
    for cell in at_headings(notebook.cells):
        begins = heading(cell)
        if begins and any(earlier.cell_type == "code" for earlier in cells):
            yield title, cells
            title, cells = begins, []
        title = title or begins
        cells.append(cell)
    yield title, cells


def slug(number: int, title: str) -> str:
    """A file name for a part."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{number:02}-{'-'.join(words.split('-')[:6])}"


def as_page(cells: list[NotebookNode], folder: str) -> list[NotebookNode]:
    """Cells for a page in a folder: its first heading is the title, set-up code is folded, empty outputs are gone."""
    level = len(re.match(r"#*", cells[0].source)[0])
    seen = False

    def shift(found: re.Match) -> str:
        """A heading by the first one of the page, which is its title and has none beside it."""
        nonlocal seen
        depth = max(2, len(found[1]) - level + 1) if seen else 1
        seen = True
        return "#" * depth + " "

    shown = []
    for cell in cells:
        cell = NotebookNode(cell, metadata=NotebookNode(cell.metadata))
        if cell.cell_type == "markdown":
            pieces = re.split(r"(^```.*?^```)", cell.source, flags=re.DOTALL | re.MULTILINE)
            pieces[::2] = [settle(piece, "notebooks", folder) for piece in pieces[::2]]
            pieces[::2] = [re.sub(r"^(#+) ", shift, piece, flags=re.MULTILINE) for piece in pieces[::2]]
            cell.source = "".join(pieces)
        elif cell.cell_type == "code":
            if "setup" in cell.metadata.get("tags", []):
                cell.metadata.tags = [*cell.metadata.tags, "hide-input"]
            cell.outputs = [output for output in cell.outputs if not is_blank(output)]
        shown.append(cell)
    return shown


def is_blank(output: NotebookNode) -> bool:
    """Whether an output shows nothing, such as what a progress bar leaves behind that was cleared."""
    return output.output_type == "stream" and not re.sub(r"\x1b\[[0-9;]*\w|\s", "", output.text)


def split(name: str, folder: Path) -> None:
    """Write a learner's notebook into a folder as pages: notebooks/NAME.ipynb and notebooks/NAME/NN-part.ipynb."""
    notebook = nbformat.read(COURSE / "notebooks" / f"{name}.ipynb", as_version=4)
    (title, first), *others = parts(notebook)
    pages = {slug(number, part): cells for number, (part, cells) in enumerate(others, 1)}
    contents = "```{toctree}\n:caption: The parts\n" + "\n".join(f"{name}/{page}" for page in pages) + "\n```"
    everything = {name: [*as_page(first, "notebooks"), nbformat.v4.new_markdown_cell(contents, id="parts")]}
    everything |= {f"{name}/{page}": as_page(cells, f"notebooks/{name}") for page, cells in pages.items()}
    for page, cells in everything.items():
        path = folder / "notebooks" / f"{page}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(NotebookNode(notebook, cells=cells), path)


# ---------------------------------------------------------------- the front page


def front() -> str:
    """The front page, with headlines that appear word by word and the README's table of notebooks."""
    text = (COURSE / "docs" / "front.md").read_text(encoding="utf-8")
    lines, count = [], 0
    for headline in headlines():
        words = []
        for word in headline.split():
            words.append(f'<i style="--n:{count}">{html.escape(word)}</i>')
            count += 1
        lines.append(f"<span>{' '.join(words)}</span>")
    text = text.replace("HEADLINES", html.escape("; ".join(headlines())))
    text = text.replace("TYPED", "".join(lines))
    _, colab = address()
    text = text.replace("COLAB\n", f'<a href="{colab}/{LESSONS[0]}.ipynb">Open in Colab</a>\n' if colab else "")
    notebooks = settle(section("The notebooks"), "", "")
    return settle(text, "docs", "").replace("NOTEBOOKS\n", notebooks) + CONTENTS


def add_stills(folder: Path) -> None:
    """Beside each film its last frame, for who wants nothing to move, and all of them as one picture for sharing."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = Image.new("RGB", (1200, 630), "white")
    for number, name in enumerate(FILMS):
        with Image.open(COURSE / "docs" / "pictures" / f"{name}.gif") as film:
            film.seek(film.n_frames - 1)
            still = film.convert("RGB")
        still.save(folder / f"{name}.png")
        shared.paste(ImageOps.pad(still, (580, 590), color="white"), (15 + number * 590, 20))
    shared.save(folder / "shared.png")


def collect(folder: Path) -> None:
    """Put all that becomes a page into a folder, so that links between pages hold."""
    for name in (*PAGES[2:], *(f"docs/{path.name}" for path in sorted((COURSE / "docs").glob("*.md")))):
        source, target = COURSE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.py"))
        elif source.suffix == ".md":
            parent = str(Path(name).parent)
            target.write_text(settle(source.read_text(encoding="utf-8"), parent, parent), encoding="utf-8")
        else:
            shutil.copy(source, target)
    (folder / "docs" / "front.md").unlink()
    (folder / "docs" / "install.md").write_text(
        "# Set up\n\n" + settle(section("Set up"), "", "docs"), encoding="utf-8"
    )
    shutil.copytree(COURSE / "docs" / "pictures", folder / "docs" / "pictures", dirs_exist_ok=True)
    for name in LESSONS:
        split(name, folder)
    # Instructors' notes have answers: no learner's page lists them, and search does not find them.
    notes = folder / "docs" / "teaching.md"
    notes.write_text("---\norphan: true\nnosearch: true\n---\n\n" + notes.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "index.md").write_text(front(), encoding="utf-8")


def add_game(output: Path) -> None:
    """Put the page on which the GAN of lesson 2 plays live into a built site, with a way back to the front page."""
    shutil.copytree(COURSE / "docs" / "play", output / "docs" / "play", dirs_exist_ok=True)
    page = output / "docs" / "play" / "index.html"
    back = '<a href="../../index.html">Generative models, hands on</a>'
    page.write_text(page.read_text(encoding="utf-8").replace("<!-- back -->", back), encoding="utf-8")


def build(output: Path, builder: str = "html") -> int:
    """Build the site into a folder, which is emptied first; 0 if all went well, and no link leads nowhere."""
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "source")
        collect(source)
        quiet_and_strict = ["-q", "--fail-on-warning", "--keep-going"] if builder == "html" else ["-q"]
        folders = ["-b", builder, "-d", str(Path(temporary, "doctrees")), "-c", str(COURSE / "docs")]
        built = Path(temporary, "built", "site")  # MyST-NB writes the pictures of outputs beside it once more
        failed = build_main([*quiet_and_strict, *folders, str(source), str(built)])
        shutil.copytree(built, output)
    if builder == "html":
        shutil.copytree(COURSE / "docs" / "pictures", output / "docs" / "pictures", dirs_exist_ok=True)
        add_stills(output / "docs" / "pictures")
        add_game(output)
    return failed


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=COURSE / "output" / "site")
    parser.add_argument("--zip", action="store_true", help="a zip beside the folder, too")
    parser.add_argument("--links", action="store_true", help="ask for each address that the pages name")
    options = parser.parse_args()
    if options.links:
        return build(COURSE / "output" / "links", "linkcheck")
    if failed := build(options.output):
        return failed
    if options.zip:
        shutil.make_archive(str(options.output), "zip", options.output.parent, options.output.name)
    print("Open", options.output / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
