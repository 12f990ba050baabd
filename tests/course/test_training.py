"""Many processes at once, full disks, folders that cannot be written, clocks that run backwards: nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from course import COURSE, definitions
from keras import layers
from PIL import Image

import utils

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(COURSE), str(COURSE / "tools")])}


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


def test_a_clock_set_back_does_not_keep_an_old_cache(tmp_path, monkeypatch):
    folder = make_pictures(tmp_path, 3)
    monkeypatch.setattr(utils, "CACHE", tmp_path / "cache")
    before = utils.load_images("tomato", 32, tmp_path)
    picture = sorted(folder.iterdir())[0]
    size = picture.stat().st_size
    rng = np.random.default_rng(9)
    Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(picture)
    with picture.open("ab") as file:  # the same size, and a time long before the cache was written
        file.write(bytes(max(size - picture.stat().st_size, 0)))
    os.utime(picture, (1, 1))
    assert not np.array_equal(utils.load_images("tomato", 32, tmp_path)[0], before[0])


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders are POSIX's")
def test_a_read_only_course_loads_its_data_and_names_what_it_cannot_write(tmp_path):
    """Root may write everywhere, so the script gives that privilege up first."""
    give_up = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and setpriv is not installed")
        give_up = ["setpriv", "--bounding-set", "-dac_override"]
    course = tmp_path / "course"
    course.mkdir()
    shutil.copy(COURSE / "utils.py", course)
    shutil.copytree(os.environ["COURSE_DATA"], course / "data" / "sample")
    script = f"""
import sys
sys.path[:0] = [{str(course)!r}, {str(COURSE / "tests")!r}]
from pathlib import Path
import utils
assert utils.__file__.startswith({str(course)!r})
print(len(utils.load_headlines()), utils.load_images("tomato", 32).shape)
from test_reliability import small_training
try:
    small_training(Path("output/tomato"), epochs=1)
except OSError as error:
    print("OSError:", error)
"""
    environment = {**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"}
    del environment["COURSE_DATA"]
    paths = [course, *course.rglob("*")]
    before = sorted(paths)
    try:
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        command = [*give_up, sys.executable, "-c", script]
        result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=300)
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "860 (40, 32, 32, 3)" in result.stdout
    assert "The prepared pictures are not kept" in result.stdout
    assert "OSError: Nothing can be written to output/tomato/run-" in result.stdout
    assert "set output_path to a folder that is yours" in result.stdout
    assert sorted([course, *course.rglob("*")]) == before


# ---------------------------------------------------------------- trainings

CONSTANTS = ["SEED", "img_rows", "img_cols", "img_margin", "seed_vector", "num_batch", "cross_entropy"]
TRAINING = """
import sys
from pathlib import Path
from test_reliability import small_training
print(small_training(Path(sys.argv[1]), epochs=int(sys.argv[2])).gen_loss.round(4).tolist())
"""


def small_training(folder: Path, epochs: int) -> pd.DataFrame:
    """Train small networks with the notebook's `train`; its log."""
    notebook = definitions("03_fruit_gan", *CONSTANTS)
    keras.utils.set_random_seed(1)
    generator = keras.Sequential([keras.Input((200,)), layers.Dense(32 * 32 * 3, activation="tanh")])
    generator.add(layers.Reshape((32, 32, 3)))
    discriminator = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1)])
    gan = notebook.GAN(generator, discriminator, 200)
    gan.compile(notebook.adam(), notebook.adam())
    pictures = np.random.default_rng(0).uniform(-1, 1, (40, 32, 32, 3)).astype("float32")
    return notebook.train(notebook.make_dataset(pictures), epochs, gan, folder, pictures)


def test_trainings_at_once_keep_out_of_each_others_way(tmp_path, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", ENVIRONMENT["PYTHONPATH"] + os.pathsep + str(COURSE / "tests"))
    outputs = at_once(TRAINING, 3, tmp_path, 12)
    assert len({output.splitlines()[-1] for output in outputs}) == 1, "the same course, each by itself"
    logs = [pd.read_csv(path) for path in tmp_path.glob("run-*/log.csv")]
    assert logs and all(list(log.epoch) == list(range(12)) for log in logs)


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on files is POSIX's")
def test_a_full_disk_stops_a_training_with_a_sentence_and_keeps_the_last_epoch(tmp_path):
    """Staged by a limit on the size of files, which the second run of the script does not have."""
    script = f"""
import resource, sys
sys.path.insert(0, {str(COURSE / "tests")!r})
from pathlib import Path
from test_reliability import small_training
small_training(Path(sys.argv[1]), epochs=2)
if sys.argv[2] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    print(list(small_training(Path(sys.argv[1]), epochs=4).epoch))
except OSError as error:
    print("OSError:", error)
"""
    full = run(script, tmp_path, "full")
    assert full.returncode == 0, full.stderr[-2000:]
    assert "OSError: The checkpoint of epoch 3 cannot be kept" in full.stdout
    again = run(script, tmp_path, "room")
    assert "Going on after epoch 2" in again.stdout and again.stdout.splitlines()[-1] == "[0, 1, 2, 3]"
