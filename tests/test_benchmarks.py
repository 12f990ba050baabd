"""`make bench QUICK=1` still runs and measures everything. How fast things are stands in benchmarks/RESULTS.md."""

import subprocess
import sys

from course import COURSE


def test_quick_benchmarks_measure_every_notebook_and_keep_nothing():
    results = COURSE / "benchmarks" / "RESULTS.md"
    before = results.read_bytes() if results.exists() else None
    command = [sys.executable, "benchmarks/run.py", "--quick"]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, encoding="utf-8", timeout=1200)
    assert result.returncode == 0, result.stderr[-3000:]
    rows = [line.split(" | ") for line in result.stdout.splitlines() if line.startswith("| ")]
    measured = {row[0].strip("| ") for row in rows}
    assert {"1", "2", "3"} <= measured
    for what in ("time to training loss", "training steps", "step of 32 pictures", "peak memory", "loading", "grid"):
        assert any(what in row[1] for row in rows), what
    for heading in ("an epoch of the chapter's model", "a training step of the DCGAN", "loading pictures"):
        assert heading in result.stdout
    assert (results.read_bytes() if results.exists() else None) == before
