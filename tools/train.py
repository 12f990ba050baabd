"""Train notebook 3's DCGAN on one device, on all GPUs of a machine, or on several machines.

    python tools/train.py                       this machine: its GPU or GPUs, else its CPU
    python tools/train.py --workers 2           two processes of this machine that train as one, to try it out
    TF_CONFIG='{...}' python tools/train.py     this machine as one of several; TF_CONFIG names them all, see below

Networks, losses and training step are those of the notebook. Every device works on its part of each batch. Gradients
and the statistics of batch normalisation are added up over all of them, so that a training takes the same course.

TF_CONFIG is TensorFlow's own description of a group of machines, the same on each but for the index:
{"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}. The output folder must
be one that all of them see. If one of them stops, stop and start all: they go on after the last epoch that was kept.
"""

from __future__ import annotations

import argparse
import atexit
import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

COURSE = Path(__file__).resolve().parent.parent
CONSTANTS = ["SEED", "gen_res", "gen_square", "img_chan", "img_rows", "img_cols", "img_margin", "seed_vector"]


def choose_strategy():
    """MultiWorkerMirroredStrategy where TF_CONFIG names several machines, MirroredStrategy for several GPUs."""
    import tensorflow as tf

    if len(json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {}).get("worker", [])) > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def train(strategy, notebook: ModuleType, make_gan: Callable, images, epochs: int, folder: Path):
    """Train a GAN under a strategy, going on after the last epoch kept in the folder.

    Args:
        strategy: of tf.distribute.
        notebook: the definitions of notebook 3.
        make_gan: called inside the strategy's scope; returns a compiled `GAN`.
        images: float32 (n, side, side, 3) in [-1, 1].
        epochs: epochs in all, those of an earlier run included.
        folder: for checkpoint and log.csv (epoch, gen_loss, disc_loss, loss, seconds); the same for all workers.

    Returns:
        The GAN.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(notebook.SEED)  # every worker begins with the same weights and shuffles alike
    with strategy.scope():
        gan = make_gan()
    resolver = strategy.cluster_resolver
    chief = resolver is None or resolver.task_id in (0, None)
    checkpoint = notebook.Checkpoint(gan, folder)
    done = checkpoint.restore()
    if not chief:  # saving takes all workers, but only the chief's files are wanted
        unwanted = tempfile.mkdtemp(prefix="not-the-chief-")
        atexit.register(shutil.rmtree, unwanted, ignore_errors=True)
        checkpoint = notebook.Checkpoint(gan, unwanted)

    dataset = notebook.make_dataset(images)
    steps = len(dataset)
    options = tf.data.Options()  # each worker takes its part of every batch
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    batches = dataset.repeat().skip(done * steps).with_options(options)
    batches = iter(strategy.experimental_distribute_dataset(batches))

    @tf.function
    def train_step(images):
        losses = strategy.run(gan.train_step, args=(images,))
        # Keras's losses are divided by the number of devices already, so that gradients and losses add up.
        return {name: strategy.reduce("SUM", loss, axis=None) for name, loss in losses.items()}

    log = folder / "log.csv"
    if chief:
        folder.mkdir(parents=True, exist_ok=True)
        rows = log.read_text().splitlines(keepends=True)[: done + 1] if done else []
        log.write_text("".join(rows) or "epoch,gen_loss,disc_loss,loss,seconds\n")
        if done:
            print(f"Going on after epoch {done}.", flush=True)
    for epoch in range(done, epochs):
        start = time.perf_counter()
        for metric in gan.metrics:
            metric.reset_state()
        for _ in range(steps):
            losses = train_step(next(batches))
        logs = {name: float(loss) for name, loss in losses.items()}
        if chief:
            with log.open("a", newline="") as file:
                csv.writer(file).writerow([epoch, *logs.values(), time.perf_counter() - start])
            print(f"Epoch {epoch + 1} of {epochs}: gen loss {logs['gen_loss']:.3f}, disc loss {logs['disc_loss']:.3f}")
        checkpoint.on_epoch_end(epoch, logs)
    return gan


def launch(command: Sequence[str], workers: int, restarts: int = 3) -> int:
    """Run a command as several workers on this machine; if one of them fails, start all of them again.

    Args:
        command: what each worker runs; its TF_CONFIG says which one it is.
        workers: how many.
        restarts: how often to start again.

    Returns:
        0, or the exit status of the worker that failed last.
    """
    for _ in range(restarts + 1):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(workers)]
        cluster = {"worker": [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]}
        for one in sockets:
            one.close()
        processes = []
        for index in range(workers):
            config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
            processes.append(subprocess.Popen(command, env={**os.environ, "TF_CONFIG": json.dumps(config)}))
        try:
            while any(process.poll() is None for process in processes):
                if any(process.poll() for process in processes):
                    break
                time.sleep(0.2)
        finally:
            for process in processes:
                process.kill()
                process.wait()
        failed = [process.returncode for process in processes if process.returncode]
        if not failed:
            return 0
        print("A worker has stopped; starting all of them again.", flush=True)
    return failed[0]


def main() -> int:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fruit", default="tomato")
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1, help="processes of this machine that train as one")
    parser.add_argument(
        "--output", type=Path, default=COURSE / "output" / "distributed", help="for checkpoint and previews"
    )
    options = parser.parse_args()
    if options.workers > 1 and "TF_CONFIG" not in os.environ:
        return launch([sys.executable, *sys.argv], options.workers)

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    sys.path[:0] = [str(COURSE), str(COURSE / "tools")]
    strategy = choose_strategy()  # first of all: workers find each other before TensorFlow does anything else
    import keras
    import tensorflow as tf
    from definitions import definitions

    import utils

    notebook = definitions("03_fruit_gan", *CONSTANTS, "num_batch", "cross_entropy")
    notebook.gpus = tf.config.list_physical_devices("GPU")
    keras.config.set_dtype_policy(notebook.choose_precision())

    def make_gan():
        shape = notebook.gen_square, notebook.gen_square, notebook.img_chan
        generator = notebook.create_generator(notebook.seed_vector, notebook.img_chan)
        gan = notebook.GAN(generator, notebook.create_discriminator(shape), notebook.seed_vector)
        gan.compile(notebook.adam(), notebook.adam())
        return gan

    print(f"{strategy.num_replicas_in_sync} device(s), {type(strategy).__name__}")
    images = utils.load_images(options.fruit, notebook.gen_square)
    folder = options.output / options.fruit
    gan = train(strategy, notebook, make_gan, images, options.epochs, folder)
    noise = tf.random.stateless_normal((notebook.img_rows * notebook.img_cols, notebook.seed_vector), seed=(1, 0))
    if strategy.cluster_resolver is None or strategy.cluster_resolver.task_id == 0:
        print("Preview:", notebook.save_images(options.epochs - 1, noise, gan.average, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
