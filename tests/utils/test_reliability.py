"""Many processes at once, folders that cannot be written, too little memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import utils
from tests.common import COURSE

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(COURSE)}
posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: limits and permissions are POSIX's")


def run(script: str, *arguments: object) -> subprocess.CompletedProcess:
    """Run a script in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)


def at_once(script: str, times: int, *arguments: object) -> list[str]:
    """Run a script in several processes at the same time; what each of them printed."""
    with ThreadPoolExecutor(times) as pool:
        results = list(pool.map(lambda _: run(script, *arguments), range(times)))
    for result in results:
        assert result.returncode == 0, result.stderr[-2000:]
    return [result.stdout for result in results]


def make_pictures(root: Path, count: int) -> Path:
    folder = root / "apple-or-tomato" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(folder / f"{number:03}.png")
    return folder


# ---------------------------------------------------------------- many processes


@pytest.mark.slow
def test_eight_processes_share_one_cache(tmp_path):
    make_pictures(tmp_path, 60)
    script = """
import hashlib, sys
from pathlib import Path
import utils
utils.CACHE = Path(sys.argv[2])
print(hashlib.sha256(utils.load_images("tomato", 32, sys.argv[1]).tobytes()).hexdigest())
"""
    cache = tmp_path / "cache"
    sums = {output.splitlines()[-1] for output in at_once(script, 8, tmp_path, cache)}
    assert len(sums) == 1, "every process has the same pictures"
    assert [path.suffix for path in cache.iterdir()] == [".npz"], "one whole file and no remains"
    assert at_once(script, 1, tmp_path, cache)[0].splitlines()[-1] in sums


@pytest.mark.slow
def test_eight_processes_save_the_same_grid_a_thousand_times(tmp_path):
    """Whoever opens the file meanwhile always finds a whole picture."""
    script = """
import sys
import numpy as np
import utils
for level in np.linspace(-1, 1, 125):
    utils.save_images(np.full((4, 16, 16, 3), level), sys.argv[1], 2, 2, 4)
"""
    path = utils.save_images(np.zeros((4, 16, 16, 3)), tmp_path / "grid.png", 2, 2, 4)
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(at_once, script, 8, path)
        looks = 0
        while not saving.done():
            with Image.open(path) as picture:
                assert np.asarray(picture).shape == (44, 44, 3)
            looks += 1
        saving.result()
    assert looks > 10
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


# ---------------------------------------------------------------- no right, no memory


@posix
def test_a_read_only_course_loads_its_data_and_names_what_it_cannot_write(tmp_path):
    """Root may write everywhere, so the script gives that privilege up first."""
    give_up = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and setpriv is not installed")
        give_up = ["setpriv", "--bounding-set", "-dac_override"]
    course = tmp_path / "course"
    shutil.copytree(os.environ["COURSE_DATA"], course / "data" / "sample")
    shutil.copy(COURSE / "utils.py", course)
    shutil.copytree(COURSE / "course", course / "course", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import sys
import utils
assert utils.__file__.startswith(sys.argv[1])
images = utils.load_images("tomato", 32)
print(len(utils.load_headlines()), "headlines,", images.shape)
try:
    utils.save_images(images[:25], "output/grid.png")
except OSError as error:
    print("OSError:", error)
"""
    environment = {**ENVIRONMENT, "PYTHONPATH": str(course), "PYTHONDONTWRITEBYTECODE": "1"}
    del environment["COURSE_DATA"]
    paths = [course, *course.rglob("*")]
    before = sorted(paths)
    try:
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        command = [*give_up, sys.executable, "-c", script, course]
        result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=300)
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "Data: data/sample, which comes with the course." in result.stdout
    assert "The prepared pictures are not kept" in result.stdout
    headlines = len(utils.load_headlines(course / "data" / "sample"))
    assert f"{headlines} headlines, (40, 32, 32, 3)" in result.stdout
    assert "OSError: The picture output/grid.png cannot be written" in result.stdout
    assert sorted([course, *course.rglob("*")]) == before


@pytest.mark.skipif(sys.platform != "linux", reason="not on Windows or macOS: the limit on memory is Linux's")
def test_twenty_thousand_pictures_are_too_many_for_one_gigabyte(tmp_path):
    """They are refused in a sentence, before a single one is read."""
    folder = make_pictures(tmp_path, 200)
    files = sorted(folder.iterdir())
    for number in range(len(files), 20_000):  # further names for the same files
        os.link(files[number % len(files)], folder / f"{number:05}.png")
    script = """
import resource, sys
import utils
from course import data
resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))
data._read_picture = lambda path, size: sys.exit("a picture was read")
try:
    utils.load_images("tomato", 96, sys.argv[1], cache=False)
except MemoryError as error:
    print(error)
"""
    result = run(script, tmp_path)
    assert result.returncode == 0, result.stderr[-2000:]
    assert f"The 20000 pictures in {folder} take 2.2 GB of memory, more than there is" in result.stdout
