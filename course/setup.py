"""What the set-up cell of each notebook does beyond finding the course: Python, packages, Drive, TensorFlow, device.

Each thing that can be wrong here ends in one sentence that names the mend.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

PYTHONS = (3, 10), (3, 13)
COURSE = Path(__file__).resolve().parent.parent
REQUIREMENTS = COURSE / "requirements.txt"
DRIVE = "/content/drive"


def start(opened_in: Path) -> None:
    """Check Python and backend, mount the Drive if data is there, install what is missing, start TensorFlow.

    Prints versions and device, and where the course is if not in the notebook's folder or the one above.

    Args:
        opened_in: folder in which the notebook's kernel was started.

    Raises:
        RuntimeError: if the course cannot run here; the message says what to do.
    """
    check_python(sys.version_info[:2])
    say_where(opened_in)
    check_backend()
    mount_drive()
    install(missing())
    with no_start_up_notes():
        import keras
        import tensorflow as tf

        names = gpus()
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras is running on {keras.backend.backend()}, but this course is written with TensorFlow: set "
            "KERAS_BACKEND to tensorflow, restart the kernel, and run the notebook again."
        )
    if int(keras.__version__.split(".")[0]) < 3:
        raise RuntimeError(f"This course needs Keras 3, but here is {keras.__version__}: run  %pip install -U keras")
    print(f"Python {platform.python_version()}, TensorFlow {tf.__version__}, Keras {keras.__version__}")
    print("Device:", ", ".join(names) or f"CPU with {os.cpu_count()} cores")


def say_where(opened_in: Path) -> None:
    """Say where the course is, unless it is the notebook's folder or the one above."""
    if COURSE not in (opened_in.resolve(), opened_in.resolve().parent):
        print("The course was found in", os.path.relpath(COURSE, opened_in))


def check_python(version: tuple[int, int]) -> None:
    """Raise RuntimeError if TensorFlow does not run on this version of Python, (major, minor)."""
    if not PYTHONS[0] <= version <= PYTHONS[1]:
        raise RuntimeError(
            f"This is Python {version[0]}.{version[1]}, and the course needs 3.10 to 3.13: choose another kernel, or "
            "install such a Python and set the course up with it (see the README)."
        )


def check_backend() -> None:
    """Set KERAS_BACKEND, which Keras reads when it is imported; RuntimeError if it names another backend."""
    chosen = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if chosen != "tensorflow":
        raise RuntimeError(
            f"KERAS_BACKEND is set to {chosen!r}, but this course is written with TensorFlow: unset it, or set it to "
            "tensorflow, and restart the kernel."
        )


def mount_drive() -> None:
    """On Colab, mount the learner's Drive if COURSE_DATA names a folder there."""
    if "google.colab" in sys.modules and os.environ.get("COURSE_DATA", "").startswith(DRIVE):
        from google.colab import drive

        drive.mount(DRIVE)


def missing() -> list[str]:
    """The lines of requirements.txt whose package is not installed here, such as ``"tqdm>=4.66,<5"``."""
    lines = [line.strip() for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()]
    lost = []
    for line in lines:
        name = re.match(r"[\w.-]*", line).group()
        if name in ("", "jupyter"):  # a comment, or what runs this cell
            continue
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            lost.append(line)
    return lost


def install(requirements: list[str]) -> None:
    """Install packages, and nothing else, into the Python of this kernel.

    Raises:
        RuntimeError: if there is no pip, or if pip fails.
    """
    if not requirements:
        return
    named = " ".join(requirements)
    if importlib.util.find_spec("pip") is None:
        raise RuntimeError(
            f"Missing here: {named}. This Python has no pip to install it with: use its own tool (such as uv or conda)."
        )
    print("Installing what is missing:", named)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if line.lower().startswith("error")] or ["no reason given"]
        mend = "check the network, then run this cell again"
        if "externally-managed" in result.stderr:
            mend = "this Python belongs to the system; set up a virtual environment as the README says, and choose it"
        raise RuntimeError(f"pip could not install {named} ({said[-1]}): {mend}.")
    importlib.invalidate_caches()


@contextlib.contextmanager
def no_start_up_notes() -> Iterator[None]:
    """Keep TensorFlow's C++ notes off the screen; errors that matter are raised in Python, and warnings still show."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def gpus() -> list[str]:
    """The names of this machine's GPUs."""
    import tensorflow as tf

    details = map(tf.config.experimental.get_device_details, tf.config.list_physical_devices("GPU"))
    return [detail.get("device_name", "GPU") for detail in details]


def precision() -> str:
    """The Keras dtype policy for this device: 16 bits where its hardware multiplies them fast.

    Returns:
        ``"mixed_bfloat16"`` on NVIDIA GPUs of compute capability 8.0 and later (A100, L4, RTX 30) and on CPUs with
        AVX-512 BF16 or AMX (as far as Linux tells), else ``"float32"``. Never float16, in which small gradients are 0
        unless the loss is scaled.
    """
    import tensorflow as tf

    if found := tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(found[0])
        fast = details.get("compute_capability", (0,)) >= (8, 0)
    else:
        flags = _cpuinfo()
        fast = "avx512_bf16" in flags or "amx_bf16" in flags
    return "mixed_bfloat16" if fast else "float32"


def machine() -> dict[str, str]:
    """Processor, cores, GPUs and versions: what stands beside everything that is measured."""
    with no_start_up_notes():
        graphics = ", ".join(gpus()) or "none"
    names = re.findall(r"^model name\s*: (.*)$", _cpuinfo(), re.MULTILINE)
    processor = names[0] if names else platform.processor() or platform.machine()
    versions = {name: metadata.version(name) for name in ("tensorflow", "keras")}
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "gpu": graphics,
        "python": platform.python_version(),
        **versions,
    }


def _cpuinfo() -> str:
    """Linux' description of the processor; empty elsewhere."""
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""
