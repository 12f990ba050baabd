"""What the set-up cell of each notebook does beyond finding the course: Python, settings, packages, Drive, device.

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
SETTINGS = {f"COURSE_{name}" for name in ("DATA", "EPOCHS", "OUTPUT", "REPO", "BRANCH", "REAL_DATA", "GRADING")}


def start(opened_in: Path) -> None:
    """Check Python, settings and backend, mount the Drive if wanted, install what is missing, start TensorFlow.

    Prints versions and device, and where the course is if not in the notebook's folder or the one above. On Colab it
    asks once whether trainings are to be kept on the learner's Drive.

    Args:
        opened_in: folder in which the notebook's kernel was started.

    Raises:
        RuntimeError: if the course cannot run here; the message says what to do.
    """
    check_python(sys.version_info[:2])
    say_where(opened_in)
    check_settings()
    check_backend()
    ask_for_drive()
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
    if not names and (mend := where_to_get_a_gpu()):
        print(f"You are on a CPU runtime, which will do for notebooks 1 and 2. For notebook 3 choose a GPU: {mend}.")


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


def unknown_settings() -> list[str]:
    """Environment variables that look like settings of the course and mean nothing to it, such as COURSE_EPOCH."""
    return sorted(name for name in os.environ if name.startswith("COURSE_") and name not in SETTINGS)


def check_settings() -> None:
    """Name settings that the course does not know, and take off quotation marks, which ``%env`` in a cell keeps."""
    for name in SETTINGS & set(os.environ):
        os.environ[name] = re.sub(r"""^(["'])(.*)\1$""", r"\2", os.environ[name].strip())
    if unknown := unknown_settings():
        print(f"Not a setting, and ignored: {', '.join(unknown)}. The course knows {', '.join(sorted(SETTINGS))}.")


def on_colab() -> bool:
    """Whether this is a notebook on Google Colab."""
    return "google.colab" in sys.modules


def ask_for_drive() -> None:
    """On Colab, ask whether trainings are to be kept on the learner's Drive, once a machine, and set COURSE_OUTPUT.

    Nothing is asked where COURSE_OUTPUT is set, or the course itself lies on the Drive. Nobody there: no.
    """
    if not on_colab() or os.environ.get("COURSE_OUTPUT") or str(COURSE).startswith(DRIVE):
        return
    answered = COURSE / "output" / "kept_in.txt"
    if not answered.is_file():
        print("Colab deletes this machine, and all that was trained on it, some time after you leave.")
        try:
            answer = input("Keep trainings on your Google Drive, so that they can go on later? [y/N] ")
        except (EOFError, NotImplementedError):
            answer = ""
        yes = answer.strip().lower().startswith("y")
        answered.parent.mkdir(exist_ok=True)
        answered.write_text(f"{DRIVE}/MyDrive/generative-models-output" if yes else "output", encoding="utf-8")
    os.environ["COURSE_OUTPUT"] = answered.read_text(encoding="utf-8")
    print("Trainings are kept in", os.environ["COURSE_OUTPUT"])


def mount_drive() -> None:
    """On Colab, mount the learner's Drive if COURSE_DATA or COURSE_OUTPUT names a folder there.

    Raises:
        RuntimeError: if that fails, or the learner does not allow it.
    """
    wanted = [name for name in ("COURSE_DATA", "COURSE_OUTPUT") if os.environ.get(name, "").startswith(DRIVE)]
    if not on_colab() or not wanted:
        return
    from google.colab import drive

    try:
        drive.mount(DRIVE)
    except Exception as error:  # Colab raises many
        raise RuntimeError(
            f"{wanted[0]} is on your Drive, which was not mounted ({error}): run this cell again and allow it, or go "
            f"on without, by  %env {wanted[0]}={'output' if wanted[0] == 'COURSE_OUTPUT' else 'data/sample'}"
        ) from None


def where_to_get_a_gpu() -> str:
    """What to click for a GPU where the machine is a host's; empty elsewhere."""
    if on_colab():
        return "Runtime, Change runtime type, T4 GPU; then run the notebook again"
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return "Settings, Accelerator, GPU T4; then run the notebook again"
    return ""


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
        if tensorflow := sys.modules.get("tensorflow"):
            # One optimiser of graphs fails on LeakyReLU behind a convolution; TensorFlow 2.19 says so whatever is set.
            tensorflow.config.optimizer.set_experimental_options({"remapping": False})
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
