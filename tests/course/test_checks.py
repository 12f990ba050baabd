"""What check cells share; how they mark answers is tested in tests/lessons/test_answers.py."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from course import checks


def emptied(images):
    """As learners get it."""
    raise NotImplementedError()


def test_a_step_is_open_until_it_is_made_and_a_stand_in_does_not_make_it(capsys):
    space = {"emptied": emptied, "made": 3}
    steps = checks.Steps(space)
    steps.need("made")
    with pytest.raises(NotImplementedError, match="First complete the step that defines emptied, absent."):
        steps.need("made", "emptied", "absent")
    steps.stand_in("emptied", lambda: abs)
    steps.stand_in("made", lambda: 4)
    assert space == {"emptied": abs, "made": 3}
    assert capsys.readouterr().out == "The step that defines emptied is still open: something simpler stands in.\n"
    with pytest.raises(NotImplementedError, match="defines emptied"):
        steps.need("emptied")
    space["emptied"] = max
    steps.need("emptied")


def test_what_stands_in_for_a_while_leaves_nothing_behind():
    space = {"known": 1}
    with checks.standing_in(space, known=2, new=3):
        assert space == {"known": 2, "new": 3}
    assert space == {"known": 1}


@pytest.mark.slow
def test_short_trainings_begin_alike_and_show_what_a_step_does():
    """Else a learner would compare starts, not steps."""
    images = np.random.default_rng(0).uniform(-1, 1, (40, 96, 96, 3)).astype("float32")

    def nothing(gan, images):
        return tf.constant(1.0), tf.constant(2.0)

    def darker(gan, images):
        gan.generator.layers[-2].bias.assign_sub([0.1, 0.1, 0.1])
        return nothing(gan, images)

    one, again, dark = (checks.short_training(step, images, 20) for step in (nothing, nothing, darker))
    assert one[0].shape == (8, 32, 32, 3) and one[1:] == (1.0, 2.0)
    np.testing.assert_array_equal(one[0], again[0])
    assert dark[0].mean() < one[0].mean() - 0.3


def test_one_painter_is_good_and_knows_ten_the_other_knows_all_and_blurs():
    pictures = np.random.default_rng(0).uniform(-1, 1, (25, 8, 8, 3)).astype("float32")
    few, blurred = checks.two_painters(pictures).values()
    assert few.shape == blurred.shape == pictures.shape
    assert len(np.unique(few, axis=0)) == 10 and {one.tobytes() for one in few} <= {one.tobytes() for one in pictures}
    assert len(np.unique(blurred, axis=0)) == 25 and blurred.std() < 0.5 * pictures.std()
    np.testing.assert_allclose(blurred[:, 4, 4], pictures[:, 3:6, 3:6].mean(axis=(1, 2)), atol=1e-6)
