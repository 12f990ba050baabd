"""Build the reading edition: README, notebooks and teaching notes as web pages with search, in output/site/.

All that a page needs lies beside it, so the site works from disk and without network. Open output/site/index.html.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

COURSE = Path(__file__).resolve().parent.parent
PAGES = [
    *("notebooks", "docs", "figures"),
    *("data/README.md", "data/contact_sheet.jpg"),
    *("benchmarks/RESULTS.md", "benchmarks/results.png"),
]
CONTENTS = """
```{toctree}
:hidden:
:caption: The notebooks
notebooks/01_lstm_headlines
notebooks/02_quadratic_gan
notebooks/03_fruit_gan
```

```{toctree}
:hidden:
:caption: Around them
docs/teaching
data/README
benchmarks/RESULTS
```
"""


def collect(folder: Path) -> None:
    """Copy what becomes a page into a folder, as it lies in the course, so that links between pages hold."""
    for name in PAGES:
        source, target = COURSE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns(".*", "__pycache__", "style", "play", "templates", "*.py")
            )
        else:
            shutil.copy(source, target)
    readme = (COURSE / "README.md").read_text(encoding="utf-8")
    (folder / "index.md").write_text(readme + CONTENTS, encoding="utf-8")


def add_game(output: Path) -> None:
    """Put the page on which the GAN of lesson 2 plays live into a built site, with a way back to the front page."""
    shutil.copytree(COURSE / "docs" / "play", output / "docs" / "play", dirs_exist_ok=True)
    page = output / "docs" / "play" / "index.html"
    back = '<a href="../../index.html">Generative models, hands on</a>'
    page.write_text(page.read_text(encoding="utf-8").replace("<!-- back -->", back), encoding="utf-8")


def build(output: Path) -> int:
    """Build the site into a folder, which is emptied first; 0 if all went well, and no link leads nowhere."""
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "source")
        collect(source)
        quiet_and_strict = ["-q", "--fail-on-warning", "--keep-going"]
        doctrees = ["-d", str(Path(temporary, "doctrees"))]
        failed = build_main([*quiet_and_strict, *doctrees, "-c", str(COURSE / "docs"), str(source), str(output)])
    add_game(output)
    return failed


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=COURSE / "output" / "site")
    output = parser.parse_args().output
    if failed := build(output):
        return failed
    print("Open", output / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
