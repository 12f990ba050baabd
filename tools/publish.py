"""Stamp the course's public address into the lessons' sources and the README.

    python -m tools.publish owner/name --branch main

Three places know the address: the badge below each lesson's title, the set-up cell (which clones the course where a
notebook is opened alone), and the badges in the README's table of notebooks. Running it again with another address
replaces the old one. `make publish` derives the notebooks afterwards; commit and push what changed.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from nbformat import NotebookNode

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


def stamp_lesson(text: str, name: str, repo: str, branch: str) -> str:
    """A lesson's source with badge and address.

    Raises:
        ValueError: if it has no title, or no set-up cell.
    """
    text = re.sub(rf"^# {BADGE.pattern}\n#\n", "", text, count=1, flags=re.MULTILINE)
    title = re.compile(r"(# %% \[markdown\]\n# # .+\n#\n)")
    if not title.search(text):
        raise ValueError(f"{name} does not begin with a title")
    text = title.sub(lambda found: f"{found[1]}# {badge(name, repo, branch)}\n#\n", text, count=1)
    return set_address(text, name, repo, branch)


def set_address(text: str, name: str, repo: str, branch: str) -> str:
    """A lesson's code with the address in its set-up cell; ValueError if that reads none."""
    for variable, value in {"COURSE_REPO": repo, "COURSE_BRANCH": branch}.items():
        text, count = re.subn(rf'(os\.environ\.get\("{variable}", )"[^"]*"', rf'\g<1>"{value}"', text)
        if count != 1:
            raise ValueError(f"{name} has no set-up cell that reads {variable}")
    return text


def stamp_notebook(notebook: NotebookNode, name: str, repo: str, branch: str) -> None:
    """Give a learner's notebook the address of the hand-out, in place; without one it names none and has no badge."""
    top = notebook.cells[0]
    top.source = re.sub(rf"^{BADGE.pattern}\n\n", "", top.source, count=1, flags=re.MULTILINE)
    if repo:
        title, _, rest = top.source.partition("\n\n")
        top.source = f"{title}\n\n{badge(name, repo, branch)}\n\n{rest}"
    for cell in notebook.cells:
        if "setup" in cell.metadata.get("tags", []):
            cell.source = set_address(cell.source, name, repo, branch if repo else "")


def stamp_readme(text: str, repo: str, branch: str) -> str:
    """The README's text with a badge behind each link to a notebook that stands in its table."""

    def with_badge(link: re.Match) -> str:
        return f"{link['link']} {badge(link['name'], repo, branch)}"

    pattern = rf"(?<=^\| )(?P<link>\[[^\]]+\]\(notebooks/(?P<name>\w+)\.ipynb\))( {BADGE.pattern})?"
    return re.sub(pattern, with_badge, text, flags=re.MULTILINE)


def is_address(repo: str, branch: str) -> bool:
    """Whether these can name a repository on GitHub and a branch."""
    named = re.fullmatch(r"[\w.-]+/[\w.-]+", repo) and re.fullmatch(r"[\w./-]+", branch)
    return bool(named) and not repo.endswith(".git")


def main() -> int:
    """Stamp what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", help="owner/name on GitHub")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--course", type=Path, default=COURSE, help="the folder to stamp")
    options = parser.parse_args()
    repo, branch = options.repo, options.branch
    if not is_address(repo, branch):
        parser.error(f"an address looks like owner/name, and a branch like main, unlike {repo} {branch}")

    sources = {path: path.read_text(encoding="utf-8") for path in sorted((options.course / "solutions").glob("0*.py"))}
    try:
        stamped = {path: stamp_lesson(text, path.stem, repo, branch) for path, text in sources.items()}
    except ValueError as error:
        parser.error(f"{error}; nothing is stamped")
    readme = options.course / "README.md"
    stamped[readme] = stamp_readme(readme.read_text(encoding="utf-8"), repo, branch)
    for path, text in stamped.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Badges and set-up cells now name https://github.com/{repo}, branch {branch}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
