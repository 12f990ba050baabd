"""Measure the course's way against the chapter's; one table, written to benchmarks/RESULTS.md with a plot.

python benchmarks/run.py            everything, about half an hour on 2 cores; let the machine do nothing else
python benchmarks/run.py --quick    one size of each, few repeats, no long trainings; keeps nothing
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from common import Row, machine

import matplotlib

matplotlib.use("Agg")
import fruit
import growth
import headlines
import loading
import matplotlib.pyplot as plt
import quadratic

HERE = Path(__file__).resolve().parent
HEAD = """# Benchmarks

Written by `make bench`. Medians, with the lowest and the highest value in brackets; both sides were measured in turns
in one run. The chapter's way is written out in the files beside this one.

"""
TAIL = """
![How many times better each figure is than the chapter's way](results.png)
"""


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["notebook", "what", "chapter's way", "course", "times better"]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def growth_tables(tables: dict[str, dict[str, float]]) -> str:
    """How cost grows, as Markdown: size, seconds, and how many times the first."""
    parts = []
    for heading, values in tables.items():
        first = next(iter(values.values()))
        lines = [f"| {size} | {value:.3g} | {value / first:.1f} |" for size, value in values.items()]
        parts.append("\n".join([f"| {heading} | | times the first |", "| --- | --- | --- |", *lines]))
    return "\n\n".join(parts)


def plot(rows: list[Row], path: Path) -> None:
    """Bars: how many times better each figure is than the chapter's way, on a logarithmic axis."""
    # A share in percent has a limit to stay under; being smaller than a tiny one is no race.
    compared = [row for row in rows if not row.what.endswith("%") and row.ratio and math.isfinite(row.ratio)][::-1]
    figure, axis = plt.subplots(figsize=(8, 0.4 * len(compared) + 1.2), layout="constrained")
    names = [f"{row.notebook}: {row.what.rsplit(', ', 1)[0]}" for row in compared]
    bars = axis.barh(names, [row.ratio - 1 for row in compared], left=1, color="#0072B2")
    axis.bar_label(bars, [f" {row.ratio:.1f}" for row in compared])
    axis.axvline(1, color="grey", linestyle="--", linewidth=1)
    axis.set(xscale="log", xlabel="times better than the chapter's way", title="The course against the chapter's way")
    axis.set_xlim(0.5, 2 * axis.get_xlim()[1])  # room for the figures behind the bars
    axis.xaxis.set_major_formatter("{x:g}")
    figure.savefig(path, dpi=100)


def main() -> None:
    """Measure, print, and keep the results of a full run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rows = []
    for benchmark in (headlines, quadratic, fruit, loading):
        print(f"{benchmark.__name__} ...", flush=True)
        rows += benchmark.measure(quick)
    print("growth ...", flush=True)
    grown = growth.measure(quick)
    text = f"{machine()}\n\n{table(rows)}\n\n{growth_tables(grown)}\n"
    print(f"\n{text}")
    if not quick:
        plot(rows, HERE / "results.png")
        (HERE / "RESULTS.md").write_text(HEAD + text + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
