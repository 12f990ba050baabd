"""Run a submission's cells apart: without the answers, the gradebook, other submissions and the instructor's settings.

Where bubblewrap works (Linux; `apt install bubblewrap`, no special rights needed), a submission sees a read-only
course, Python, empty folders for its own files, and no network, and all that it starts ends with it: the operating
system ends the processes of its namespace, double forks included. Elsewhere it runs as any program does, in a copy of
the course and with a short environment, and what carries this run's mark in its environment is ended afterwards: that
keeps mistakes away, not malice.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

COURSE = Path(__file__).resolve().parent.parent
INSIDE = Path(__file__).with_name("inside.py")
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"]
ENDING = threading.Event()  # set: whatever runs is ended
MAX_REPORT = 500 << 20  # bytes of all outputs of a notebook
MAX_DISK = 2 << 30  # bytes of a submission's own files, in bubblewrap


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds a cell and in all, bytes of memory, characters of output a cell, processes."""

    cell_seconds: int = 600
    seconds: int = 3600
    memory: int = 6 << 30
    output: int = 10_000_000
    processes: int = 60


def seen() -> list[str]:
    """What of this machine a submission in bubblewrap can read: the system's programs, and Python's folders."""
    return [*SYSTEM, sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)]


def bubblewrap(course: Path) -> list[str]:
    """The command that a program is put behind: it sees the course as /course, Python, the system, and nothing else.

    Args:
        course: a copy of the course without solutions; it needs the folders notebooks, output and data/cache.
    """
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):
        command += ["--size", str(MAX_DISK), "--tmpfs", folder]
    for path in seen():
        command += ["--ro-bind-try", path, path]
    command += ["--ro-bind", str(course), "/course"]
    for folder in ("output", "data/cache"):
        if not (course / folder).is_dir():  # a fresh clone, where one only asks whether this works
            continue
        command += ["--size", str(MAX_DISK), "--tmpfs", f"/course/{folder}"]
    return [*command, "--ro-bind", str(INSIDE), "/inside.py", "--chdir", "/course/notebooks"]


@cache
def why_not(course: Path) -> str:
    """What keeps bubblewrap from working here; empty if it works."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    for path in map(Path, seen()):
        if course.is_relative_to(path) or Path.home().is_relative_to(path) or COURSE.is_relative_to(path):
            return f"Python or the system shares a folder with what submissions must not see ({path})"
    try:
        tried = subprocess.run(
            [*bubblewrap(course), sys.executable, "-I", "-c", "print(1)"], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not start ({error})"
    return "" if tried.stdout == "1\n" else f"bubblewrap does not work here ({(tried.stderr or 'no reason').strip()})"


def first_line(why: str) -> str:
    """What an instructor is told before anything runs."""
    if not why:
        return "Protected by bubblewrap: submissions see no network, none of your files and not each other."
    return (
        f"UNPROTECTED: {why}. Submissions run with your rights: they can read and change your files, the solutions and "
        "this gradebook among them, and use the network. Grade on Linux with bubblewrap, or where nothing else lies."
    )


def environment(home: Path, mark: str) -> dict[str, str]:
    """All that a submission finds in its environment; `mark` tells its processes from others."""
    bare = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "LANG": "C.UTF-8",
        "USER": "learner",
        "COURSE_EPOCHS": os.environ.get("COURSE_EPOCHS", "1"),
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PIP_PYTHON": "pip-is-switched-off-while-grading",  # neither installs nor removes anything
        "COURSE_GRADING": mark,
    }
    bare |= dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(home))
    return bare | {key: os.environ[key] for key in ("SYSTEMROOT", "PATHEXT", "COMSPEC") if key in os.environ}  # Windows


def run(cells: list[str], course: Path, limits: Limits, protected: bool) -> tuple[list[dict], str]:
    """Run cells in a fresh kernel.

    Args:
        cells: their code.
        course: a copy of the course without solutions.
        limits: what they may use.
        protected: in bubblewrap.

    Returns:
        {"outputs": [...]} of each cell that ran to its end, in order, and why no others did; empty if all did.
    """
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        wanted = {"cells": cells, "seconds": limits.cell_seconds, "characters": limits.output}
        (folder / "cells.json").write_text(json.dumps(wanted), encoding="utf-8")
        if protected:
            command = [*bubblewrap(course), sys.executable, "-I", "/inside.py", "alone"]
            home = Path("/tmp")
        else:
            shutil.copytree(course, folder / "course")
            command = [sys.executable, "-I", str(INSIDE)]
            home = folder / "home"
            home.mkdir()
        with (
            (folder / "cells.json").open("rb") as given,
            (folder / "report").open("wb") as report,
            (folder / "log").open("wb") as log,
        ):
            process = psutil.Popen(
                command,
                stdin=given,
                stdout=report,
                stderr=log,
                env=environment(home, folder.name),
                cwd=folder if protected else folder / "course" / "notebooks",
                start_new_session=True,
            )
        stopped = watch(process, folder / "report", folder.name, limits)
        ran = list(lines(folder / "report"))[: len(cells)]
        if not stopped and len(ran) < len(cells):
            said = end(folder / "log").strip().splitlines() or ["no reason given"]
            stopped = "Python ended" if "DeadKernelError" in said[-1] else f"the cells do not run ({said[-1][:200]})"
    return ran, stopped


def watch(process: psutil.Popen, report: Path, mark: str, limits: Limits) -> str:
    """Wait for a process, or stop it; end all that it started. Empty, or why it was stopped."""
    start = time.monotonic()
    family: dict[int, psutil.Process] = {process.pid: process}
    stopped = ""
    try:
        while not stopped and process.poll() is None:
            try:
                family |= {child.pid: child for child in process.children(recursive=True)}
            except psutil.Error:
                pass
            alive = {pid: used for pid, member in family.items() if (used := memory(member)) is not None}
            if sum(alive.values()) > limits.memory:
                stopped = f"stopped: more than {limits.memory / (1 << 30):.1f} GB of memory"
            elif len(alive) > limits.processes:
                stopped = f"stopped: more than {limits.processes} processes at a time"
            elif time.monotonic() - start > limits.seconds:
                stopped = f"stopped: more than {limits.seconds} seconds in all"
            elif ENDING.is_set():
                stopped = "stopped: grading was ended"
            elif report.stat().st_size > MAX_REPORT:
                stopped = f"stopped: more than {MAX_REPORT >> 20} MB of outputs"
            time.sleep(0.1)
    finally:
        for member in [*family.values(), *marked(mark)]:
            try:
                member.kill()
            except psutil.Error:
                continue
        process.wait()
    return stopped


def end(file: Path, size: int = 5000) -> str:
    """The last characters of a file that a submission may have filled."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - size))
        return opened.read(size).decode(errors="replace")


def memory(process: psutil.Process) -> int | None:
    """Bytes in use; None if the process has ended."""
    try:
        return process.memory_info().rss if process.is_running() else None
    except psutil.Error:
        return None


def marked(mark: str) -> Iterator[psutil.Process]:
    """Processes that carry this run's mark: whoever their parent is, unless they threw their environment away."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("COURSE_GRADING") == mark:
                yield process
        except (psutil.Error, OSError):
            continue


def lines(report: Path) -> Iterator[dict]:
    """The cells of a report, as far as it can be read: a submission may have written into it, too."""
    with report.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield {"outputs": list(json.loads(line)["outputs"])}
            except (ValueError, TypeError, KeyError, RecursionError):
                return
