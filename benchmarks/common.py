"""What the benchmarks share: rows of the table of speed, taking turns, and memory."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.lessons import COURSE

SAMPLE = COURSE / "data" / "sample"
Row = dict[str, str | int | float]


def both_ways(notebook: int, what: str, unit: str, chapter: Sequence[float], course: Sequence[float]) -> list[Row]:
    """Rows of the table of speed: the same thing measured both ways, a value for each repeat.

    Args:
        notebook: its number.
        what: what was measured.
        unit: "s", "MB", "%" or "1/s"; of the last, more is better.
        chapter: values of the chapter's way; empty if it has no such thing.
        course: values of the course's way.
    """
    return [
        {"notebook": notebook, "what": what, "unit": unit, "way": way, "repeat": repeat, "value": value}
        for way, values in (("chapter", chapter), ("course", course))
        for repeat, value in enumerate(values, 1)
    ]


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turns(sides: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each side, one after the other in each repeat, so that a slow moment hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, function in sides.items():
            times[name].append(seconds(function))
    return times


def peak_memory() -> float:
    """Most memory that this process has held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss would begin with what the parent process held
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e6
    import resource  # Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
