"""course/fingerprint.py: a digest changes with what matters to a training, and with nothing else."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course import fingerprint, training
from tests.common import COURSE
from tools.lessons import library

# ---------------------------------------------------------------- code

MODULE = '''
import functools
import keras
import numpy as np
import tensorflow as tf

RATE = 0.5
SIZES = [3, 5]
OFFSETS = np.array([1.0, 2.0])
LIMIT = tf.constant(4.0)
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def loss(output):
    """The price of a verdict."""
    return cross_entropy(tf.ones_like(output), output)


def blur(images):
    return tf.nn.avg_pool2d(images, 3, 1, "SAME")


def leave(images):
    return images


def shift(images, by=2):
    return tf.roll(images, by, 1)


class Painter:
    strength = 3

    def paint(self, images):
        return self.soften(images) * self.rate

    def soften(self, images):
        return images / 7

    def __init__(self, rate=0.1):
        self.rate = rate

    def __call__(self, images):
        return self.paint(images)


def make_step(factor):
    def step(images):
        return images * factor
    return step


def step(images, augment=shift):
    """One update."""
    fade = lambda picture: picture * 0.9
    images = fade(augment(images)) + sum(image for image in images if image > 11)
    return RATE * loss(images) + OFFSETS[0] - len(SIZES) + LIMIT, images.generator


def unused(images):
    return images - 1


def chosen(images, first, second):
    return first(images)


plain_step = functools.partial(step, augment=leave)
soft_step = functools.partial(step, augment=blur)
method = Painter().paint
weak_method = Painter(0.2).paint
instance = Painter()
weak_instance = Painter(0.2)
twice, thrice = make_step(2), make_step(3)
compiled = tf.function(step)
late = functools.partial(shift, by=3)
later = functools.partial(shift, by=4)
one_way = functools.partial(chosen, first=leave, second=blur)
'''
numbers = itertools.count()


@pytest.fixture
def load(tmp_path):
    """A function that imports a module from its text."""

    def load(text):
        path = tmp_path / f"written_{next(numbers)}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def digest_of(load):
    """The digest of a function of MODULE, some of its text replaced."""

    def digest_of(name="step", old="", new=""):
        assert not old or MODULE.count(old) == 1, old
        return fingerprint.code_digest(getattr(load(MODULE.replace(old, new) if old else MODULE), name))

    return digest_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    fade = lambda", "    # paler\n\n    fade = lambda"),
        ('    """One update."""\n', ""),
        ("The price of a verdict", "What it costs"),
        ("fade(augment(images)) + sum(", "fade(\n        augment(images)\n    ) + sum("),
        ("images - 1", "images - 2"),
        ("RATE = 0.5", "generator = 3\nRATE = 0.5"),
        ("avg_pool2d(images, 3,", "avg_pool2d(images, 5,"),
        ("import keras\n", "import keras as k\nfrom tensorflow import keras\n"),
    ],
    ids=[
        "a comment",
        "no docstring",
        "a loss's docstring",
        "layout",
        "a function that it does not use",
        "a variable called like an attribute",
        "an augmentation that it does not use",
        "imports",
    ],
)
def test_what_does_not_matter_leaves_a_steps_digest(digest_of, old, new):
    assert digest_of("step", old, new) == digest_of()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("step", "RATE * loss(images) +", "RATE * loss(images) -"),
        ("step", "cross_entropy(tf.ones_like", "-cross_entropy(tf.ones_like"),
        ("step", "cross_entropy(tf.ones_like", "cross_entropy(tf.zeros_like"),
        ("step", "from_logits=True", "from_logits=True, label_smoothing=0.1"),
        ("step", "RATE = 0.5", "RATE = 0.6"),
        ("step", "SIZES = [3, 5]", "SIZES = [3, 6]"),
        ("step", "np.array([1.0, 2.0])", "np.array([1.0, 3.0])"),
        ("step", "tf.constant(4.0)", "tf.constant(5.0)"),
        ("step", "picture * 0.9", "picture * 0.8"),
        ("step", "image > 11", "image > 12"),
        ("step", "tf.roll(images, by, 1)", "tf.roll(images, by, 2)"),
        ("step", "def shift(images, by=2)", "def shift(images, by=3)"),
        ("step", "augment=shift", "augment=blur"),
        ("compiled", "RATE = 0.5", "RATE = 0.6"),
        ("plain_step", "RATE = 0.5", "RATE = 0.6"),
        ("plain_step", "    return images\n", "    return -images\n"),
        ("soft_step", "avg_pool2d(images, 3,", "avg_pool2d(images, 5,"),
        ("method", "images / 7", "images / 8"),
        ("instance", "images / 7", "images / 8"),
        ("instance", "return self.paint(images)", "return self.paint(-images)"),
        ("one_way", "first=leave, second=blur", "first=blur, second=leave"),
    ],
)
def test_what_matters_changes_a_steps_digest(digest_of, name, old, new):
    assert digest_of(name, old, new) != digest_of(name)


def test_values_that_a_function_carries_with_it_matter(digest_of):
    names = ["step", "plain_step", "soft_step", "method", "weak_method", "twice", "thrice", "late", "later"]
    names += ["instance", "weak_instance"]
    assert len({digest_of(name) for name in names}) == len(names)


def test_functions_of_a_module_of_the_course_count_but_not_those_of_a_library(load, monkeypatch):
    module = load(
        "import numpy as np\nfrom course import judges\n\n\ndef step(x):\n    return np.mean(judges.features(x))"
    )
    before = fingerprint.code_digest(module.step)
    monkeypatch.setattr("numpy.mean", lambda x: x)
    assert fingerprint.code_digest(module.step) == before
    monkeypatch.setattr("course.judges.features", lambda x: -x)
    assert fingerprint.code_digest(module.step) != before


def test_code_without_source_counts_by_its_bytecode():
    def digest_of(text):
        space = {}
        exec(compile(text, "<no file>", "exec"), space)  # "<string>" is what `python -c` runs, and 3.13 shows that
        return fingerprint.code_digest(space["step"])

    text = "def step(x):\n    return (lambda y: y + 1)(x) in {'a', 'b', 'c'}"
    assert digest_of(text) == digest_of("\n\n" + text)
    assert digest_of(text) != digest_of(text.replace("+ 1", "+ 2"))
    assert digest_of(text) != digest_of(text.replace("+ 1", "- 1"))


def test_a_compiled_step_is_the_step(digest_of):
    assert digest_of("compiled") == digest_of("step")


# ---------------------------------------------------------------- all that matters

PICTURES = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 3)).astype("float32")


def one_step(gan, images):
    return tf.reduce_mean(gan.generator(gan.draw_noise(2))), tf.reduce_mean(images)


KINDS = frozenset(["tomato", "banana", "apple", "orange"])  # in another order in each process


def choosy_step(gan, images):
    return one_step(gan, images) if "tomato" in KINDS else None


def facts(
    step=one_step,
    pictures=PICTURES,
    batch=4,
    rate=0.01,
    beta_1=0.5,
    optimizer=keras.optimizers.Adam,
    units=8 * 8 * 3,
    activation="relu",
    dropout=0.2,
    slope=0.1,
    dtype=None,
    name=None,
    policy="float32",
    **options,
):
    """What training.facts_of finds out about a small training."""
    keras.config.set_dtype_policy(policy)
    try:
        generator = [
            layers.Dense(units, activation=activation, name=name),
            layers.Dense(8 * 8 * 3, dtype=dtype),
            layers.Reshape((8, 8, 3)),
        ]
        discriminator = [layers.Flatten(), layers.LeakyReLU(slope), layers.Dropout(dropout), layers.Dense(1)]
        gan = training.GAN(
            keras.Sequential([keras.Input((4,)), *generator], name=name and f"{name}_model"),
            keras.Sequential([keras.Input((8, 8, 3)), *discriminator]),
            optimizer(rate, beta_1=beta_1),
            optimizer(0.01, beta_1=0.5),
            **options,
        )
        dataset = tf.data.Dataset.from_tensor_slices(pictures).shuffle(6).batch(batch)
        return training.facts_of(step, gan, dataset)
    finally:
        keras.config.set_dtype_policy("float32")


def one_pixel_changed():
    pictures = PICTURES.copy()
    pictures[3, 5, 5, 1] += 0.01
    return pictures


@pytest.fixture(scope="module")
def before():
    return facts()


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"step": functools.partial(one_step)}, None),
        ({"step": lambda gan, images: one_step(gan, -images)}, "the training step"),
        ({"rate": 0.02}, "the optimisers"),
        ({"beta_1": 0.6}, "the optimisers"),
        ({"optimizer": keras.optimizers.Nadam}, "the optimisers"),
        ({"units": 100}, "the generator"),
        ({"activation": "elu"}, "the generator"),
        ({"dropout": 0.3}, "the discriminator"),
        ({"slope": 0.2}, "the discriminator"),
        ({"batch": 3}, "the batches"),
        ({"pictures": one_pixel_changed()}, "the pictures"),
        ({"pictures": np.concatenate([PICTURES[:5], PICTURES[:1]])}, "the pictures"),
        ({"seed": 7}, "the random numbers' seed"),
        ({"memory": 0.9}, "the mean of the weights"),
        ({"pictures": PICTURES[::-1]}, None),
        ({"name": "another"}, None),
        ({}, None),
    ],
)
def test_each_change_is_noticed_as_what_it_is(before, changes, fact):
    after = facts(**changes)
    assert [name for name in before if after[name] != before[name]] == ([fact] if fact else [])


def test_precision_counts_for_the_whole_and_for_each_layer(before):
    mixed = facts(policy="mixed_bfloat16")
    assert mixed["the precision"] != before["the precision"]
    last = facts(policy="mixed_bfloat16", dtype="float32")
    assert [name for name in mixed if mixed[name] != last[name]] == ["the generator"]


@pytest.mark.slow
def test_two_processes_find_the_same():
    """Whatever the seed of Python's own hashes: sets have another order in each process."""
    script = """
import json
import keras
from tests.course.test_fingerprint import choosy_step, facts
from tools.lessons import library
lesson = library("03_fruit_gan", tasks=True)
facts()  # so that layers are numbered otherwise
steps = [lesson.train_step, lesson.step_a, lesson.banana_train_step, choosy_step]
print(json.dumps([facts(step=step) for step in steps]))
"""
    environment = {**os.environ, "PYTHONPATH": str(COURSE), "PYTHONHASHSEED": "5", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=COURSE, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    lesson = library("03_fruit_gan", tasks=True)
    steps = [lesson.train_step, lesson.step_a, lesson.banana_train_step, choosy_step]
    here = [facts(step=step) for step in steps]
    assert json.loads(result.stdout.splitlines()[-1]) == here
    assert len({found["the training step"] for found in here}) == 4
