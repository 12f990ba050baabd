"""The trained networks that come with the course, in weights/: plain Keras layers, no pickle, no network.

A file `weights/NAME.npz` holds a network as Keras describes it (JSON) and its weights in half precision, which the eye
does not tell from full precision; `weights/NAME.md` beside it is its model card.
"""

from __future__ import annotations

import inspect
import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
FORMAT = 1  # rises when files of an older form can no longer be read


def load(name: str, folder: Path = WEIGHTS) -> keras.Model:
    """A generator that comes with the course.

    Args:
        name: "tomato", "banana", "banana_vanilla" or "apple_or_tomato".
        folder: where the file lies.

    Returns:
        A built model of plain layers: latent vectors (n, 200), standard normal (of "apple_or_tomato" with the label
        behind them, (n, 201)), in; pictures (n, 96, 96, 3) in
        [-1, 1] out. It has one dtype policy, float32, whatever the global one is.

    Raises:
        ValueError: in one sentence, if there is no such network, or its file is cut off or of another version.
    """
    return _read(name, folder)[0]


def load_text(name: str, folder: Path = WEIGHTS) -> tuple[keras.Model, list[str]]:
    """A network that writes, and its words.

    Args:
        name: "headlines".
        folder: where the file lies.

    Returns:
        A built model of plain layers: token ids (n, t) in, logits of the next word (n, t, words) out; and the word of
        each id, where 0 is the pad, 1 an unknown word, 2 the end of a headline.

    Raises:
        ValueError: in one sentence, as `load` does, and if the network is none that writes.
    """
    model, about = _read(name, folder)
    if "words" not in about:
        raise ValueError(f"{folder.name}/{name}.npz holds no words: it is no network that writes.")
    return model, about["words"]


def _read(name: str, folder: Path) -> tuple[keras.Model, dict]:
    """The network of a file, and what the file says about itself."""
    path = folder / f"{name}.npz"
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in folder.glob("*.npz"))) or "none"
        raise ValueError(f"There is no trained network {name!r} in {folder.name}/; there are: {there}.")
    again = f"Fetch it again (git checkout {folder.name}/{path.name})"
    try:
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            weights = [stored[f"weight_{i:03}"].astype("float32") for i in range(about["weights"])]
    except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile):
        raise ValueError(f"{folder.name}/{path.name} is cut off or damaged. {again}.") from None
    if about["format"] != FORMAT:
        raise ValueError(
            f"{folder.name}/{path.name} has format {about['format']}, this course reads {FORMAT}. {again}."
        )
    model = keras.models.model_from_json(json.dumps(about["network"]))
    shapes = [tuple(weight.shape) for weight in model.weights]
    if shapes != [weight.shape for weight in weights]:
        raise ValueError(f"{folder.name}/{path.name}: its weights do not fit its network. {again}.")
    model.set_weights(weights)
    return model, about


def save(model: keras.Model, name: str, folder: Path = WEIGHTS, words: Sequence[str] | None = None) -> Path:
    """Keep a network of plain Keras layers for `load`, or with its words for `load_text`; returns the file.

    Args:
        model: a Sequential or functional model; layers of our own (as `speed_up` makes them) are refused.
        name: of the file, without its ending.
        folder: made if it is not there.
        words: of a network that writes, the word of each id.

    Raises:
        ValueError: if a layer is not Keras' own, or a weight is not finite or too large for half precision.
    """
    own = {type(layer).__name__ for layer in model.layers if not type(layer).__module__.startswith("keras.")}
    if own:
        raise ValueError(f"{name} has layers that are not Keras' own: {', '.join(sorted(own))}.")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is named
        weights = {f"weight_{i:03}": weight.astype("float16") for i, weight in enumerate(model.get_weights())}
    if not all(np.isfinite(weight).all() for weight in weights.values()):
        raise ValueError(f"{name} has weights that are not finite in half precision.")
    network = json.loads(model.to_json())
    about = {"format": FORMAT, "weights": len(weights), "network": _in_float32(_without_defaults(network))}
    about |= {} if words is None else {"words": list(words)}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    np.savez_compressed(path, about=np.array(json.dumps(about)), **weights)
    return path


def _without_defaults(config: object) -> object:
    """A model's configuration without what nobody set.

    A newer Keras writes down options that an older one refuses to read, such as `quantization_config: None`.
    """
    if isinstance(config, list):
        return [_without_defaults(value) for value in config]
    if not isinstance(config, dict):
        return config
    config = {key: _without_defaults(value) for key, value in config.items()}
    if config.get("module") in ("keras.layers", "keras.initializers"):
        kind = getattr(getattr(keras, config["module"].removeprefix("keras.")), config["class_name"])
        default = {name: option.default for name, option in inspect.signature(kind).parameters.items()}
        config["config"] = {k: v for k, v in config["config"].items() if k not in default or v != default[k]}
    return config


def _in_float32(config: object) -> object:
    """A model's configuration with every dtype policy set to float32."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {"name": "float32"}}
        return {key: _in_float32(value) for key, value in config.items() if key != "build_config"}
    if isinstance(config, list):
        return [_in_float32(value) for value in config]
    return config
