"""Copy the pictures of results that the README shows from the solved notebooks' outputs.

    python -m tools.pictures

It writes the bytes of the outputs as they are.
"""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent
PICTURES = {  # file: notebook, and how the alternative text of the picture begins
    "docs/pictures/parabola.gif": ("02_quadratic_gan", "Orange triangles gather on the parabola"),
    "docs/pictures/tomatoes.gif": ("03_fruit_gan", "Film: ten patches"),
}


def picture(name: str, alt: str) -> bytes:
    """The picture in a solved notebook's outputs whose alternative text begins with alt.

    Raises:
        LookupError: if there is none.
    """
    for cell in nbformat.read(COURSE / "solutions" / f"{name}.ipynb", as_version=4).cells:
        for output in cell.get("outputs", []):
            for kind, about in output.get("metadata", {}).items():
                if kind.startswith("image/") and about.get("alt", "").startswith(alt):
                    return base64.b64decode(output.data[kind])
    raise LookupError(f"solutions/{name}.ipynb has no picture whose alternative text begins with {alt!r}.")


def main() -> None:
    """Write all of them."""
    for file, source in PICTURES.items():
        (COURSE / file).write_bytes(picture(*source))


if __name__ == "__main__":
    main()
