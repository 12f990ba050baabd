"""Train notebook 3's DCGAN on one device, on all GPUs of a machine, or on several machines.

    python -m tools.train [--fruit tomato] [--epochs 300]

Networks, losses and training step are those of the lesson; run again, it goes on after the last epoch. For several
machines start this on each of them, in the same version of the course and with an output folder that all of them see.
Schedulers such as Slurm's or Kubernetes' TensorFlow operators set TF_CONFIG by themselves; by hand, on two machines:

    TF_CONFIG='{"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}' \\
        python -m tools.train --output /shared/tomato          # on host1; "index": 1 on host2

If one of them stops, stop all and start all: they go on together.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent


def main() -> int:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fruit", default="tomato")
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--output", type=Path, default=COURSE / "output" / "train", help="for checkpoint and previews")
    options = parser.parse_args()

    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    from course import setup

    with setup.no_start_up_notes():
        from course import training

        strategy = training.choose_strategy()  # machines find each other before TensorFlow does anything else
        import keras
    from tools.lessons import library

    lesson = library("03_fruit_gan")
    keras.config.set_dtype_policy(setup.precision())
    keras.utils.set_random_seed(lesson.SEED)  # every machine begins with the same weights and shuffles alike
    try:
        images, held_out = lesson.load_fruit(options.fruit)
        folder = options.output / options.fruit
        print(f"{strategy.num_replicas_in_sync} device(s); previews in {folder}")
        with strategy.scope():
            lesson.train_dcgan(images, options.epochs, folder, held_out[: len(images)])
    except (OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
