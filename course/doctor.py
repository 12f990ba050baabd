"""Is all there that the course needs? Ten lines that say what is fine here and what to do, without TensorFlow.

make doctor        or, in a cell of a notebook:   from course import doctor; doctor.examine()
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from course import setup

COURSE = setup.COURSE
GIGABYTE = 1e9


class Trouble(Exception):
    """What is to do before the course runs well here. Each look below returns a sentence, or raises this with one."""


def examine() -> bool:
    """Print a line for each thing that the course needs; whether all is fine."""
    fine = True
    for name, look in LOOKS.items():
        try:
            said = f"fine     {name}: {look()}"
        except Trouble as trouble:
            fine, said = False, f"TO DO    {name}: {trouble}"
        except Exception as error:  # an examination that fails must not end the others
            fine, said = False, f"UNCLEAR  {name}: {error}"
        print(said)
    print("All is fine." if fine else "Do what the lines marked TO DO say, then ask again.")
    return fine


def look_at_python() -> str:
    """The version of Python, and whether .venv has one."""
    try:
        setup.check_python(sys.version_info[:2])
    except RuntimeError as error:
        raise Trouble(error) from None
    inside = "" if (COURSE / ".venv").is_dir() else "; no .venv yet: set it up as the README says"
    return f"{platform.python_version()} on {platform.system()} ({sys.executable}){inside}"


def look_at_packages() -> str:
    """The packages of requirements.txt: there, and within the versions that are known to work."""
    if missing := [re.match(r"[\w.-]*", line)[0] for line in setup.missing()]:
        raise Trouble(
            f"missing are {', '.join(missing)}; `make lab` installs them, or  pip install -r requirements.txt"
        )
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return "all there; their versions were not looked at"
    outside = []
    for line in setup.REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        wanted = Requirement(line.split(" #")[0].strip())
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:  # jupyter, where only its parts are installed
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            outside.append(f"{wanted.name} {version} (wanted {wanted.specifier})")
    if outside:
        raise Trouble(f"untried versions: {', '.join(outside)};  pip install -r requirements.txt")
    return f"all there, such as TensorFlow {metadata.version('tensorflow')} and Keras {metadata.version('keras')}"


def look_at_kernel() -> str:
    """The Jupyter kernel that notebooks ask for, and whether its Python is there."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager
    except ImportError:
        raise Trouble("Jupyter is not installed; `make lab` installs it, or  pip install jupyter") from None
    found = KernelSpecManager().find_kernel_specs()
    if "python3" not in found:
        raise Trouble("there is no kernel python3;  python -m ipykernel install --user")
    path = Path(found["python3"], "kernel.json")
    program = json.loads(path.read_text(encoding="utf-8"))["argv"][0]
    if shutil.which(program) is None:
        raise Trouble(f"{path} asks for {program}, which is gone: delete the folder {path.parent}")
    return f"python3 runs {program}"


def look_at_settings() -> str:
    """Variables that change how the course runs."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith("COURSE_")}
    if unknown := setup.unknown_settings():
        raise Trouble(f"unknown setting {', '.join(unknown)}: the course knows {', '.join(sorted(setup.SETTINGS))}")
    if (epochs := chosen.get("COURSE_EPOCHS", "").strip()) and not (epochs.isdecimal() and int(epochs)):
        raise Trouble(f"COURSE_EPOCHS is {epochs!r}, and has to be a whole number of 1 or more")
    try:
        backend = os.environ.get("KERAS_BACKEND")
        setup.check_backend()
        if backend is None:
            del os.environ["KERAS_BACKEND"]  # which the check sets
    except RuntimeError as error:
        raise Trouble(error) from None
    return (
        ", ".join(f"{name}={value}" for name, value in sorted(chosen.items())) or "none, so all is as the lessons say"
    )


def look_at_data() -> str:
    """The data that the notebooks will take: headlines, and pictures of both fruits."""
    chosen = os.environ.get("COURSE_DATA", "").strip()
    book = COURSE / "data" / "book"
    name = chosen or ("data/book" if (book / "articles.csv").is_file() else "data/sample")
    root = COURSE / Path(name).expanduser()
    if not root.is_dir():
        raise Trouble(f"there is no folder {name}: correct COURSE_DATA, or unset it")
    files = [path for path in root.iterdir() if path.is_file() and path.name.lower().startswith("articles")]
    tables = [path.name for path in files if path.suffix.lower() in {".csv", ".tsv", ".txt"}]  # as course/data.py reads
    counts = {fruit: sum(1 for _ in root.glob(f"*/training_set/{fruit}/[!.]*")) for fruit in ("tomato", "banana")}
    lost = [] if tables else ["headlines for lesson 1 (articles.csv)"]
    lost += [f"pictures for lesson 3 (*/training_set/{fruit}/)" for fruit, count in counts.items() if count < 12]
    if lost:
        raise Trouble(f"{name} lacks {' and '.join(lost)}: data/README.md says how to lay a folder out")
    pictures = ", ".join(f"{count} files of {fruit}" for fruit, count in counts.items())
    return f"{name} with {', '.join(tables)} and {pictures}"


def look_at_disk() -> str:
    """Room for packages and trainings, and the right to write."""
    kept_in = COURSE / Path(os.environ.get("COURSE_OUTPUT", "").strip() or "output").expanduser()
    folder = next(path for path in (kept_in, *kept_in.parents) if path.is_dir())  # or where it will be made
    if not os.access(folder, os.W_OK):
        raise Trouble(f"{folder} cannot be written, so no training is kept: copy the course to a folder of your own")
    free = shutil.disk_usage(folder).free / GIGABYTE
    needed = 5 if setup.missing() else 1
    if free < needed:
        raise Trouble(f"{free:.1f} GB are free, {needed} are needed: delete something, such as data/cache")
    return f"{free:.0f} GB free"


def look_at_memory() -> str:
    """Memory of the machine, or of the container that this runs in."""
    total = memory()
    if total is None:
        return "unknown here; 4 GB in all are needed"
    if total < 3.5 * GIGABYTE:
        raise Trouble(f"{total / GIGABYTE:.1f} GB, and 4 GB in all are needed: close other programs, or use Colab")
    return f"{total / GIGABYTE:.0f} GB in all"


def memory() -> float | None:
    """Bytes of memory in all, or None if it cannot be told."""
    limits = []
    if hasattr(os, "sysconf") and {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= set(os.sysconf_names):
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    elif platform.system() == "Windows":
        command = ["powershell", "-Command", "(Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory"]
        limits.append(int(subprocess.run(command, capture_output=True, text=True, timeout=30).stdout))
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        if Path(path).is_file() and (text := Path(path).read_text().strip()).isdecimal():
            limits.append(int(text))
    return min(limits, default=None)


def look_at_processor() -> str:
    """Cores, and what they can do that TensorFlow needs."""
    cores = os.cpu_count() or 1
    if platform.machine().lower() in {"x86_64", "amd64"} and (flags := setup._cpuinfo()) and " avx" not in flags:
        raise Trouble("this processor has no AVX, which TensorFlow needs: use Colab")
    return f"{cores} cores ({platform.machine()})" + ("; lesson 3 will take an hour or so" if cores < 4 else "")


def look_at_gpu() -> str:
    """An NVIDIA GPU, and whether TensorFlow will find it."""
    if shutil.which("nvidia-smi") is None:
        return "none; all lessons run on the processor"
    listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=60)
    names = re.findall(r"^GPU \d+: (.*?)(?: \(|$)", listed.stdout, re.MULTILINE)
    if listed.returncode or not names:
        raise Trouble("nvidia-smi names no GPU: update or reload the driver; until then the processor computes")
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in {"", "-1"}:
        raise Trouble(f"{', '.join(names)}, but CUDA_VISIBLE_DEVICES hides it: unset that")
    if platform.system() == "Windows":
        raise Trouble(f"{', '.join(names)}, but TensorFlow uses no GPU on Windows itself: set the course up in WSL2")
    installed = {package.metadata["Name"].lower() for package in metadata.distributions() if package.metadata["Name"]}
    if not any(name.startswith("nvidia-cudnn") for name in installed) and "COLAB_RELEASE_TAG" not in os.environ:
        raise Trouble(f"{', '.join(names)}, but CUDA's libraries are missing:  pip install 'tensorflow[and-cuda]'")
    return ", ".join(names)


def look_at_git() -> str:
    """Git, which fetches the chapter's own data."""
    if shutil.which("git") is None:
        return "not installed; only `make data` and an update of the course need it"
    return "installed"


LOOKS = {
    "Python": look_at_python,
    "packages": look_at_packages,
    "kernel": look_at_kernel,
    "settings": look_at_settings,
    "data": look_at_data,
    "disk": look_at_disk,
    "memory": look_at_memory,
    "processor": look_at_processor,
    "GPU": look_at_gpu,
    "git": look_at_git,
}


if __name__ == "__main__":
    sys.exit(not examine())
