"""Pictures beyond memory: 20,000 of them in a process that may take 2 GB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from course import COURSE

SCRIPT = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30))
sys.path[:0] = [{str(COURSE)!r}, {str(COURSE / "tools")!r}]
import keras, tensorflow as tf
from definitions import definitions
import utils
root = sys.argv[1]
try:
    utils.load_images("tomato", 96, root, cache=False)
except MemoryError as error:
    print(error)
names = "SEED", "gen_res", "gen_square", "img_chan", "seed_vector", "num_batch", "cross_entropy"
notebook = definitions("03_fruit_gan", *names)
notebook.num_batch = 16  # in 32 bits, a training with batches of 32 takes 1.8 GB by itself
dataset = notebook.make_dataset_from_files(root + "/apple-or-tomato/training_set/tomato")
count = 0
for images in dataset:
    count += len(images)
shape = notebook.gen_square, notebook.gen_square, notebook.img_chan
gan = notebook.GAN(notebook.create_generator(200, 3), notebook.create_discriminator(shape), 200)
gan.compile(notebook.adam(), notebook.adam())
losses = gan.fit(dataset.take(2), verbose=0, shuffle=False).history
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, len(losses["gen_loss"]), peak // 1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_twenty_thousand_pictures_in_two_gigabytes(tmp_path):
    folder = tmp_path / "apple-or-tomato" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    sample = sorted((COURSE / "data/sample/apple-or-tomato/training_set/tomato").iterdir())
    for number, picture in enumerate(sample):
        shutil.copy(picture, folder / f"{number:05}.jpg")
    for number in range(len(sample), 20_000):  # further names for the same 600 files
        os.link(folder / f"{number % len(sample):05}.jpg", folder / f"{number:05}.jpg")

    result = subprocess.run([sys.executable, "-c", SCRIPT, tmp_path], capture_output=True, text=True, timeout=400)
    assert result.returncode == 0, result.stderr[-3000:]
    lines = result.stdout.splitlines()
    assert any("20000 pictures" in line and "take 2.2 GB of memory" in line for line in lines)
    count, epochs, peak_megabytes = map(int, lines[-1].split())
    assert (count, epochs) == (20_000, 1)
    assert peak_megabytes < 2000
