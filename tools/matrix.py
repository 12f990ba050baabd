"""Check the course at both ends of what the requirements admit, each in a fresh environment made by uv.

    python tools/matrix.py                          the oldest packages on Python 3.12, the newest on 3.13
    python tools/matrix.py tests/test_quadratic.py  other checks than the usual ones; everything goes to pytest

The environments stay in .venv/matrix until the next run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
ENVIRONMENTS = {"oldest": ("3.12", "lowest-direct"), "newest": ("3.13", "highest")}
SHOWN = ["tensorflow", "keras", "numpy", "pandas", "matplotlib", "scikit-image"]
CHECKS = ["tests/test_utils.py", "tests/test_headlines.py", "tests/test_quadratic.py", "tests/test_notebooks.py"]
CHECKS += ["solutions", "notebooks"]


def find_uv() -> str:
    """uv's executable: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise SystemExit("uv is missing:  pip install -r requirements-dev.txt")
    return found


def check(name: str, checks: list[str], uv: str) -> dict[str, str]:
    """Make one environment and run the checks in it; a row of the table.

    Args:
        name: a key of ENVIRONMENTS.
        checks: pytest's arguments.
        uv: path of uv.
    """
    version, resolution = ENVIRONMENTS[name]
    folder = COURSE / ".venv" / "matrix" / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    print(f"\n{name}: Python {version}, {resolution} versions of requirements-dev.txt", flush=True)
    row = {"versions": name, "Python": version}
    install = ["pip", "install", "--quiet", "--python", python, "--resolution", resolution]
    for command in (
        ["venv", "--quiet", "--clear", "--python", version, folder],
        [*install, "-r", COURSE / "requirements-dev.txt"],
    ):
        if subprocess.run([uv, *command], cwd=COURSE).returncode:
            return row | {"result": "cannot be installed"}

    packages = json.loads(subprocess.check_output([uv, "pip", "list", "--python", python, "--format", "json"]))
    versions = {package["name"]: package["version"] for package in packages}
    row |= {package: versions[package] for package in SHOWN}

    start = time.monotonic()
    pytest = subprocess.Popen(
        [python, "-m", "pytest", *checks], cwd=COURSE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    closing = ""
    for line in pytest.stdout:
        print(line, end="", flush=True)
        if re.search(r"\d+ (passed|failed|error)", line):
            closing = ", ".join(re.findall(r"\d+ (?:passed|failed|skipped|errors?)", line))
    result = closing if pytest.wait() in (0, 1) and closing else f"pytest ended with {pytest.returncode}"
    return row | {"result": f"{result} in {(time.monotonic() - start) / 60:.0f} min"}


def main() -> int:
    """Check every environment; 0 if all checks pass in all of them."""
    checks = sys.argv[1:] or CHECKS
    options = ["-o", "addopts=--nbval-lax --nbval-current-env --nbval-cell-timeout=1200"]  # less terse than usual
    rows = [check(name, [*options, *checks], find_uv()) for name in ENVIRONMENTS]
    heads = list(rows[0] | rows[-1])
    print("\n| " + " | ".join(heads) + " |\n" + "| --- " * len(heads) + "|")
    for row in rows:
        print("| " + " | ".join(row.get(head, "") for head in heads) + " |")
    return 0 if all("passed" in row["result"] and "failed" not in row["result"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
