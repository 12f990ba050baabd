"""What keeps a long training safe: it goes on after a cut, from no other training's state, and shows how it is doing.

A lesson writes the step, a function of a `GAN` and a batch of pictures, and shows the plain loop around it. `train` is
that loop for a night: one folder for each training, with a checkpoint after each epoch and a log; previews and
judgements now and then; on one device, on the GPUs of one machine, or on several machines.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from filelock import FileLock, Timeout
from tqdm.auto import tqdm

from course import fingerprint

Step = Callable[["GAN", tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class GAN:
    """Two networks that learn against each other, with all that their next step depends on.

    Attributes:
        generator: latent vectors (n, size) in, pictures out.
        discriminator: pictures in, logits (n, 1) out.
        gen_optimizer, disc_optimizer: one for each network.
        average: a generator with the running mean of the generator's weights. It takes no part in the game.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        gen_optimizer: keras.Optimizer,
        disc_optimizer: keras.Optimizer,
        seed: int = 42,
        memory: float = 0.995,
    ) -> None:
        """Take two networks and two fresh optimisers.

        Args:
            seed: of the random numbers that `draw` gives.
            memory: how much of the running mean survives a step, in [0, 1).
        """
        self.generator, self.discriminator = generator, discriminator
        self.average = keras.models.clone_model(generator)
        self.average.set_weights(generator.get_weights())
        self.gen_optimizer, self.disc_optimizer = gen_optimizer, disc_optimizer
        gen_optimizer.build(generator.trainable_variables)
        disc_optimizer.build(discriminator.trainable_variables)
        self.seed, self.memory = seed, memory
        self.random = keras.random.SeedGenerator(seed)  # counts how often it was asked, so that it can go on

    @property
    def variables(self) -> list[keras.Variable]:
        """All that changes from step to step."""
        networks = (self.generator, self.discriminator, self.average)
        owners = (*networks, self.gen_optimizer, self.disc_optimizer)
        return [variable for owner in owners for variable in owner.variables] + [self.random.state]

    def draw(self, distribution: Callable, count: int | tf.Tensor, size: int) -> tf.Tensor:
        """Random numbers (count, size) of a keras.random distribution; each of several devices takes its own part."""
        device = tf.distribute.get_replica_context()
        numbers = distribution((count * device.num_replicas_in_sync, size), seed=self.random)
        return numbers[count * device.replica_id_in_sync_group :][:count]

    def draw_noise(self, count: int | tf.Tensor) -> tf.Tensor:
        """A latent vector for each of so many pictures: (count, size), standard normal."""
        return self.draw(keras.random.normal, count, self.generator.input_shape[1])

    def update_average(self) -> None:
        """Move the running mean of the weights a little towards the weights; with a short memory in the first steps."""
        step = tf.cast(self.gen_optimizer.iterations, "float32")
        memory = tf.minimum(self.memory, step / (step + 10))
        for mean, weight in zip(self.average.weights, self.generator.weights, strict=True):
            mean.assign(memory * mean + (1 - memory) * weight)


def choose_strategy() -> tf.distribute.Strategy:
    """Several machines where the variable TF_CONFIG names them, several GPUs where there are, else one device.

    TF_CONFIG is TensorFlow's own description of a group of machines, which schedulers set: the same on each machine
    but for the index, such as ``{"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker",
    "index": 0}}``. Call this before TensorFlow does anything else.
    """
    if len(json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {}).get("worker", [])) > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def train(
    step: Step,
    gan: GAN,
    dataset: tf.data.Dataset,
    epochs: int,
    folder: str | Path,
    preview: Callable[[GAN, int], object] | None = None,
    judge: Callable[[GAN], dict[str, float]] | None = None,
    every: int = 10,
) -> pd.DataFrame:
    """Train a GAN for so many epochs, those of an earlier run included.

    State and log lie in ``folder/run-...``, a folder of this training's own: its name is a fingerprint of all that
    matters (see `facts_of`). Run again, the training goes on after the last epoch that was finished; when something has
    changed it says what, and begins anew in another folder. Under a strategy of tf.distribute make the GAN and call
    this inside the strategy's scope; several machines need one folder that all of them see.

    Args:
        step: one update of each network on a batch of pictures (n, height, width, 3); the losses of generator and
            discriminator. It takes random numbers from ``gan.draw`` only, so that they go on, too.
        gan: both networks with their optimisers.
        dataset: batches of pictures, in another order each epoch.
        epochs: 1 or more; at most the variable COURSE_EPOCHS, where that is set, whatever a task's constants say.
        folder: is made if need be.
        preview: called with the GAN and the number of the epoch (from 0): 0, every, 2 * every, ..., and the last.
        judge: called with the GAN after so many epochs: every, 2 * every, ..., and all; its figures come into the log.
        every: epochs between previews and between judgements.

    Returns:
        A row an epoch: epoch (from 0), gen_loss, disc_loss (means over its steps), seconds, and the judge's figures.

    Raises:
        OSError: if the folder cannot be written, or the disk is full; what was kept before stays.
    """
    cap = os.environ.get("COURSE_EPOCHS", "").strip()
    if cap and int(cap) < epochs:
        print(f"Quick run: {cap} of {epochs} epochs, because COURSE_EPOCHS={cap}.")
        epochs = int(cap)
    strategy = tf.distribute.get_strategy()
    chief = getattr(strategy.cluster_resolver, "task_id", 0) in (0, None)
    facts = facts_of(step, gan, dataset)
    with _own_folder(Path(folder), facts, chief) as run:
        return _train_in(run, strategy, chief, step, gan, dataset, epochs, preview, judge, every)


def facts_of(step: Step, gan: GAN, dataset: tf.data.Dataset) -> dict[str, str]:
    """Digests of all that a training's result depends on, by what they are of."""

    def network(model: keras.Model) -> str:
        layers = [(type(layer).__name__, layer.get_config()) for layer in model.layers]
        return f"{fingerprint.settings(layers)} {[tuple(weight.shape) for weight in model.weights]}"

    shapes = []

    def batches() -> Iterator[np.ndarray]:  # one at a time: there may be more than memory holds
        for batch in dataset.as_numpy_iterator():
            shapes.append(batch.shape)
            yield batch

    pictures = fingerprint.picture_digest(batches())
    optimizers = [(type(one).__name__, one.get_config()) for one in (gan.gen_optimizer, gan.disc_optimizer)]
    facts = {
        "the training step": fingerprint.code_digest(step),
        "the generator": network(gan.generator),
        "the discriminator": network(gan.discriminator),
        "the optimisers": str(fingerprint.settings(optimizers)),
        "the precision": keras.config.dtype_policy().name,
        "the pictures": pictures,
        "the batches": str(sorted(shapes)),
        "the random numbers' seed": str(gan.seed),
        "the mean of the weights": str(gan.memory),
    }
    return {name: fingerprint.digest(fact) for name, fact in facts.items()}


@contextlib.contextmanager
def _own_folder(folder: Path, facts: dict[str, str], chief: bool) -> Iterator[Path]:
    """This training's folder, or one with -2, -3 and so on behind its name while another process trains in it."""
    run = folder / f"run-{fingerprint.digest(str(facts))[:8]}"
    if not chief:  # shares the chief's
        yield run
        return
    earlier = sorted(folder.glob("run-*/facts.json"), key=lambda path: path.stat().st_mtime)
    if earlier and not any(path.parent == run for path in earlier):
        before = json.loads(earlier[-1].read_text(encoding="utf-8"))
        changed = [name for name in facts if facts[name] != before.get(name)]
        print(f"Changed since the last training: {', '.join(changed)}. Beginning anew in {run}.")
    for number in itertools.count(1):
        free = run if number == 1 else run.with_name(f"{run.name}-{number}")
        try:
            free.mkdir(parents=True, exist_ok=True)
            lock = FileLock(free / "lock").acquire(timeout=0)  # ends with its process in any case
            _write_whole(free / "facts.json", json.dumps(facts, indent=1))
        except Timeout:
            print(f"Another notebook is training in {free}.")
            continue
        except OSError as error:
            raise OSError(
                f"Nothing can be written to {free} ({error.strerror}): choose a folder that is yours, or free space."
            ) from None
        with lock:
            yield free
        return


def _train_in(
    run: Path,
    strategy: tf.distribute.Strategy,
    chief: bool,
    step: Step,
    gan: GAN,
    dataset: tf.data.Dataset,
    epochs: int,
    preview: Callable | None,
    judge: Callable | None,
    every: int,
) -> pd.DataFrame:
    """The training itself, with its log and checkpoint in the folder run."""
    checkpoint = _Checkpoint(gan, run)
    done = checkpoint.restore()
    with contextlib.ExitStack() as stack:
        if not chief:  # saving takes all workers, but only the chief's files are wanted
            checkpoint.move(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        log = _Log(run / "log.jsonl", done) if chief else None
        if chief and done:
            print(f"Going on after epoch {done}. (To start anew, delete {run}.)")
        steps = len(dataset)
        options = tf.data.Options()  # each machine takes its part of every batch
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
        batches = dataset.repeat().skip(done * steps).with_options(options)  # goes on with the next order
        batches = iter(strategy.experimental_distribute_dataset(batches))

        def one_step(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            losses = step(gan, images)
            gan.update_average()
            return losses

        @tf.function
        def train_step(images: tf.Tensor) -> list[tf.Tensor]:
            # Keras divides the losses by the number of devices, so that gradients and losses add up.
            return [strategy.reduce("SUM", loss, axis=None) for loss in strategy.run(one_step, args=(images,))]

        bar = tqdm(total=epochs, initial=min(done, epochs), unit="epoch", file=sys.stdout, disable=not chief)
        for epoch in range(done, epochs):
            start = time.perf_counter()
            losses = [train_step(next(batches)) for _ in range(steps)]
            g_loss, d_loss = np.mean(losses, axis=0)
            row = {"epoch": epoch, "gen_loss": float(g_loss), "disc_loss": float(d_loss)}
            row["seconds"] = time.perf_counter() - start
            weights = gan.generator.get_weights() + gan.discriminator.get_weights()
            finite = all(np.isfinite(numbers).all() for numbers in (g_loss, d_loss, *weights))
            if chief and finite and (epoch % every == 0 or epoch + 1 == epochs) and preview:
                preview(gan, epoch)
            if chief and finite and ((epoch + 1) % every == 0 or epoch + 1 == epochs) and judge:
                row |= judge(gan)
            if log:
                log.write(row)
            if not finite:
                print("Stopped: a loss or a weight is no longer finite. Try a smaller learning rate.")
                break  # a state that has diverged is not worth keeping
            checkpoint.save(epoch + 1)
            bar.update()
        bar.close()
    table = log.table() if log else pd.DataFrame()
    if log and len(table):
        took = timedelta(seconds=round(table.seconds.sum()))
        print(f"{len(table)} epochs, {took} in all, {table.seconds.median():.1f} s an epoch")
    return table


class _Checkpoint:
    """Keeps after each epoch all that the next one depends on; at most the epoch under way is lost."""

    def __init__(self, gan: GAN, folder: Path) -> None:
        self.epoch = tf.Variable(0)
        values = [getattr(variable, "value", variable) for variable in gan.variables]
        self.checkpoint = tf.train.Checkpoint(epoch=self.epoch, values=values)
        self.move(folder)

    def move(self, folder: Path) -> None:
        """Keep it in this folder from now on. (A new variable would be a deed that all machines have to do at once.)"""
        self.manager = tf.train.CheckpointManager(self.checkpoint, str(folder), max_to_keep=1)

    def restore(self) -> int:
        """Bring everything back to the last epoch kept; the number of epochs done, 0 if none."""
        self.manager.restore_or_initialize()
        return int(self.epoch.numpy())

    def save(self, done: int) -> None:
        """Keep the state after so many epochs."""
        self.epoch.assign(done)
        try:
            self.manager.save()
        except tf.errors.OpError as error:
            raise OSError(
                f"The checkpoint of epoch {done} cannot be kept ({error.message}): make room in "
                f"{self.manager.directory}; then the training goes on before it."
            ) from None


def _write_whole(path: Path, text: str) -> None:
    """Write a file at once: a cut in between, or a full disk, leaves what was there."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


class _Log:
    """A row an epoch, as lines of JSON; rows of epochs that were not finished are dropped."""

    def __init__(self, path: Path, done: int) -> None:
        self.path = path
        kept = path.read_text(encoding="utf-8").splitlines(keepends=True)[:done] if done and path.exists() else []
        _write_whole(path, "".join(kept))

    def write(self, row: dict[str, float]) -> None:
        """Add a row."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def table(self) -> pd.DataFrame:
        """All rows."""
        return pd.DataFrame(map(json.loads, self.path.read_text(encoding="utf-8").splitlines()))
