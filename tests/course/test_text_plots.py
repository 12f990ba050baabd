"""course/text_plots.py: the figures of lesson 1."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course import text_plots
from course.text import END


def test_perplexity_is_e_to_the_loss_from_the_first_epoch_on(figure):
    losses = pd.DataFrame({"loss": [2.0, 1.0, 0.0], "val_loss": [2.0, 1.5, 3.0]})
    text_plots.perplexities(losses, 50)
    (axis,) = figure().axes
    training, validation, floor = axis.lines
    np.testing.assert_allclose(training.get_ydata(), np.exp(losses.loss))
    np.testing.assert_allclose(validation.get_ydata(), np.exp(losses.val_loss))
    assert training.get_xdata().tolist() == [1, 2, 3] and set(floor.get_ydata()) == {50}


def test_the_likeliest_next_words_stand_at_each_step_and_the_one_that_came_is_marked(figure):
    """After the end a, after a b, each with 0.6; of the headline "a x b" the model does not know x."""
    follow = {END: [0, 0, 0.1, 0.6, 0.3], 3: [0, 0, 0.3, 0.1, 0.6], 4: [0, 0, 0.6, 0.3, 0.1]}
    model = lambda last, state: (np.array([follow[int(word)] for word in last]), state)  # noqa: E731
    text_plots.next_words(model, ["", "[UNK]", "[END]", "a", "b"], ["a", "x", "b"], most=2)
    axes = figure().axes
    assert [axis.get_title() for axis in axes] == ["after “[END]”", "after “a”", "after “b”"]
    shown = [[label.get_text() for label in axis.get_yticklabels()] for axis in axes]
    assert shown == [["b", "a"], ["[END]", "b"], ["a", "[END]"]], "the likeliest on top"
    assert [[round(bar.get_width(), 1) for bar in axis.patches] for axis in axes] == [[0.3, 0.6]] * 3
    marked = [[bar.get_facecolor()[0] < 0.1 for bar in axis.patches] for axis in axes]
    assert marked == [[False, True], [False, True], [False, False]]
