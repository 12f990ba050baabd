"""Networks that come with the course: kept and loaded alike, and one sentence for each file that is not right."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import layers

from course import pretrained
from course.layers import speed_up


def small_generator():
    """A generator like lesson 3's, for latent vectors of 7 and pictures of 8 x 8."""
    return keras.Sequential(
        [
            keras.Input((7,)),
            layers.Dense(4 * 4 * 8, activation="relu"),
            layers.Reshape((4, 4, 8)),
            layers.UpSampling2D(2, interpolation="bilinear"),
            layers.Conv2D(8, 3, padding="same"),
            layers.BatchNormalization(momentum=0.8),
            layers.ReLU(),
            layers.Conv2D(3, 3, padding="same"),
            layers.Activation("tanh", dtype="float32"),
        ]
    )


@pytest.fixture
def noise():
    return np.random.default_rng(1).normal(size=(4, 7)).astype("float32")


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_what_was_kept_paints_the_same(tmp_path, noise, policy):
    """Whatever precision it was trained in and is loaded under: half precision of the weights is all that is lost."""
    usual = keras.config.dtype_policy().name
    try:
        keras.config.set_dtype_policy(policy)
        keras.utils.set_random_seed(2)
        model = small_generator()
        for weight in model.weights:  # as after a training
            weight.assign(weight + 0.1 * keras.random.uniform(weight.shape, seed=3))
        pretrained.save(model, "small", tmp_path)
        loaded = pretrained.load("small", tmp_path)
        assert {layer.dtype_policy.name for layer in loaded.layers} == {"float32"}
        reference = small_generator()
    finally:
        keras.config.set_dtype_policy(usual)
    reference.set_weights(model.get_weights())
    pictures = np.asarray(loaded(noise, training=False))
    assert pictures.std() > 0.01
    tolerance = 2e-3 if policy == "float32" else 0.05
    assert np.abs(pictures - np.asarray(reference(noise, training=False), "float32")).max() < tolerance


def test_what_nobody_set_is_not_written_down(tmp_path):
    """Keras 3.15 writes options of Dense, BatchNormalization and GlorotUniform that 3.10 refuses to read."""
    with np.load(pretrained.save(small_generator(), "small", tmp_path)) as stored:
        about = str(stored["about"])
    assert not [option for option in ("quantization_config", "renorm", "input_axes", "epsilon") if option in about]
    assert '"momentum": 0.8' in about and '"interpolation": "bilinear"' in about


@pytest.mark.parametrize("path", sorted(pretrained.WEIGHTS.glob("*.npz")), ids=lambda path: path.stem)
def test_the_files_of_the_course_name_no_newer_option(path):
    """They were written by Keras 3.15, and a learner may have 3.10."""
    with np.load(path) as stored:
        about = str(stored["about"])
    assert not [option for option in ("quantization_config", "renorm", "input_axes") if option in about]


def test_a_file_needs_no_pickle_and_holds_half_precision(tmp_path):
    path = pretrained.save(small_generator(), "small", tmp_path)
    with np.load(path, allow_pickle=False) as stored:
        kinds = {name: stored[name].dtype for name in stored.files}
    assert {kind for name, kind in kinds.items() if name != "about"} == {np.dtype("float16")}


def test_layers_of_our_own_and_broken_weights_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not Keras' own: UpConv2D|not Keras' own: FastBatchNormalization"):
        pretrained.save(speed_up(small_generator()), "small", tmp_path)
    for broken in (np.nan, 1e6):
        model = small_generator()
        model.weights[0].assign(np.full(model.weights[0].shape, broken))
        with pytest.raises(ValueError, match="not finite in half precision"):
            pretrained.save(model, "small", tmp_path)
    assert list(tmp_path.iterdir()) == []


def rewrite(path, **changes):
    """Change what a file says about itself, or its arrays."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    about = json.loads(str(arrays["about"])) | {key: value for key, value in changes.items() if key not in arrays}
    arrays |= {key: value for key, value in changes.items() if key in arrays}
    np.savez(path, **{**arrays, "about": np.array(json.dumps(about))})


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("version https://git-lfs.github.com/spec/v1")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "is cut off or damaged. Fetch it again"),
        (emptied, "is cut off or damaged. Fetch it again"),
        (text, "is cut off or damaged. Fetch it again"),
        (lambda path: rewrite(path, format=99), "has format 99, this course reads 1"),
        (lambda path: rewrite(path, weights=99), "is cut off or damaged"),
        (lambda path: rewrite(path, weight_000=np.zeros((9, 128), "float16")), "do not fit its network"),
        (lambda path: path.unlink(), "There is no trained network 'small' in .*; there are: other"),
    ],
)
def test_a_file_that_is_not_right_gets_one_sentence(tmp_path, damage, says):
    pretrained.save(small_generator(), "other", tmp_path)
    damage(pretrained.save(small_generator(), "small", tmp_path))
    with pytest.raises(ValueError, match=says) as error:
        pretrained.load("small", tmp_path)
    assert len(str(error.value).splitlines()) == 1


# ---------------------------------------------------------------- a network that writes


def small_reader():
    return keras.Sequential([layers.Embedding(5, 3), layers.LSTM(4, return_sequences=True), layers.Dense(5)])


def test_a_network_that_writes_comes_back_with_its_words(tmp_path):
    model, words = small_reader(), ["", "[UNK]", "[END]", "\u00fcber", "a"]
    ids = np.array([[2, 3, 4]])
    expected = np.array(model(ids))
    pretrained.save(model, "writes", tmp_path, words)
    loaded, its_words = pretrained.load_text("writes", tmp_path)
    assert its_words == words
    assert np.abs(np.array(loaded(ids)) - expected).max() < 2e-3


def test_a_network_without_words_is_refused(tmp_path):
    pretrained.save(small_generator(), "paints", tmp_path)
    with pytest.raises(ValueError, match="paints.npz holds no words: it is no network that writes"):
        pretrained.load_text("paints", tmp_path)
    with pytest.raises(ValueError, match="There is no trained network 'other'"):
        pretrained.load_text("other", tmp_path)
