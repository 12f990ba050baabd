"""Bring measured times into the texts: README, docs and the lessons' prose show what the notebooks' own runs took.

    python -m tools.measured

A time stands between two marks that no reader sees: <!--time 02_quadratic_gan-->4 minutes<!--end-->. The table of a
lesson's sections stands between <!--sections--> and <!--end-->. Both are read from the solved notebooks' metadata.
Between <!--table fruit_vanilla--> and <!--end--> stands that table of benchmarks/results, as RESULTS.md shows it;
between <!--headlines--> and <!--end--> what lesson 1's network wrote.
"""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks import results, run
from tools.lessons import COURSE, NAMES, read_solved

TEXTS = ["README.md", "docs/teaching.md", *(f"solutions/{name}.py" for name in NAMES)]


def words(seconds: float) -> str:
    """A duration as one says it: "40 seconds", "4 minutes", "5 hours"."""
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= 1.75 * size or unit == "second":
            count = round(seconds / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    raise AssertionError


def sections() -> str:
    """How long each part of each lesson computes, as a Markdown table."""
    rows = ["| notebook | section | time |", "| --- | --- | --- |"]
    for name in NAMES:
        notebook = read_solved(name)
        made_on = notebook.metadata.made_on
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        first = f"{int(name[:2])}, in all {words(made_on.seconds)}"
        for heading, seconds in sorted(made_on.sections.items(), key=lambda section: text.index(f"# {section[0]}")):
            rows.append(f"| {first} | *{heading}* | {words(seconds)} |")
            first = ""
    return "\n".join(rows)


def headlines() -> list[str]:
    """The headlines that a network wrote in lesson 1's first output with three or more of them."""
    notebook = read_solved(NAMES[0])
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        lines = [line.strip() for line in output.get("text", "").splitlines()]
        titles = [line for line in lines if line.istitle() and 5 <= len(line.split()) <= 12 and len(line) <= 70]
        titles = [line for line in titles if len({*line.split()}) > 0.7 * len(line.split())]
        if len(titles) >= 3:
            return titles[:4]
    raise LookupError(f"solutions/{NAMES[0]}.ipynb shows no three headlines that a network wrote")


def fill(text: str) -> str:
    """A text with what stands between its marks brought up to date.

    Raises:
        ValueError: in one sentence, if a mark names no lesson or has no end.
    """
    if len(re.findall(r"<!--(?:time |table |sections-->|headlines-->)", text)) != text.count("<!--end-->"):
        raise ValueError("a mark <!--time ...-->, <!--table ...--> or <!--sections--> has no <!--end-->, or it no mark")

    def time(found: re.Match) -> str:
        if found[1] not in NAMES:
            raise ValueError(f"<!--time {found[1]}--> names no lesson; there are {', '.join(NAMES)}")
        return f"<!--time {found[1]}-->{words(read_solved(found[1]).metadata.made_on.seconds)}<!--end-->"

    def table(found: re.Match) -> str:
        """As a comment, where the mark stands in a lesson's source."""
        before, name = found[1], found[2]
        if name not in run.SECTIONS:
            raise ValueError(f"<!--table {name}--> names no table; there are {', '.join(run.SECTIONS)}")
        rows = run.markdown(run.SECTIONS[name][1](results.read(name))).replace("\n", f"\n{before}")
        return f"{before}<!--table {name}-->\n{before.strip()}\n{before}{rows}\n{before.strip()}\n{before}<!--end-->"

    text = re.sub(r"<!--time (\w+)-->.*?<!--end-->", time, text, flags=re.DOTALL)
    written = f"<!--headlines-->{' <br> '.join(headlines())}<!--end-->" if "<!--headlines-->" in text else ""
    text = re.sub("<!--headlines-->.*?<!--end-->", written, text)
    text = re.sub(r"^((?:# )?)<!--table (\w+)-->.*?<!--end-->", table, text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(
        r"<!--sections-->.*?<!--end-->", lambda _: f"<!--sections-->\n{sections()}\n<!--end-->", text, flags=re.DOTALL
    )


def main() -> None:
    """Fill all texts."""
    for name in TEXTS:
        path = Path(COURSE / name)
        old = path.read_text(encoding="utf-8")
        try:
            new = fill(old)
        except ValueError as error:
            raise SystemExit(f"{name}: {error}") from None
        if new != old:
            path.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
