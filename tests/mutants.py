"""Changes that make the course teach or compute the wrong thing, each with the test that has to notice it.

`make mutants` tries all of them (see tools/mutants.py), `make test` the few in FIXED. What a careful reader would try:
data that leaks, losses with a wrong sign, players that do not play, judges that see nothing, resumes from the wrong state.
"""

from __future__ import annotations

from tools.mutants import Mutant

L1, L2, L3, L4 = (
    f"solutions/{name}.py" for name in ("01_lstm_headlines", "02_quadratic_gan", "03_fruit_gan", "04_what_came_after")
)
T1, T2, T3, T4 = (f"tests/lessons/test_{name}.py" for name in ("headlines", "quadratic", "fruit", "after"))
TRAINING, LAYERS, JUDGES, TEXT, DATA, FINGERPRINT = (
    f"tests/course/test_{name}.py" for name in ("training", "layers", "judges", "text", "data", "fingerprint")
)


def fruit(name: str, old: str, new: str, test: str) -> Mutant:
    """A change to lesson 3."""
    return Mutant(f"lesson 3: {name}", L3, old, new, f"{T3}::{test}")


def points(name: str, old: str, new: str, test: str, crash: bool = False) -> Mutant:
    """A change to lesson 2."""
    return Mutant(f"lesson 2: {name}", L2, old, new, f"{T2}::{test}", crash)


def played(name: str, old: str, new: str, test: str) -> Mutant:
    """A change to the games of lesson 2 that are played side by side."""
    return Mutant(f"games: {name}", "course/games.py", old, new, f"tests/course/test_games.py::{test}")


def judged(name: str, old: str, new: str, test: str) -> Mutant:
    """A change to the judges and pictures of lesson 2."""
    return Mutant(f"points: {name}", "course/points.py", old, new, f"tests/course/test_points.py::{test}")


def headlines(name: str, old: str, new: str, test: str, crash: bool = False) -> Mutant:
    """A change to lesson 1."""
    return Mutant(f"lesson 1: {name}", L1, old, new, f"{T1}::{test}", crash)


def later(name: str, old: str, new: str, test: str) -> Mutant:
    """A change to lesson 4."""
    return Mutant(f"lesson 4: {name}", L4, old, new, f"{T4}::{test}")


def playground(name: str, old: str, new: str, test: str) -> Mutant:
    """A change to the page on which lesson 2's GAN plays."""
    return Mutant(f"playground: {name}", "docs/play/gan.js", old, new, f"tests/site/test_play.py::{test}")


COLAB = "tests/lessons/test_colab.py"
BATTERY = "tests/course/test_battery.py"
MARKS = "tests/lessons/test_answers.py::test_a_check_marks_right"
PLEASE = "test_the_generator_learns_to_please_the_discriminator"
TELL = "test_the_discriminator_learns_to_tell_real_from_fake"

AND_SO_ON = """training=True)
        fake_output = gan.discriminator(generated_images, training=True)
        g_loss = gen_loss("""  # the exercise's step, not the activity's
DRAW = "    noise = gan.draw_noise(tf.shape(images)[0])\n"
STEP = f"""    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = gan.generator(noise, training=True)
        real_output = gan.discriminator(images, {AND_SO_ON}"""

MUTANTS = [
    # ---------------------------------------------------------------- lesson 4
    later(
        "a mixture grows with the noise",
        "return tf.sqrt(signal(t)) * clean + tf.sqrt(1 - signal(t)) * noise",
        "return clean + tf.sqrt(1 - signal(t)) * noise",
        "test_a_mixture_goes_from_the_clean_points_to_noise_and_keeps_its_variance",
    ),
    later(
        "signal and noise are swapped",
        "return tf.sqrt(signal(t)) * clean + tf.sqrt(1 - signal(t)) * noise",
        "return tf.sqrt(1 - signal(t)) * clean + tf.sqrt(signal(t)) * noise",
        "test_a_mixture_goes_from_the_clean_points_to_noise_and_keeps_its_variance",
    ),
    later(
        "half of the signal is left at the end",
        "return tf.exp(-5 * t**2)",
        "return tf.exp(-0.7 * t**2)",
        "test_a_mixture_goes_from_the_clean_points_to_noise_and_keeps_its_variance",
    ),
    later(
        "the network is not told the time",
        "return tf.concat([mixed, tf.sin(angles), tf.cos(angles)], axis=1)",
        "return tf.concat([mixed, 0 * tf.sin(angles), 0 * tf.cos(angles)], axis=1)",
        "test_the_time_stands_beside_the_points",
    ),
    later(
        "the network guesses the clean point and is used for the noise",
        "return tf.reduce_mean((guess - noise) ** 2)",
        "return tf.reduce_mean((guess - clean) ** 2)",
        "test_whoever_knows_the_noise_has_no_loss_and_whoever_says_0_has_1",
    ),
    later(
        "the training mixes by the lesson's schedule, whatever it is given",
        "with_time(mix(clean, noise, t, signal), t)",
        "with_time(mix(clean, noise, t), t)",
        "test_a_schedule_of_ones_own_is_used_throughout",
    ),
    later(
        "the way back stays at the time where it is",
        "ways.append(mix(clean, noise, then, signal))",
        "ways.append(mix(clean, noise, now, signal))",
        "test_with_perfect_guesses_every_way_ends_at_the_only_clean_point",
    ),
    later(
        "the way back does not take the noise out",
        "clean = (ways[-1] - tf.sqrt(1 - signal(now)) * noise) / tf.sqrt(signal(now))",
        "clean = ways[-1]",
        "test_with_perfect_guesses_every_way_ends_at_the_only_clean_point",
    ),
    later(
        "points are not scaled back",
        "return np.array(ways) * SPREAD + MIDDLE",
        "return np.array(ways)",
        "test_with_perfect_guesses_every_way_ends_at_the_only_clean_point",
    ),
    Mutant(
        "lesson 4: the critic has one turn like the generator",
        "course/games.py",
        "for _ in range(times):",
        "for _ in range(1):",
        f"{T4}::test_each_turn_moves_its_own_weights_so_often",
    ),
    later(
        "the clouds of the VAE may be anywhere",
        "return tf.reduce_mean(off + kl)",
        "return tf.reduce_mean(off)",
        "test_the_vaes_loss_by_hand",
    ),
    later(
        "the KL divergence is twice itself",
        "log_variance - 1, axis=1) / 2",
        "log_variance - 1, axis=1)",
        "test_the_vaes_loss_by_hand",
    ),
    later(
        "the cloud's spread is its variance",
        "tf.exp(log_variance / 2) * tf.random",
        "tf.exp(log_variance) * tf.random",
        "test_the_latent_point_is_drawn_from_the_encoders_cloud",
    ),
    later(
        "the critic puts fakes above real points",
        "tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real)) +",
        "tf.reduce_mean(critic(real)) - tf.reduce_mean(critic(fake)) +",
        "test_the_critics_loss_and_penalty_by_hand",
    ),
    later(
        "the penalty asks for a slope of 0",
        "tf.reduce_mean((steepness - 1) ** 2)",
        "tf.reduce_mean(steepness**2)",
        "test_the_critics_loss_and_penalty_by_hand",
    ),
    later(
        "attention is not divided by the root of the size",
        "scores = queries @ keys.T / np.sqrt(keys.shape[1])",
        "scores = queries @ keys.T",
        "test_attention_takes_the_value_whose_key_fits_and_the_mean_where_none_does",
    ),
    later(
        "the Transformer looks ahead",
        "(y, y, use_causal_mask=True)\n    x = x",
        "(y, y)\n    x = x",
        "test_a_transformer_looks_back_only_and_sees_order",
    ),
    later(
        "the Transformer sees no order",
        "    x = Places()(x)\n",
        "",
        "test_a_transformer_looks_back_only_and_sees_order",
    ),
    Mutant(
        "lesson 4: the maps show attention that looks ahead",
        "course/after.py",
        "layer(given, given, use_causal_mask=True, return_attention_scores=True)",
        "layer(given, given, return_attention_scores=True)",
        f"{T4}::test_attention_maps_are_those_of_the_layers",
    ),
    later(
        "the whisper's answer is the name before",
        "return sentences, sentences[:, 0]",
        "return sentences, sentences[:, -1]",
        "test_a_whispers_last_name_is_its_first",
    ),
    *(
        Mutant(f"lesson 4's label: {name}", L4, old, new, f"tests/lessons/test_labelled.py::{test}")
        for name, old, new, test in [
            (
                "the discriminator does not see it",
                'layers.Add(dtype="float32")([verdict, fit])',
                "verdict",
                "test_the_label_changes_the_painting_and_the_verdict",
            ),
            (
                "the generator wants to be seen through",
                "g_loss = cross_entropy(tf.ones_like(fake_output), fake_output)",
                "g_loss = cross_entropy(tf.zeros_like(fake_output), fake_output)",
                "test_a_step_moves_both_networks_and_gives_paintings_the_labels_of_the_batch",
            ),
            (
                "all paintings are apples",
                "noise = tf.concat([random, plane[:, 0, 0]], axis=1)",
                "noise = tf.concat([random, 0 * plane[:, 0, 0]], axis=1)",
                "test_a_step_moves_both_networks_and_gives_paintings_the_labels_of_the_batch",
            ),
            (
                "paintings are shown to the discriminator as apples",
                "painted = tf.concat([gan.generator(noise, training=True), plane], axis=-1)",
                "painted = tf.concat([gan.generator(noise, training=True), 0 * plane], axis=-1)",
                "test_a_step_moves_both_networks_and_gives_paintings_the_labels_of_the_batch",
            ),
        ]
    ),
    Mutant(
        "lesson 4: the check of task 2 takes what looks ahead",
        "course/after_checks.py",
        "if np.allclose(found, right(np.sqrt(size), True, 2), atol=1e-4):",
        "if np.allclose(found, right(np.sqrt(size), False, 2), atol=1e-4):",
        f"{MARKS}[04-task-2-wrong-no-mask]",
    ),
    Mutant(
        "lesson 4: the check of task 1 takes any prediction",
        "course/after_checks.py",
        "assert said == wanted[case], f",
        "assert said, f",
        f"{MARKS}[04-task-1-wrong-more-steps-make-up-for-the-missing-noise]",
    ),
    Mutant(
        "give back: an optional notebook that nobody handed in takes points",
        "tools/give_back.py",
        "return [name for name in self.of if name not in OPTIONAL]",
        "return list(self.of)",
        "tests/tools/test_give_back.py::test_an_optional_notebook_is_not_missed_and_has_no_part_in_the_total",
    ),
    *(
        Mutant(f"lesson 4's newspaper: {name}", "course/after.py", old, new, f"{T4}::{test}")
        for name, old, new, test in [
            (
                "equal titles go both ways",
                "titles = sorted(set(corpus))",
                "titles = sorted(corpus)",
                "test_the_newspaper_is_split_and_numbered_as_in_lesson_1",
            ),
            (
                "held-out words are known",
                "counts = Counter(word for line in train for",
                "counts = Counter(word for line in corpus for",
                "test_the_newspaper_is_split_and_numbered_as_in_lesson_1",
            ),
            (
                "the pad gets a share",
                "logits = ops.where(ops.arange(logits.shape[-1]) == text.PAD, -np.inf, logits)",
                "logits = logits + 0",
                "test_both_kinds_of_models_are_judged_as_in_lesson_1",
            ),
            (
                "a mixture's weight is chosen on held-out headlines",
                "text.fit_weight(on_valid[name], on_valid[",
                "text.fit_weight(on_held[name], on_held[",
                "test_mixtures_are_chosen_on_validation_and_judged_on_held_out_headlines",
            ),
        ]
    ),
    # ---------------------------------------------------------------- lesson 3: losses and steps
    fruit("the generator helps the discriminator", "g_loss = gen_loss(", "g_loss = -gen_loss(", PLEASE),
    fruit("the discriminator learns the wrong way", "d_loss = discrim_loss(", "d_loss = -discrim_loss(", TELL),
    fruit(
        "the generator wants to be told fake",
        'generated pictures."""\n    return cross_entropy(tf.ones_like(fake_output)',
        'generated pictures."""\n    return cross_entropy(tf.zeros_like(fake_output)',
        PLEASE,
    ),
    fruit(
        "the discriminator is to take paintings for real",
        "fake_loss = cross_entropy(tf.zeros_like(fake_output), fake_output)",
        "fake_loss = cross_entropy(tf.ones_like(fake_output), fake_output)",
        TELL,
    ),
    fruit(
        "the discriminator never sees a photograph",
        f"real_output = gan.discriminator(images, {AND_SO_ON}",
        f"real_output = gan.discriminator(generated_images, {AND_SO_ON}",
        TELL,
    ),
    fruit(
        "the discriminator's gradient is of the generator's loss",
        "gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)\n    return g_loss, d_loss\n\n\n# %% [markdown]\n# Each network",
        "gan.disc_optimizer.apply(disc_tape.gradient(g_loss, disc_weights), disc_weights)\n    return g_loss, d_loss\n\n\n# %% [markdown]\n# Each network",
        TELL,
    ),
    fruit(
        "no randomness: the noise is always zero",
        f"{DRAW}{STEP}",
        f"    noise = tf.zeros_like(gan.draw_noise(tf.shape(images)[0]))\n{STEP}",
        "test_each_step_draws_its_own_latent_vectors",
    ),
    fruit(
        "as many fakes as a full batch, whatever the batch",
        f"{DRAW}{STEP}",
        f"    noise = gan.draw_noise(num_batch)\n{STEP}",
        "test_a_short_batch_trains_with_as_many_fakes",
    ),
    fruit(
        "the generator in inference mode in a step",
        STEP,
        STEP.replace("gan.generator(noise, training=True)", "gan.generator(noise, training=False)"),
        "test_both_play_in_training_mode",
    ),
    fruit(
        "the discriminator in inference mode for paintings",
        STEP,
        STEP.replace("gan.discriminator(generated_images, training=True)", "gan.discriminator(generated_images)"),
        "test_both_play_in_training_mode",
    ),
    fruit(
        "previews are painted in training mode",
        "batches = [generator(noise[i : i + num_batch], training=False) for i in starts]",
        "batches = [generator(noise[i : i + num_batch], training=True) for i in starts]",
        "test_a_long_pile_is_painted_batch_by_batch",
    ),
    # ---------------------------------------------------------------- lesson 3: data, pictures
    fruit(
        "training pictures are handed out as held out",
        "return hold_out(images, held_out, fruit)",
        "return images, images[:10]",
        "test_the_held_out_pictures_are_those_of_the_test_set",
    ),
    fruit(
        "no shuffling",
        "order = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=SEED)",
        "order = tf.data.Dataset.range(len(images))",
        "test_a_data_set_shows_every_picture_once_an_epoch_in_another_order_each_time",
    ),
    fruit(
        "the same order in every epoch",
        ".shuffle(len(images), seed=SEED)\n    images = tf.constant",
        ".shuffle(len(images), seed=SEED, reshuffle_each_iteration=False)\n    images = tf.constant",
        "test_a_data_set_shows_every_picture_once_an_epoch_in_another_order_each_time",
    ),
    fruit(
        "previews come from the weights of the moment",
        "save_images(epoch, fixed_seed, gan.average, folder)",
        "save_images(epoch, fixed_seed, gan.generator, folder)",
        "test_a_training_is_previewed_from_fixed_seeds_and_judged_from_others",
    ),
    fruit(
        "the curve compares the reference with itself",
        "return judges.scorecard(paint(gan.average, judged), reference)",
        "return judges.scorecard(reference, reference)",
        "test_a_training_is_previewed_from_fixed_seeds_and_judged_from_others",
    ),
    fruit(
        "a training without shifts",
        "training.train(\n        shifting(step), gan",
        "training.train(\n        step, gan",
        "test_in_a_training_the_discriminator_sees_each_picture_shifted",
    ),
    fruit(
        "the learner's generator paints on, whatever the judges say",
        'covered["the course\'s"] > 2 * covered["yours"]',
        "False",
        "test_the_judges_say_whose_generator_paints_on",
    ),
    fruit(
        "a sigmoid at the discriminator's end",
        'model.add(layers.Dense(1, dtype="float32"))\n    return model\n\n\n# %%\nimage_shape',
        'model.add(layers.Dense(1, "sigmoid", dtype="float32"))\n    return model\n\n\n# %%\nimage_shape',
        "test_the_dcgan_discriminator_has_1658945_weights_and_one_logit",
    ),
    fruit(
        "a generator that helps the discriminator paints no blobs",
        "        g_loss = gen_loss(fake_output)\n        d_loss = discrim_loss",
        "        g_loss = -gen_loss(fake_output)\n        d_loss = discrim_loss",
        "test_a_small_gan_learns_to_paint_blobs",
    ),
    fruit(
        "a generator that knows one latent vector paints no blobs",
        STEP,
        STEP.replace("gan.generator(noise", "gan.generator(0 * noise"),
        "test_a_small_gan_learns_to_paint_blobs",
    ),
    # ---------------------------------------------------------------- lesson 3: what it takes from course/
    *(
        Mutant(name, f"course/{module}.py", old, new, f"tests/course/{test}")
        for name, module, old, new, test in [
            (
                "augment: the shift is the same for all pictures",
                "augment",
                "places = tf.range(side) + by[:, axis - 1, None]",
                "places = tf.range(side) + by[:1, axis - 1, None] + 0 * by[:, axis - 1, None]",
                "test_augment.py::test_augmentation_shifts_each_picture_and_lets_gradients_through",
            ),
            (
                "augment: pictures as they are",
                "augment",
                "return self.gan.discriminator(shift(self.gan, images, self.part), training=training)",
                "return self.gan.discriminator(images, training=training)",
                "test_augment.py::test_photographs_and_paintings_are_both_augmented",
            ),
            (
                "latent: a walk through the middle",
                "latent",
                "way = (np.sin((1 - part) * angle) * start + np.sin(part * angle) * end) / np.sin(angle)",
                "way = (1 - part) * start + part * end",
                "test_latent.py::test_walk_keeps_to_the_sphere",
            ),
        ]
    ),
    # ---------------------------------------------------------------- lesson 3: checks
    Mutant(
        "lesson 3: the check of step 8 takes any number of weights",
        "course/checks.py",
        "assert count <= budget,",
        "assert count > 0,",
        f"{MARKS}[03-step-08-wrong-a-waist-of-100-units]",
    ),
    Mutant(
        "lesson 3: the check of step 9 takes layers without an activation",
        "course/checks.py",
        "return np.abs(apart).max() < 3e-5 *",
        "return np.abs(apart).max() < 0 *",
        f"{MARKS}[03-step-09-wrong-no-activation-between-the-layers]",
    ),
    Mutant(
        "lesson 3: the check of step 15 takes any numbers",
        "course/checks.py",
        "assert np.isclose(pays, right[name], rtol=1e-3), (",
        "assert np.isfinite(pays), (",
        f"{MARKS}[03-step-15-wrong-real-and-generated-exchanged]",
    ),
    Mutant(
        "lesson 3: the check of the broken steps takes any answer",
        "course/checks.py",
        "assert answer[step] == number, f",
        "assert answer[step] <= 6, f",
        f"{MARKS}[03-faults-wrong-a-and-b-exchanged]",
    ),
    Mutant(
        "lesson 3: the check of step 17 compares a step with itself",
        "course/checks.py",
        "*wanted, losses = moved_rightly()",
        "*wanted, losses = moved(step)",
        f"{MARKS}[03-step-17-wrong-the-generator-helps-the-discriminator]",
    ),
    Mutant(
        "lesson 3: the check of step 18 lets anybody paint the previews",
        "course/checks.py",
        "assert generator is gan.average,",
        "assert generator is not None,",
        f"{MARKS}[03-step-18-wrong-the-weights-of-the-last-step-paint]",
    ),
    Mutant(
        "lesson 3: the check of step 18 does not count the means",
        "course/checks.py",
        "assert int(gan.updates) == taken, (",
        "assert int(gan.updates) <= taken, (",
        f"{MARKS}[03-step-18-wrong-the-mean-of-the-weights-forgotten]",
    ),
    Mutant(
        "lesson 3: the check of step 20 takes a GAN that was not trained",
        "course/checks.py",
        "assert int(gan.gen_optimizer.iterations) >= epochs,",
        "assert int(gan.gen_optimizer.iterations) >= 0,",
        f"{MARKS}[03-step-20-wrong-no-training-a-history-made-up]",
    ),
    Mutant(
        "training: a training as long as a task says, whatever COURSE_EPOCHS",
        "course/training.py",
        "if cap and int(cap) < epochs:",
        "if cap and int(cap) < 0:",
        f"{TRAINING}::test_course_epochs_caps_a_training_whatever_epochs_are_asked_for",
    ),
    # ---------------------------------------------------------------- course/training.py
    Mutant(
        "training: the mean of the weights never moves",
        "course/training.py",
        "            mean.assign(memory * mean + (1 - memory) * weight)",
        "            mean.assign(mean)",
        f"{TRAINING}::test_the_mean_weights_follow_the_weights",
    ),
    Mutant(
        "training: a step without its average",
        "course/training.py",
        "            gan.update_average()\n",
        "",
        f"{TRAINING}::test_the_mean_weights_follow_the_weights",
    ),
    Mutant(
        "training: a checkpoint without the optimisers",
        "course/training.py",
        "owners = (*networks, self.gen_optimizer, self.disc_optimizer)",
        "owners = networks",
        f"{TRAINING}::test_a_training_killed_twice_ends_like_an_uncut_one",
    ),
    Mutant(
        "training: a checkpoint without the random numbers' count",
        "course/training.py",
        " + [self.random.state]",
        "",
        f"{TRAINING}::test_a_training_killed_twice_ends_like_an_uncut_one",
    ),
    Mutant(
        "training: a resume that begins with the first order of pictures again",
        "course/training.py",
        "dataset.repeat().skip(done * steps)",
        "dataset.repeat()",
        f"{TRAINING}::test_a_training_killed_twice_ends_like_an_uncut_one",
    ),
    Mutant(
        "training: a resume whatever the step",
        "course/training.py",
        '        "the training step": fingerprint.code_digest(step),\n',
        "",
        f"{TRAINING}::test_what_has_changed_is_said_and_begins_anew",
    ),
    Mutant(
        "training: a resume whatever the pictures",
        "course/training.py",
        '        "the pictures": pictures,\n',
        "",
        f"{TRAINING}::test_what_has_changed_is_said_and_begins_anew",
    ),
    Mutant(
        "training: no lock on a folder",
        "course/training.py",
        'FileLock(free / "lock").acquire(timeout=0)',
        'FileLock(free / f"lock-{os.getpid()}").acquire(timeout=0)',
        f"{TRAINING}::test_two_processes_in_one_folder_get_two_folders",
        True,
    ),
    Mutant(
        "training: a diverged state is kept",
        "course/training.py",
        "            if not finite:\n",
        "            if False:\n",
        f"{TRAINING}::test_a_diverged_training_stops_and_keeps_the_last_good_epoch",
        True,
    ),
    Mutant(
        "training: the same random numbers again and again",
        "course/training.py",
        "numbers = distribution((count * device.num_replicas_in_sync, size), seed=self.random)",
        "numbers = distribution((count * device.num_replicas_in_sync, size), seed=self.seed)",
        f"{TRAINING}::test_random_numbers_are_those_of_the_seed_and_never_the_same_twice",
    ),
    Mutant(
        "training: judged an epoch late",
        "course/training.py",
        "((epoch + 1) % every == 0 or epoch + 1 == epochs) and judge",
        "(epoch % every == 0) and judge",
        f"{TRAINING}::test_previews_and_judgements_come_at_the_right_epochs",
    ),
    # ---------------------------------------------------------------- course/fingerprint.py, layers.py, pretrained.py
    Mutant(
        "fingerprint: blind to what a step calls",
        "course/fingerprint.py",
        "            if _is_ours(plain.__code__.co_filename):\n",
        "            if False:\n",
        f"{FINGERPRINT}::test_what_matters_changes_a_steps_digest",
    ),
    Mutant(
        "fingerprint: blind to settings",
        "course/fingerprint.py",
        'return {key: settings(config[key]) for key in sorted(config, key=str) if key != "name"}',
        "return sorted(map(str, config))",
        f"{FINGERPRINT}::test_each_change_is_noticed_as_what_it_is",
    ),
    Mutant(
        "fingerprint: a sum of pixels that cannot tell pictures apart",
        "course/fingerprint.py",
        'total += int.from_bytes(hashlib.blake2b(picture.tobytes(), digest_size=12).digest(), "little")',
        "total += picture.size",
        f"{FINGERPRINT}::test_each_change_is_noticed_as_what_it_is",
    ),
    Mutant(
        "layers: the bias is lost",
        "course/layers.py",
        "return self.activation(tf.nn.bias_add(outputs, tf.cast(self.bias, inputs.dtype)))",
        "return self.activation(outputs)",
        f"{LAYERS}::test_outputs_gradients_and_moving_statistics_are_equal",
    ),
    Mutant(
        "layers: the filter is not turned round",
        "course/layers.py",
        "tf.transpose(summed[::-1, ::-1], (0, 1, 3, 2))",
        "tf.transpose(summed, (0, 1, 3, 2))",
        f"{LAYERS}::test_outputs_gradients_and_moving_statistics_are_equal",
    ),
    Mutant(
        "layers: the moving statistics forget too fast",
        "course/layers.py",
        "moving.assign(self.momentum * moving + (1 - self.momentum) * current)",
        "moving.assign(current)",
        f"{LAYERS}::test_outputs_gradients_and_moving_statistics_are_equal",
    ),
    Mutant(
        "layers: the fast network begins with other weights",
        "course/layers.py",
        "    fast.set_weights(model.get_weights())\n",
        "",
        f"{LAYERS}::test_outputs_gradients_and_moving_statistics_are_equal",
    ),
    Mutant(
        "pretrained: what a newer Keras writes down stops an older one",
        "course/pretrained.py",
        " if k not in default or v != default[k]}",
        "}",
        "tests/course/test_pretrained.py::test_what_nobody_set_is_not_written_down",
    ),
    # ---------------------------------------------------------------- course/judges.py, course/counterfeits.py
    Mutant(
        "judges: a picture beside itself counts in kid",
        "course/judges.py",
        "(kernel(pile).sum() - np.trace(kernel(pile)))",
        "kernel(pile).sum()",
        f"{JUDGES}::test_kid_is_the_double_sum_over_different_pictures",
    ),
    Mutant(
        "judges: recall in the neighbourhoods of real pictures",
        "course/judges.py",
        "(distances <= reach(one, 3)[:, None]).any(axis=0)",
        "(distances <= reach(real, 3)).any(axis=0)",
        f"{JUDGES}::test_shares_are_those_counted_one_by_one",
    ),
    Mutant(
        "judges: noise counts as shape",
        "course/judges.py",
        "strength = np.maximum(np.hypot(down, right) - DEAD_ZONE, 0)",
        "strength = np.hypot(down, right)",
        f"{JUDGES}::test_noise_that_no_eye_sees_changes_features_less_than_a_blur",
    ),
    Mutant(
        "judges: a spread of the same piles again",
        "course/judges.py",
        "    half = len(one) // 2\n",
        "    half = len(one)\n",
        f"{JUDGES}::test_the_spread_is_about_that_of_new_piles",
    ),
    Mutant(
        "judges: real piles share pictures",
        "course/judges.py",
        "numbers[order[size : 2 * size]]",
        "numbers[order[1 : size + 1]]",
        f"{JUDGES}::test_the_floor_compares_piles_without_a_shared_picture",
    ),
    Mutant(
        "judges: a mirrored copy passes",
        "course/judges.py",
        "in (small, small[..., ::-1]):",
        "in (small, small):",
        f"{JUDGES}::test_copies_are_named_and_held_out_pictures_pass",
    ),
    Mutant(
        "judges: copies pass, others are named",
        "course/judges.py",
        "np.sum(leads >= lead)",
        "np.sum(leads <= lead)",
        f"{JUDGES}::test_copies_are_named_and_held_out_pictures_pass",
    ),
    Mutant(
        "judges: no copies are named but all of them",
        "course/judges.py",
        ".clip(-3, 3).mean()",
        ".clip(0, 0).mean()",
        f"{JUDGES}::test_a_fifth_of_copies_is_named_though_the_share_hardly_moves",
    ),
    Mutant(
        "judges: the examiner asks about what was learnt by heart",
        "course/judges.py",
        "for pile in (real_test, fakes_test)",
        "for pile in (real_train, fakes_train)",
        f"{JUDGES}::test_the_examiner_asks_about_what_the_network_has_not_seen",
    ),
    Mutant(
        "counterfeits: repeats that repeat nothing",
        "course/counterfeits.py",
        "np.resize(pictures[:k], pictures.shape)",
        "np.resize(pictures, pictures.shape)",
        f"{JUDGES}::test_counterfeits_are_what_they_are_called",
    ),
    Mutant(
        "battery: strengths in any order",
        "benchmarks/judges.py",
        'not measured["away"].is_monotonic_increasing',
        "False",
        f"{BATTERY}::test_complaints_name_what_is_not_seen_what_is_out_of_order_and_what_is_nervous",
    ),
    # ---------------------------------------------------------------- lesson 2
    points(
        "the discriminator's half-step moves the generator",
        "gradients = tape.gradient(loss, d_model.trainable_variables)\n    d_model.optimizer.apply_gradients(zip(gradients, d_model.trainable_variables))",
        "gradients = tape.gradient(loss, d_model.trainable_variables)\n    d_model.optimizer.apply_gradients(zip([-g for g in gradients], d_model.trainable_variables))",
        "test_the_discriminator_learns_to_tell_real_from_fresh_fakes",
    ),
    points(
        "the generator's half-step moves the discriminator",
        "gradients = tape.gradient(loss, g_model.trainable_variables)\n    your_gan_model.optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))",
        "gradients = tape.gradient(loss, your_gan_model.trainable_variables)\n    your_gan_model.optimizer.apply_gradients(zip(gradients, your_gan_model.trainable_variables))",
        "test_the_generators_half_step_moves_the_generator_only",
        True,
    ),
    points(
        "the generator wants to be told fake",
        "loss = your_gan_model.loss(tf.ones_like(verdicts), verdicts)",
        "loss = your_gan_model.loss(tf.zeros_like(verdicts), verdicts)",
        "test_the_generator_learns_to_please_the_discriminator",
    ),
    points(
        "generated points are labelled 1",
        "return generator(gen_latent_points(latent_dim, n)), tf.zeros((n, 1))",
        "return generator(gen_latent_points(latent_dim, n)), tf.ones((n, 1))",
        "test_latent_and_fake_points",
    ),
    points(
        "latent points are always the same",
        "return tf.random.normal((n, latent_dim))",
        "return tf.random.stateless_normal((n, latent_dim), (1, 2))",
        "test_latent_points_are_new_each_time",
    ),
    points(
        "real points are always the same",
        "x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)\n    return tf.concat([x, x**2]",
        "x = tf.random.stateless_uniform((n, 1), (1, 2), minval=-0.5, maxval=0.5)\n    return tf.concat([x, x**2]",
        "test_latent_points_are_new_each_time",
    ),
    points(
        "the wave is not halved",
        "tf.sin(2 * np.pi * x) / 2], axis=1)",
        "tf.sin(2 * np.pi * x)], axis=1)",
        "test_the_wave_of_task_1",
    ),
    points(
        "the chapter's two updates learn real points twice",
        "discriminator_step(d_model, *real) + discriminator_step(d_model, *fake)",
        "discriminator_step(d_model, *real) + discriminator_step(d_model, *real)",
        "test_both_ways_of_training_give_each_kind_its_label",
    ),
    points(
        "the labels of one update are swapped",
        "tf.concat([real_labels, fake_labels], axis=0)",
        "tf.concat([fake_labels, real_labels], axis=0)",
        "test_both_ways_of_training_give_each_kind_its_label",
    ),
    points(
        "R1 looks at the slope, not at its square",
        "tf.reduce_sum(slope**2, axis=1)",
        "tf.reduce_sum(tf.abs(slope), axis=1)",
        "test_r1_is_the_squared_slope_at_real_points",
    ),
    points(
        "the arrows point away",
        "return -tape.gradient(loss, made)",
        "return tape.gradient(loss, made)",
        "test_the_force_is_minus_the_gradient_of_the_generators_loss",
    ),
    points(
        "the arrows are those of the formula's loss",
        "loss = -tf.math.log_sigmoid(discriminator(made))",
        "loss = tf.math.log_sigmoid(-discriminator(made))",
        "test_the_force_is_minus_the_gradient_of_the_generators_loss",
    ),
    played(
        "a sampler is not looked at before the training",
        "        check_sampler(sampler)\n        keras",
        "        keras",
        "test_a_wrong_sampler_is_not_played",
    ),
    points(
        "losses that are no numbers pass",
        "        games.finite(losses[-1], epoch)\n",
        "",
        "test_a_loss_that_is_no_number_stops_the_training",
    ),
    played(
        "all games share one loss",
        "tf.math.softplus(-logits if real else logits), axis=(1, 2))",
        "tf.math.softplus(-logits if real else logits), axis=(0, 1, 2))",
        "test_games_do_not_mix",
    ),
    played(
        "the generator's half moves the discriminators",
        "return self.update(self.gen_optimizer, self.generators, loss)",
        "self.discriminators.variables[0].assign_add(tf.ones_like(self.discriminators.variables[0]))\n        return self.update(self.gen_optimizer, self.generators, loss)",
        "test_each_half_moves_its_own_networks",
    ),
    played(
        "the saturating loss is not used",
        "return -cross_entropy(logits, real=False) if recipe.saturating else",
        "return cross_entropy(logits, real=True) if recipe.saturating else",
        "test_both_losses_of_the_generator",
    ),
    played(
        "R1 at generated points",
        "((recipe.r1, real), (recipe.r2, fake))",
        "((recipe.r1, fake), (recipe.r2, real))",
        "test_the_penalty_counts_at_real_points_for_r1_and_at_generated_ones_for_r2",
    ),
    played(
        "averages are never put in place",
        "game.gen_optimizer.finalize_variable_values(game.generators.variables)",
        "pass",
        "test_averaging_leaves_the_mean",
    ),
    played(
        "rates rise in place of decaying",
        "left = tf.minimum(1.0, 2 - 2 * tf",
        "left = tf.minimum(1.0, 2 * tf",
        "test_rates_decay_in_the_second_half",
    ),
    played(
        "the relativistic loss has the other sign",
        "loss = cross_entropy(of_real - of_fake, real=True)",
        "loss = cross_entropy(of_fake - of_real, real=True)",
        "test_the_relativistic_loss_wants_real_points_to_lead",
    ),
    played(
        "an examiner that does not learn",
        "optimizer.apply(tape.gradient(loss, examiners.variables), examiners.variables)",
        "tape.gradient(loss, examiners.variables)",
        "test_an_examiner_tells_a_bad_generator_and_not_real_points",
    ),
    played(
        "all units count as living",
        "np.sum(np.std(hidden, axis=0) > 0)",
        "np.sum(np.std(hidden, axis=0) >= 0)",
        "test_dead_units_are_counted",
    ),
    judged(
        "a biased energy distance",
        "- pdist(points).mean() -",
        "- cdist(points, points).mean() -",
        "test_real_points_have_0_in_the_mean",
    ),
    judged(
        "an energy distance that sees the spread alone",
        "2 * cdist(points, real).mean() - pdist(points).mean() - among_real",
        "abs(pdist(points).mean() - among_real)",
        "test_energy_distance_sees_every_fault",
    ),
    judged(
        "coverage far from the curve",
        "histogram(x[close], bins",
        "histogram(x, bins",
        "test_mean_error_and_coverage_on_known_points",
    ),
    judged(
        "one point covers a strip",
        "np.mean(counts >= len(points) / strips / 2)",
        "np.mean(counts >= 1)",
        "test_mean_error_and_coverage_on_known_points",
    ),
    judged(
        "a map upside down",
        "1 / (1 + np.exp(-logits.reshape(60, 80)))",
        "1 / (1 + np.exp(-logits.reshape(60, 80)[::-1]))",
        "test_a_moment_holds_verdicts_points_and_arrows",
    ),
    Mutant(
        "lesson 2: check 1 plays no cure",
        "course/checks.py",
        '    assert distance < bar, (\n        f"{name}, played again',
        '    assert True, (\n        f"{name}, played again',
        f"{MARKS}[02-task-1-wrong-the-other-player-s-rate]",
    ),
    Mutant(
        "lesson 2: check 1 does not look at the recording",
        "course/checks.py",
        "assert shows(signs), f",
        "assert True, f",
        f"{MARKS}[02-task-1-wrong-a-dead-generator-seen-in-C]",
    ),
    Mutant(
        "lesson 2: check 2 does not mind what else moves",
        "course/checks.py",
        "assert not np.any(other), (",
        "assert True, (",
        f"{MARKS}[02-task-2-wrong-the-generator-s-half-moves-both]",
    ),
    Mutant(
        "lesson 2: check 2 knows no other batch",
        L2,
        "checks.least_squares_half_steps(ls_discriminator_step, ls_generator_step, real=5, fake=9)\n",
        "",
        f"{MARKS}[02-task-2-fitted-means-over-the-visible-batch]",
    ),
    Mutant(
        "lesson 2: check 3 does not mind a frozen draw",
        "course/checks.py",
        "assert not frozen, (",
        "assert True, (",
        f"{MARKS}[02-task-3-wrong-drawn-by-NumPy-made-a-tensor]",
    ),
    Mutant(
        "lesson 2: check 4 does not mind the gradient",
        "course/checks.py",
        "assert np.allclose(slopes, right_slopes, rtol=0.02, atol=1e-6), (",
        "assert True, (",
        f"{MARKS}[02-task-4-wrong-the-gradient-is-stopped-in-part]",
    ),
    # ---------------------------------------------------------------- lesson 1
    headlines(
        "padding at the end",
        'maxlen=max_sequence_len, padding="pre")\n    return padded',
        'maxlen=max_sequence_len, padding="post")\n    return padded',
        "test_padding",
    ),
    headlines(
        "the label is among the predictors",
        "return padded[:, :-1], padded[:, -1], max_sequence_len",
        "return padded[:, 1:], padded[:, -1], max_sequence_len",
        "test_padding",
    ),
    headlines(
        "equal titles on both sides of the split",
        "titles = sorted(set(corpus))\n",
        "titles = list(corpus)\n",
        "test_split_is_by_title",
    ),
    headlines(
        "the vocabulary is that of all headlines",
        "\nto_ids = index_text(training)",
        "\nto_ids = index_text(corpus)",
        "test_the_split_of_the_lesson_shares_nothing",
    ),
    headlines(
        "the prefixes are those of all headlines",
        "train_seq, train_all_words = get_seq_of_tokens(training)",
        "train_seq, train_all_words = get_seq_of_tokens(corpus)",
        "test_the_split_of_the_lesson_shares_nothing",
    ),
    headlines(
        "validation and held out are swapped",
        "parts = training, validation, held_out",
        "parts = training, held_out, validation",
        "test_the_split_of_the_lesson_shares_nothing",
    ),
    headlines(
        "validation is drawn from what is held out",
        "training, validation = split_headlines(rest, seed=SEED)\nprint",
        "training, validation = split_headlines(corpus, seed=SEED)\nprint",
        "test_the_split_of_the_lesson_shares_nothing",
    ),
    headlines(
        "always word number 1",
        "tokens.append(1 + int(np.argmax(predicted[1:])))",
        "tokens.append(1)",
        "test_generation_takes_the_most_likely_word",
    ),
    headlines(
        "the pad may be generated",
        "tokens.append(1 + int(np.argmax(predicted[1:])))",
        "tokens.append(int(np.argmax(predicted)))",
        "test_generation_takes_the_most_likely_word",
        True,
    ),
    headlines(
        "the end of a headline does not count",
        "return np.where(ids[:, 1:] == text.PAD, 1, found)",
        "return np.where((ids[:, 1:] == text.PAD) | (ids[:, 1:] == text.END), 1, found)",
        "test_every_word_and_the_end_count_and_nothing_behind_it",
    ),
    headlines(
        "unknown words do not count",
        "return np.where(ids[:, 1:] == text.PAD, 1, found)",
        "return np.where(ids[:, 1:] <= text.UNKNOWN, 1, found)",
        "test_every_word_and_the_end_count_and_nothing_behind_it",
    ),
    headlines(
        "pads count as words",
        "return bits, np.count_nonzero(ids[:, 1:], axis=1)",
        "return bits, np.count_nonzero(ids[:, 1:] + 1, axis=1)",
        "test_every_word_and_the_end_count_and_nothing_behind_it",
    ),
    headlines(
        "the state is lost from word to word",
        "rows, state = step(ids[:, place], state)",
        "rows, state = step(ids[:, place], None)",
        "test_the_state_is_handed_on",
    ),
    headlines(
        "the chapter's network forgets the order of the words",
        "    model.add(layers.LSTM(100))\n",
        "    model.add(layers.GlobalAveragePooling1D())\n",
        "test_an_lstm_learns_a_language_that_needs_memory",
    ),
    headlines(
        "the reader has no memory, whatever it is given",
        "x = layers.Dropout(dropout[1])(memory(x))",
        'x = layers.Dropout(dropout[1])(layers.Dense(UNITS, activation="tanh")(x))',
        "test_an_lstm_learns_a_language_that_needs_memory",
    ),
    headlines(
        "the output has a table of its own",
        "output = TiedOutput(embedding) if tied else layers.Dense(all_words)",
        "output = layers.Dense(all_words)",
        "test_reading_and_writing_share_one_table",
    ),
    headlines(
        "the whisper ends with its last name",
        "return sentences, sentences[:, 0]",
        "return sentences, sentences[:, -1]",
        "test_a_whisper_ends_as_it_began",
    ),
    headlines(
        "by hand: forget and input gate are swapped",
        "cell = sigmoid(forget) * cell + sigmoid(store) * np.tanh(candidate)",
        "cell = sigmoid(store) * cell + sigmoid(forget) * np.tanh(candidate)",
        "test_the_lstm_by_hand_is_kerass",
    ),
    headlines(
        "other headlines take the place of the lesson's words",
        '    """The token id of each word: a dictionary, the most frequent word first."""\n',
        "    global word_index\n    word_index = {}\n",
        "test_other_headlines_leave_the_words_of_the_lesson_alone",
    ),
    *(
        Mutant(f"readers: {name}", "course/readers.py", old, new, f"{T1}::{test}")
        for name, old, new, test in [
            (
                "the next word is the word itself",
                "return rows[:, :-1], rows[:, 1:]",
                "return rows[:, :-1], rows[:, :-1]",
                "test_batches_pair_each_word_with_the_next_and_hide_rare_words",
            ),
            (
                "the same words are hidden in each epoch",
                "tf.random.uniform(tf.shape(rows)) < share",
                "tf.cast(rows % 8, tf.float32) / 8 < share",
                "test_hidden_words_differ_from_epoch_to_epoch",
            ),
            (
                "the last weights instead of the best",
                "EarlyStopping(patience=4, restore_best_weights=True)",
                "EarlyStopping(patience=4)",
                "test_training_keeps_the_best_weights_where_the_last_are_worse",
            ),
        ]
    ),
    *(
        Mutant(f"check of lesson 1: {name}", "course/text_checks.py", old, new, f"{MARKS}[01-{answer}]")
        for name, old, new, answer in [
            (
                "a sequence may begin anywhere",
                '        "the end of a training sequence, not its beginning": ([[1, 2, 3]], [[2, 3]], 0),\n',
                "",
                "task-1-wrong-anywhere-in-a-training-sequence",
            ),
            (
                "whatever is called clean",
                'assert clean != "headlines", "headlines: a title',
                'assert True, "headlines: a title',
                "task-1-wrong-takes-headlines-for-clean",
            ),
            (
                "what is lost is not asked for",
                "assert said == right[gate], (",
                "assert True, (",
                "task-2-wrong-takes-the-shut-forget-gate-for-a-shut-door",
            ),
            (
                "the level curve is missing",
                '        ([3, 3, 3, 3], 2, "which is level: an equal loss is no improvement"),\n        ([1, 2, 3], 1,',
                "        ([1, 2, 3], 1,",
                "task-3-wrong-an-equal-loss-counts-as-a-gain",
            ),
            (
                "rows may be changed",
                'assert np.array_equal(given, sixteenths), "it should leave',
                'assert True, "it should leave',
                "task-4-wrong-changes-the-rows-that-it-is-given",
            ),
        ]
    ),
    Mutant(
        "text: no discount",
        "course/text.py",
        "row[list(followers)] += (seen - discount) / followers.total()",
        "row[list(followers)] += seen / followers.total()",
        f"{TEXT}::test_kneser_ney_by_hand",
    ),
    Mutant(
        "text: how often, not after how many words",
        "course/text.py",
        "tables[shorter][before[1:]].update(followers.keys())",
        "tables[shorter][before[1:]].update(followers)",
        f"{TEXT}::test_kneser_ney_by_hand",
    ),
    *(
        Mutant(f"text: {name}", "course/text.py", old, new, f"{TEXT}::{test}")
        for name, old, new, test in [
            (
                "what follows an unknown word is not counted",
                "{tuple(tokens[end - order + 1 : end + 1]) for tokens in (row, hidden)}",
                "{tuple(tokens[end - order + 1 : end + 1]) for tokens in (row, row)}",
                "test_what_follows_an_unknown_word_is_learnt_from_rare_ones",
            ),
            (
                "the mixture's weights are swapped",
                "return weight * rows[0] + (1 - weight) * rows[1], states",
                "return (1 - weight) * rows[0] + weight * rows[1], states",
                "test_a_mixture_weighs_both_and_keeps_both_states",
            ),
            (
                "the interval is half as wide",
                "np.percentile(differences, [2.5, 97.5])",
                "np.percentile(differences, [16, 84])",
                "test_an_interval_holds_the_truth_nineteen_times_of_twenty",
            ),
            (
                "bits per headline, not per word",
                "difference[drawn].sum(axis=1) / np.asarray(words)[drawn].sum(axis=1)",
                "difference[drawn].mean(axis=1)",
                "test_an_interval_holds_the_truth_nineteen_times_of_twenty",
            ),
            (
                "unknown words are written",
                "        rows[:, UNKNOWN] = 0\n",
                "",
                "test_writing_ends_headlines_and_leaves_out_unknown_words",
            ),
            (
                "every draw is the same",
                "rng.random(len(texts))[:, None]",
                "np.full((len(texts), 1), 0.3)",
                "test_words_are_drawn_by_their_probability",
            ),
            (
                "temperature the wrong way round",
                "np.log(np.maximum(probabilities, 1e-30)) / temperature",
                "np.log(np.maximum(probabilities, 1e-30)) * temperature",
                "test_low_temperature_is_greedy_and_high_levels",
            ),
            (
                "top-k keeps the least probable",
                'order = np.argsort(-adjusted, axis=1, kind="stable")',
                'order = np.argsort(adjusted, axis=1, kind="stable")',
                "test_top_k_never_leaves_the_k_words",
            ),
            (
                "copies are counted in the text itself",
                "known = {run for headline in corpus for run in runs(headline)}",
                "known = {run for headline in texts for run in runs(headline)}",
                "test_copied_share",
            ),
            (
                "a blind round calls the written ones real",
                "if place < len(real)}",
                "if place >= len(written)}",
                "test_a_blind_round_shows_all_and_knows_the_real_ones",
            ),
            (
                "the examiner is tried on what it was trained on",
                "cross_val_predict(judge, texts, answers, cv=parts) == answers",
                "judge.fit(texts, answers).predict(texts) == answers",
                "test_the_examiner_ranks_piles_of_known_quality",
            ),
        ]
    ),
    # ---------------------------------------------------------------- data
    Mutant(
        "data: Unknown counts as a headline", "course/data.py", '{"", "Unknown"}', '{""}', "tests/utils/test_utils.py"
    ),
    Mutant(
        "data: pixels in [0, 1]",
        "course/data.py",
        "    scaled -= 1\n",
        "    scaled /= 2\n",
        "tests/utils/test_utils.py",
    ),
    Mutant(
        "data: a cache that is never stale",
        "course/data.py",
        'if str(stored["key"]) == key:',
        "if True:",
        DATA,
    ),
    Mutant(
        "data: the held-out pictures are trained on, too",
        "course/data.py",
        "images, held_out = images[~chosen], np.concatenate([held_out, images[chosen]])",
        "held_out = np.concatenate([held_out, images[chosen]])",
        f"{DATA}::test_twelve_pictures_at_least_are_held_out_and_none_is_lost",
    ),
    Mutant(
        "data: a row with a field too many is read as it comes",
        "course/data.py",
        "if len(row) < width or any(field.strip() for field in row[width:]):",
        "if len(row) < width:",
        f"{DATA}::test_what_cannot_be_read_safely_stops_with_file_line_and_mend",
    ),
    Mutant(
        "data: bytes of any encoding pass for Windows-1252",
        "course/data.py",
        'if encoding != "utf-8-sig" or not _looks_western(text):',
        'if encoding != "utf-8-sig":',
        f"{DATA}::test_what_cannot_be_read_safely_stops_with_file_line_and_mend",
    ),
    Mutant(
        "data: a quotation mark that never closes swallows headlines",
        "course/data.py",
        "        if breaks > 2:\n",
        "        if False:\n",
        f"{DATA}::test_what_cannot_be_read_safely_stops_with_file_line_and_mend",
    ),
    Mutant(
        "data: pictures of 16 bits are cut off at 8",
        "course/data.py",
        "np.asarray(values * np.float32(255 / top), np.uint8)",
        "np.asarray(np.clip(values, 0, 255), np.uint8)",
        f"{DATA}::test_other_ranges_are_neither_black_nor_white",
    ),
    Mutant(
        "data: a damaged tag costs the picture",
        "course/data.py",
        "for plain in _without_metadata(content):",
        "for plain in []:",
        f"{DATA}::test_damaged_metadata_costs_no_pixels",
    ),
    Mutant(
        "data: pictures lie as the camera was held",
        "course/data.py",
        "turn = TURNS.get(picture.getexif().get(0x0112))",
        "turn = None",
        f"{DATA}::test_cameras_turns_are_undone",
    ),
    Mutant(
        "data: what is left out is not counted",
        "course/data.py",
        "    if problems:\n        warnings.warn(_summary(folder, len(pixels), problems), stacklevel=stacklevel)\n",
        "",
        "tests/utils/test_fuzz.py::test_pictures_read_and_left_out_are_all_there_are",
    ),
    Mutant(
        "words: letters beyond ASCII fall out",
        "course/words.py",
        'if unicodedata.category(character)[0] in "LMN":',
        "if character.isascii() and character.isalnum():",
        "tests/course/test_words.py::test_no_letter_of_a_newspaper_is_lost",
    ),
    Mutant(
        "words: a corpus of one headline passes",
        "course/words.py",
        "if len(several) < LEAST_HEADLINES or len(words) < LEAST_WORDS:",
        "if not corpus:",
        "tests/course/test_words.py::test_too_few_headlines_are_refused_at_once",
    ),
    playground(
        "the discriminator learns the wrong way",
        "(sigmoid(logits[i]) - labels[i]) / n",
        "(labels[i] - sigmoid(logits[i])) / n",
        "test_the_discriminators_half_step_is_the_lessons",
    ),
    playground(
        "the generator helps the discriminator",
        "-sigmoid(logit) : sigmoid(logit) - 1)",
        "-sigmoid(logit) : 1 - sigmoid(logit))",
        "test_the_generators_half_step_is_the_lessons",
    ),
    playground(
        "an optimiser that is not Keras's",
        "adam.power2 *= BETA_2;",
        "adam.power2 = 0;",
        "test_the_generators_half_step_is_the_lessons",
    ),
    playground(
        "half of R1's second derivatives are lost",
        "gradient[w2 + k] += twice * s * (gx * w[k] + gy * w[nHidden + k]);",
        "",
        "test_the_penalty_agrees_with_differences",
    ),
    playground(
        "arrows point against the force",
        "logits[i] = -generatorSlope(",
        "logits[i] = generatorSlope(",
        "test_arrows_are_minus_the_gradient_of_the_generators_loss[False]",
    ),
    playground(
        "fakes are labelled real, one update after the other",
        "LABELS.subarray(half), half",
        "LABELS, half",
        "test_a_game_gives_each_kind_of_point_its_label[False]",
    ),
    playground(
        "a mean of weights that begins before the first update",
        "game.gCount === 0 ? 0 : averaging",
        "averaging",
        "test_leaky_units_averaging_and_both_losses[False]",
    ),
    playground(
        "the energy distance is biased",
        "meanGap(points, points, true)",
        "meanGap(points, points)",
        "test_judges_know_good_from_bad",
    ),
    playground(
        "points far from the curve cover it", "const NEAR = 0.05", "const NEAR = 0.5", "test_judges_know_good_from_bad"
    ),
    playground(
        "a cure that does not cure",
        "cure: { gRate: 0.001, leaky: true }",
        "cure: { leaky: true }",
        "test_each_failure_is_shown_and_its_cure_cures[dead-42]",
    ),
    Mutant(
        "sample: the test pictures show the training fruit",
        "data/render_fruit.py",
        "list(SPLITS).index(split), index])",
        "0, index])",
        "tests/tools/test_sample.py::test_every_picture_shows_a_fruit_of_its_own",
    ),
    Mutant(
        "sample: twenty fruits take turns",
        "data/render_fruit.py",
        "list(SPLITS).index(split), index])",
        "list(SPLITS).index(split), index % 20])",
        "tests/tools/test_sample.py::test_every_picture_shows_a_fruit_of_its_own",
    ),
    # ---------------------------------------------------------------- a classroom
    *(
        Mutant(f"classroom: {name}", f"tools/{file}.py", old, new, f"tests/tools/test_{test}")
        for name, file, old, new, test in [
            (
                "a check runs before the last copy of its task",
                "grade",
                "if utils.is_grade(original) and here < last:",
                "if False:",
                "grading.py::test_of_copied_cells_the_later_counts_and_its_check_comes_after_it",
            ),
            (
                "a learner's own marks hold",
                "grade",
                'cell.metadata.pop("nbgrader", None)',
                "pass",
                "grading.py::test_a_learners_marks_do_not_count",
            ),
            (
                "a check that never ran has passed",
                "grade",
                'notebook.cells[place].outputs = [error("NotRun", stopped)]',
                "notebook.cells[place].outputs = []",
                "grading.py::test_a_check_that_did_not_run_has_failed",
            ),
            (
                "what changes a needed object is not run",
                "grade",
                "changed = set(changes(parsed)) - packages",
                "changed = set()",
                "grading.py::test_what_a_learner_changed_runs_and_what_changes_a_needed_object_and_what_sets_an_option",
            ),
            (
                "guided cells that learners changed are left out",
                "grade",
                "own = cell.source not in guided or",
                "own =",
                "grading.py::test_whatever_a_learners_cell_reads_is_made",
            ),
            (
                "the oldest try counts",
                "collect",
                "hand_in.notebooks[name] = found[-1].content",
                "hand_in.notebooks[name] = found[0].content",
                "collect.py::test_the_newest_of_several_counts_with_a_remark",
            ),
            (
                "links are followed",
                "collect",
                "if path.is_symlink() or not path.is_file():",
                "if not path.is_file():",
                "collect.py::test_links_are_refused",
            ),
            (
                "marks are by today's checks",
                "grade",
                "if not hand_out.released_on(output):",
                "if True:",
                "grading.py::test_changes_of_the_course_after_the_hand_out_change_no_mark",
            ),
            (
                "everything is run again",
                "grade",
                'return before is not None and before.metadata.marking["of"] == digest(content)',
                "return False",
                "grading.py::test_what_is_marked_and_unchanged_is_not_run_again",
            ),
            (
                "points by hand of an earlier try count as read",
                "give_back",
                'found[name] = None if value.endswith("?") else float(value)',
                'found[name] = float(value.rstrip("?"))',
                "give_back.py::test_a_new_try_keeps_points_by_hand_but_has_to_be_read",
            ),
            (
                "a page runs a learner's scripts",
                "give_back",
                "<td><pre>{html.escape(text)}</pre></td>",
                "<td><pre>{text}</pre></td>",
                "give_back.py::test_a_page_says_points_and_what_checks_said_and_runs_no_script",
            ),
            (
                "two of one name get points by guessing",
                "give_back",
                "elif len(found) == 1 and meant.count(found) == 1 and",
                "elif len(found) == 1 and",
                "give_back.py::test_two_of_one_name_get_no_points_by_guessing",
            ),
            (
                "the hand-out's badges lead to the answers",
                "hand_out",
                "stamp_notebook(notebook, path.stem, repo, branch)",
                "None",
                "hand_out.py::test_badges_lead_to_the_hand_outs_own_repository_and_never_to_the_answers",
            ),
        ]
    ),
    # ---------------------------------------------------------------- open to the public
    *(
        Mutant(f"open: {name}", file, old, new, test)
        for name, file, old, new, test in [
            (
                "Colab asks at each start",
                "course/setup.py",
                "if not answered.is_file():",
                "if True:",
                f"{COLAB}::test_trainings_are_kept_on_drive_after_one_question",
            ),
            (
                "quotation marks of %env stay",
                "course/setup.py",
                """re.sub(r\"\"\"^(["'])(.*)\\1$\"\"\", r"\\2", os.environ[name].strip())""",
                "os.environ[name].strip()",
                f"{COLAB}::test_settings_can_be_given_in_a_cell",
            ),
            (
                "all packages are installed where one is missing",
                "course/setup.py",
                "            metadata.version(name)\n",
                "            raise metadata.PackageNotFoundError\n",
                f"{COLAB}::test_only_a_package_that_is_missing_is_installed",
            ),
            (
                "trainings stay where they were",
                "utils.py",
                'folder = COURSE / Path(chosen).expanduser() if chosen else Path("output")',
                'folder = Path("output")',
                "tests/utils/test_utils.py::test_output_goes_where_the_setting_says",
            ),
            (
                "a chapter's heading is a page of its own",
                "tools/make_site.py",
                'any(earlier.cell_type == "code" for earlier in cells)',
                "cells",
                "tests/site/test_site.py::test_a_notebook_is_cut_at_headings_and_each_part_has_code",
            ),
            (
                "a workflow runs what is no command of the course",
                ".github/workflows/site.yml",
                "run: make site",
                "run: make website",
                "tests/tools/test_public.py::test_workflows_call_the_courses_commands_and_no_others",
            ),
            (
                "a cited work has no link",
                "docs/references.md",
                "*The Curious Case of Neural Text Degeneration*",
                "*Neural Text Degeneration*",
                "tests/site/test_references.py::test_every_work_that_is_cited_has_a_link",
            ),
        ]
    ),
]
FIXED = (
    "lesson 3: the generator helps the discriminator",
    "lesson 2: the chapter's two updates learn real points twice",
    "lesson 1: the vocabulary is that of all headlines",
)
