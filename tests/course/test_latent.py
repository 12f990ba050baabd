"""course/latent.py: ways through latent space."""

from __future__ import annotations

import numpy as np
import pytest
from IPython.testing.globalipapp import start_ipython

from course import latent


def test_walk_keeps_to_the_sphere():
    start, end = np.eye(2) * 3
    way = latent.walk(start, end, 5)
    np.testing.assert_allclose(way[[0, -1]], [start, end], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 3, rtol=1e-6)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-5)


def test_a_walk_from_a_place_to_itself_stays_there():
    place = np.random.default_rng(0).normal(size=200)
    np.testing.assert_allclose(latent.walk(place, place, 3), [place] * 3, rtol=1e-5)


def test_pages_without_python_show_half_of_the_way(monkeypatch):
    start_ipython()
    shown, asked = [], []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))

    def generator(vectors, training):
        asked.append(np.asarray(vectors)[0])
        return np.zeros((1, 8, 8, 3), "float32")

    latent.explore(generator, np.eye(3, dtype="float32"))
    assert "image/png" in shown[0] and "application/vnd.jupyter.widget-view+json" in shown[0]
    assert asked[-1] == pytest.approx([0.5**0.5, 0.5**0.5, 0])
