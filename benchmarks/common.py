"""What the benchmarks share: taking turns, medians with their spread, memory, and the name of the machine."""

from __future__ import annotations

import math
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
COURSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(COURSE), str(COURSE / "tools")]


@dataclass
class Row:
    """One line of the table: the same thing done both ways.

    Attributes:
        notebook: "1", "2" or "3".
        what: what was measured, with its unit.
        chapter: values of the chapter's way, one per repeat; empty if it has no such thing.
        ours: values of the notebook's way.
        higher_is_better: True for rates, False for times and memory.
    """

    notebook: str
    what: str
    chapter: list[float]
    ours: list[float]
    higher_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times better ours is, median by median; None without a chapter's way."""
        if not self.chapter:
            return None
        chapter, ours = statistics.median(self.chapter), statistics.median(self.ours)
        return ours / chapter if self.higher_is_better else chapter / ours

    def cells(self) -> list[str]:
        """Notebook, what, chapter, ours and ratio as text; spreads in brackets."""

        def number(value: float) -> str:
            if value == float("inf"):
                return "not reached"
            return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"

        def text(values: list[float]) -> str:
            if len(values) < 2:
                return number(values[0]) if values else "-"
            return f"{number(statistics.median(values))} ({number(min(values))} to {number(max(values))})"

        return [
            self.notebook,
            self.what,
            text(self.chapter),
            text(self.ours),
            "-" if self.ratio is None or not math.isfinite(self.ratio) else f"{self.ratio:.1f}",
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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def machine() -> str:
    """Processor, cores and versions, in one line."""
    import keras
    import tensorflow as tf

    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    gpus = tf.config.list_physical_devices("GPU")
    gpu_names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return ", ".join(
        [
            names[0] if names else platform.processor() or platform.machine(),
            f"{os.cpu_count()} cores",
            *(gpu_names or ["no GPU"]),
            f"Python {platform.python_version()}",
            f"TensorFlow {tf.__version__}",
            f"Keras {keras.__version__}",
        ]
    )
