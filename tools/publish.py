"""Stamp the course's public address into the solved notebooks and the README.

    python tools/publish.py owner/name --branch main

Three places know the address: the badge below each notebook's title, the setup cell (which clones the course where a
notebook is opened alone), and the badges in the README's table of notebooks. Running it again with another address
replaces the old one. `make publish` derives notebooks/ afterwards.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent
BADGE = re.compile(r"\[!\[Open in Colab\]\([^)]*\)\]\([^)]*\)")


def badge(name: str, repo: str, branch: str) -> str:
    """The badge, in Markdown, that opens a learner's notebook in Colab.

    Args:
        name: the notebook, without .ipynb.
        repo: owner/name on GitHub.
        branch: the branch that is published.
    """
    target = f"https://colab.research.google.com/github/{repo}/blob/{branch}/notebooks/{name}.ipynb"
    return f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({target})"


def stamp_notebook(notebook: nbformat.NotebookNode, name: str, repo: str, branch: str) -> None:
    """Put badge and address into a notebook, in place.

    Raises:
        ValueError: if it does not begin with a title, or has no setup cell.
    """
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    if first.cell_type != "markdown" or not title.startswith("# "):
        raise ValueError(f"{name} does not begin with a title")
    first.source = f"{title}\n\n{badge(name, repo, branch)}\n\n{BADGE.sub('', rest).strip()}".rstrip()

    setup = next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
    stamps = {"COURSE_REPO": f"https://github.com/{repo}", "COURSE_BRANCH": branch}
    for variable, value in stamps.items():
        pattern = rf'(os\.environ\.get\(\s*"{variable}",\s*)"[^"]*"'
        if setup is None or (variable == "COURSE_REPO" and not re.search(pattern, setup.source)):
            raise ValueError(f"{name} has no setup cell that reads {variable}")
        setup.source = re.sub(pattern, rf'\g<1>"{value}"', setup.source)


def stamp_readme(text: str, repo: str, branch: str) -> str:
    """The README's text with a badge behind each link to a notebook that stands in its table."""

    def with_badge(link: re.Match) -> str:
        return f"{link['link']} {badge(link['name'], repo, branch)}"

    pattern = rf"(?<=^\| )(?P<link>\[[^\]]+\]\(notebooks/(?P<name>\w+)\.ipynb\))( {BADGE.pattern})?"
    return re.sub(pattern, with_badge, text, flags=re.MULTILINE)


def main() -> int:
    """Stamp what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", help="owner/name on GitHub")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--course", type=Path, default=COURSE, help="the folder to stamp")
    options = parser.parse_args()
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", options.repo) or not re.fullmatch(r"[\w./-]+", options.branch):
        parser.error(
            f"an address looks like owner/name, and a branch like main, unlike {options.repo} {options.branch}"
        )

    paths = sorted((options.course / "solutions").glob("*.ipynb"))
    notebooks = {path: nbformat.read(path, as_version=4) for path in paths}
    try:
        for path, notebook in notebooks.items():
            stamp_notebook(notebook, path.stem, options.repo, options.branch)
    except ValueError as error:
        parser.error(f"{error}; nothing is stamped")
    for path, notebook in notebooks.items():
        nbformat.write(notebook, path)
    readme = options.course / "README.md"
    stamped = stamp_readme(readme.read_text(encoding="utf-8"), options.repo, options.branch)
    readme.write_text(stamped, encoding="utf-8")
    print(f"Badges and setup cells now name https://github.com/{options.repo}, branch {options.branch}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
