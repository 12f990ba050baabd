"""Draw the diagrams that the notebooks show.

    python -m figures.draw                       draw all of them
    python -m figures.draw word_order gan_game   draw only these

Every picture is one function in the module of its notebook, named like its file. With the same versions of what draws
them, the same code always writes the same bytes; drawn_with.json says which versions drew all of them last.
"""

from __future__ import annotations

import argparse
import json
import platform

import matplotlib
import PIL

from figures import pictures, points, text  # noqa: F401 - importing a module registers its figures
from figures.style import FIGURES, HERE, save


def versions() -> dict[str, str]:
    """What decides about the bytes of the files."""
    machine = f"{platform.system()} {platform.machine()}"
    return {"matplotlib": matplotlib.__version__, "pillow": PIL.__version__, "machine": machine}


def main() -> None:
    """Draw the figures named on the command line, or all."""
    parser = argparse.ArgumentParser("python -m figures.draw", description="Draw the diagrams that the notebooks show.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which figures (all): {', '.join(FIGURES)}")
    names = parser.parse_args().names
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    for name in names or FIGURES:
        path = save(name)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")
    if not names:
        (HERE / "drawn_with.json").write_text(json.dumps(versions(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
