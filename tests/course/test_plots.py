"""course/plots.py: what is shown of a training."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import utils
from course import plots

LOG = pd.DataFrame(
    {
        "epoch": [0, 1, 2, 3],
        "gen_loss": [1.0, 0.9, 0.8, 0.7],
        "disc_loss": [1.0, 1.1, 1.2, 1.3],
        "seconds": [30.0, 30.0, 60.0, 60.0],
        "kid": [np.nan, 400.0, np.nan, 100.0],
        "kid_spread": [np.nan, 10.0, np.nan, 5.0],
        **{name: [np.nan, 0.2, np.nan, 0.4] for name in ("precision", "recall", "precision_spread", "recall_spread")},
    }
)


def test_losses_show_both_players_and_the_draw(figure):
    plots.losses(LOG, "any")
    (axis,) = figure().axes
    lines = {line.get_label(): line.get_ydata() for line in axis.lines}
    np.testing.assert_array_equal(lines["generator"], LOG.gen_loss)
    np.testing.assert_array_equal(lines["discriminator"], LOG.disc_loss)
    assert lines["at a draw, ln 2"][0] == pytest.approx(0.6931, abs=1e-4)
    assert lines["at a draw, 2 ln 2"][0] == pytest.approx(1.3863, abs=1e-4)


@pytest.mark.parametrize(("unit", "places"), [("epoch", [2, 4]), ("minute", [1, 3])])
def test_figures_stand_where_they_were_judged(figure, unit, places):
    plots.figures({"ours": LOG}, "any", unit)
    for axis, values in zip(figure().axes, ([400, 100], [0.2, 0.4], [0.2, 0.4]), strict=True):
        np.testing.assert_allclose(axis.lines[0].get_xydata(), np.transpose([places, values]))


def test_each_seed_has_its_line_and_real_pictures_their_level(figure):
    rows = [("other real pictures", 0, 0, 7.0)]
    rows += [
        (way, seed, epoch, 100 * epoch + seed) for way in ("plain", "shifted") for seed in (0, 1) for epoch in (5, 9)
    ]
    table = pd.DataFrame(rows, columns=["way", "seed", "epoch", "kid"]).assign(precision=0.5, recall=0.2)
    plots.by_seed(table, "any")
    level, *lines = figure().axes[0].lines
    assert set(level.get_ydata()) == {7}
    assert [line.get_ydata().tolist() for line in lines] == 2 * [[500, 900], [501, 901]]
    assert [line.get_label() for line in (level, lines[0], lines[2])] == ["other real pictures", "plain", "shifted"]


def test_film_and_previews_show_what_was_painted_in_order(tmp_path, figure):
    for count, level in [(0, 0.0), (2, 0.5), (3, 1.0)]:
        utils.save_images(np.full((25, 96, 96, 3), level), tmp_path / f"train-{count}.png")
    with Image.open(plots.film(tmp_path, LOG, 16, 96)) as film:
        assert (film.n_frames, film.size) == (3, (576, 240))
        shades = []
        for frame in range(3):
            film.seek(frame)
            shades.append(film.convert("L").getpixel((50, 50)))
    assert shades == sorted(shades) and shades[0] < 135 < 250 < shades[2]
    utils.save_images(np.zeros((25, 96, 96, 3)), tmp_path / "train-1.png")
    os.utime(tmp_path / "train-1.png", (0, 0))
    with Image.open(plots.film(tmp_path, LOG, 16, 96)) as film:
        assert film.n_frames == 3, "a grid that an earlier training left has no place in the film"
    (tmp_path / "train-1.png").unlink()
    plots.previews(tmp_path, [3, 0, 1], "any")
    assert [axis.get_title() for axis in figure().axes] == ["epoch 1", "epoch 4"]


def test_pictures_stand_in_a_row_whatever_rounding_has_done(figure):
    plots.show_images(np.full((3, 8, 8, 3), 1.0000001), "three")
    assert len(figure().axes) == 3 and figure().get_suptitle() == "three"
