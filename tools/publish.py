"""Stamp the course's public address into the lessons' sources, the README and CITATION.cff.

    python -m tools.publish owner/name --branch main

These know the address: the badges (Colab, Kaggle) below each lesson's title and in the README's table of notebooks, the
set-up cell (which clones the course where a notebook is opened alone), the README's line of links, its `git clone` and
CITATION.cff. Running it again with another address replaces the old one. `make publish` derives the notebooks
afterwards; commit and push what changed.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from nbformat import NotebookNode

COURSE = Path(__file__).resolve().parent.parent
BADGE = re.compile(r"\[!\[Open in \w+\]\([^)]*\)\]\([^)]*\)(?: \[!\[Open in \w+\]\([^)]*\)\]\([^)]*\))*")
HOSTS = {  # picture of the badge, address that opens a notebook given its owner/name/blob/branch/path on GitHub
    "Colab": (
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/{}",
    ),
    "Kaggle": (
        "https://kaggle.com/static/images/open-in-kaggle.svg",
        "https://kaggle.com/kernels/welcome?src=https://github.com/{}",
    ),
}


def badge(name: str, repo: str, branch: str) -> str:
    """The badges, in Markdown, that open a learner's notebook on Colab and on Kaggle.

    Args:
        name: the notebook, without .ipynb.
        repo: owner/name on GitHub.
        branch: the branch that is published.
    """
    path = f"{repo}/blob/{branch}/notebooks/{name}.ipynb"
    return " ".join(f"[![Open in {host}]({picture})]({opens.format(path)})" for host, (picture, opens) in HOSTS.items())


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
    """The README's text with badges behind each link to a notebook in its table, a line of links, and `git clone`."""

    def with_badge(link: re.Match) -> str:
        return f"{link['link']} {badge(link['name'], repo, branch)}"

    pattern = rf"(?<=^\| )(?P<link>\[[^\]]+\]\(notebooks/(?P<name>\w+)\.ipynb\))( {BADGE.pattern})?"
    text = re.sub(pattern, with_badge, text, flags=re.MULTILINE)
    text = re.sub(r"git clone --depth 1 \S+", f"git clone --depth 1 https://github.com/{repo}", text)
    owner, name = repo.split("/")
    actions = f"https://github.com/{repo}/actions/workflows/checks.yml"
    site = f"https://{owner.lower()}.github.io/" + (f"{name}/" if name.lower() != f"{owner}.github.io".lower() else "")
    links = f"[![Checks]({actions}/badge.svg)]({actions}) **[Read it as web pages]({site})**"
    return re.sub(r"\A(# .*\n\n)(?:\[!\[Checks\].*\n)?", lambda found: f"{found[1]}{links}\n", text)


def stamp_citation(text: str, repo: str) -> str:
    """CITATION.cff with the address of the repository."""
    return re.sub(r"^repository-code: .*\n", "", text, flags=re.MULTILINE) + (
        f'repository-code: "https://github.com/{repo}"\n'
    )


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
    citation = options.course / "CITATION.cff"
    stamped[citation] = stamp_citation(citation.read_text(encoding="utf-8"), repo)
    for path, text in stamped.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Badges and set-up cells now name https://github.com/{repo}, branch {branch}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
