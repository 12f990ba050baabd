"""Copy the pictures of results that the README shows from the solved notebooks' outputs into docs/pictures/."""

from __future__ import annotations

import base64
from pathlib import Path

from definitions import COURSE, read

FOLDER = COURSE / "docs" / "pictures"
PICTURES = {  # file: notebook, and how the alternative text of the picture begins
    "headlines.png": ("01_lstm_headlines", "Perplexity by epoch"),
    "parabola.gif": ("02_quadratic_gan", "Crosses gather on the parabola"),
    "tomatoes.gif": ("03_fruit_gan", "Film: ten patches"),
}


def picture(name: str, alt: str) -> bytes:
    """The picture in a solved notebook's outputs whose alternative text begins with alt.

    Raises:
        LookupError: if there is none.
    """
    for cell in read(name).cells:
        for output in cell.get("outputs", []):
            for kind, about in output.get("metadata", {}).items():
                if kind.startswith("image/") and about.get("alt", "").startswith(alt):
                    return base64.b64decode(output.data[kind])
    raise LookupError(f"solutions/{name}.ipynb has no picture whose alternative text begins with {alt!r}")


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for file, (name, alt) in PICTURES.items():
        Path(FOLDER / file).write_bytes(picture(name, alt))


if __name__ == "__main__":
    main()
