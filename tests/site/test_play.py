"""The playground of lesson 2: the lesson's own arithmetic, the failures that it promises, a page that all can use."""

from __future__ import annotations

import json
import re
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.spatial.distance import cdist

from tests.common import COURSE
from tools.lessons import library
from tools.make_site import add_game

pytestmark = pytest.mark.slow  # a browser for each of them
PAGE = COURSE / "docs" / "play" / "index.html"
LEAK = 0.2

# Players and optimisers from Keras's weights, for scripts that run in the page.
PLAYERS = """
const flat = (arrays) => arrays.flat(3);
const gen = GAN.network(5, 15, 2, given.leaky ? GAN.LEAK : 0), disc = GAN.network(2, 25, 1, 0);
gen.w.set(flat(given.generator));
disc.w.set(flat(given.discriminator));
const genAdam = GAN.newAdam(gen), discAdam = GAN.newAdam(disc);
"""


@pytest.fixture(scope="module")
def opened(browser):
    """The page as it opens, and what its console said and it asked for."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.heard = listen(page)
    page.goto(PAGE.as_uri())
    yield page
    assert page.heard == []
    page.close()


def listen(page):
    """Errors, warnings and requests to anything but the page's own files."""
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else heard.append(request.url)
    )
    return heard


def at_step(browser, address, **options):
    """A page that has played as far as its address says."""
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
    page.heard = listen(page)
    page.goto(f"{PAGE.as_uri()}{address}")
    page.wait_for_function("document.getElementById('run').textContent === 'Run'", timeout=120_000)
    page.wait_for_function("document.getElementById('nFloor').textContent !== '–'", timeout=60_000)
    return page


def numbers(page):
    return page.locator("#numbers").inner_text()


def run(page, script, given=None):
    """Run a script in the page; what it is given is called `given`, numbers come back as nested lists."""
    given = json.loads(json.dumps(given, default=lambda array: np.asarray(array, "float64").tolist()))
    return page.evaluate(f"(given) => {{ {script} }}", given)


@pytest.fixture(scope="module")
def lesson():
    return library("02_quadratic_gan")


@pytest.fixture
def players(lesson):
    """The lesson's own networks, with biases that are not 0, as after some training."""
    keras.utils.set_random_seed(5)
    return make_players(lesson)


def make_players(lesson, generator=None):
    generator, discriminator = generator or lesson.define_gen(5), lesson.define_disc()
    rng = np.random.default_rng(3)
    for model in (generator, discriminator):
        model.set_weights([weight + rng.normal(0, 0.2, weight.shape) for weight in model.get_weights()])
    return generator, discriminator, lesson.define_your_gan(generator, discriminator)


def flat(model):
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def as_given(generator, discriminator, **more):
    kept = {"generator": generator.get_weights(), "discriminator": discriminator.get_weights()}
    return {name: [weight.tolist() for weight in weights] for name, weights in kept.items()} | more


# ---------------------------------------------------------------- the same arithmetic


def test_the_discriminators_half_step_is_the_lessons(lesson, players, opened):
    """Notices: another loss, label, gradient or Adam; three updates, so that Adam's memory counts."""
    generator, discriminator, _ = players
    points = tf.concat([lesson.generate_real(64)[0], lesson.gen_fake(generator, 5, 64)[0]], axis=0)
    labels = tf.concat([tf.ones((64, 1)), tf.zeros((64, 1))], axis=0)
    given = as_given(generator, discriminator, points=points, labels=labels)
    losses = [float(lesson.discriminator_step(discriminator, points, labels)) for _ in range(3)]
    before = np.concatenate([np.ravel(weight) for weight in given["generator"]])
    script = (
        PLAYERS
        + """
    const step = () => GAN.discriminatorStep(disc, discAdam, flat(given.points), flat(given.labels), 128);
    const losses = [step(), step(), step()];
    return [losses, [...disc.w], [...gen.w]];"""
    )
    found, weights, generators = run(opened, script, given)
    assert np.allclose(found, losses, atol=1e-5)
    assert np.abs(flat(discriminator) - np.array(weights)).max() < 1e-5
    assert np.abs(before - np.array(generators)).max() < 1e-6, "only the discriminator moves"


def test_the_generators_half_step_is_the_lessons(lesson, players, opened):
    generator, discriminator, gan = players
    latent = lesson.gen_latent_points(5, 128)
    given = as_given(generator, discriminator, latent=latent)
    losses = [float(lesson.generator_step(generator, gan, latent)) for _ in range(3)]
    script = (
        PLAYERS
        + """
    const losses = [1, 2, 3].map(() => GAN.generatorStep(gen, disc, genAdam, flat(given.latent), 128));
    return [losses, [...gen.w], [...disc.w]];"""
    )
    found, weights, discriminators = run(opened, script, given)
    assert np.allclose(found, losses, atol=1e-5)
    assert np.abs(flat(generator) - np.array(weights)).max() < 1e-5
    assert np.abs(flat(discriminator) - np.array(discriminators)).max() < 1e-6, "only the generator moves"


def leaky_generator():
    """The lesson's generator with LeakyReLU."""
    hidden = [keras.layers.Dense(15, kernel_initializer="he_uniform"), keras.layers.LeakyReLU(negative_slope=LEAK)]
    return keras.Sequential([keras.Input((5,)), *hidden, keras.layers.Dense(2)])


@pytest.mark.parametrize("saturating", [False, True])
def test_leaky_units_averaging_and_both_losses(lesson, opened, saturating):
    """The generator's half-step with LeakyReLU, beta_1 0.5, and the mean of the weights as Keras keeps it."""
    keras.utils.set_random_seed(6)
    generator, discriminator, _ = make_players(lesson, leaky_generator())
    optimizer = keras.optimizers.Adam(0.003, 0.5, use_ema=True, ema_momentum=0.9)
    batches = [lesson.gen_latent_points(5, 128) for _ in range(4)]
    given = as_given(generator, discriminator, leaky=True, batches=batches, saturating=saturating)
    for latent in batches:
        with tf.GradientTape() as tape:
            logits = discriminator(generator(latent))
            loss = tf.reduce_mean(-tf.math.softplus(logits) if saturating else tf.math.softplus(-logits))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables, strict=True)
        )
    script = (
        PLAYERS
        + """
    const game = GAN.newGame({ leaky: true, saturating: given.saturating, gRate: 0.003, beta1: 0.5, averaging: 0.9 });
    game.generator.w.set(gen.w);
    game.discriminator.w.set(disc.w);
    for (const batch of given.batches) { // the game draws its own noise: here it draws the lesson's
      const noise = flat(batch);
      game.gRandom = { normal: () => noise.shift() };
      GAN.generatorHalf(game);
    }
    return [[...game.generator.w], [...game.averaged.w]];"""
    )
    moved, averaged = run(opened, script, given)
    assert np.abs(flat(generator) - np.array(moved)).max() < 1e-5
    optimizer.finalize_variable_values(generator.trainable_variables)
    assert np.abs(flat(generator) - np.array(averaged)).max() < 1e-5
    assert np.abs(np.array(moved) - np.array(averaged)).max() > 1e-3


@pytest.mark.parametrize("slope", [0.0, LEAK])
def test_the_penalty_is_that_of_a_nested_tape(lesson, opened, slope):
    """The discriminator's half-step with R1 at the real points, with ReLU and with LeakyReLU in the discriminator."""
    keras.utils.set_random_seed(7)
    hidden = [keras.layers.Dense(25, kernel_initializer="he_uniform"), keras.layers.LeakyReLU(negative_slope=slope)]
    discriminator = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])
    discriminator.set_weights(make_players(lesson)[1].get_weights())
    optimizer, loss_of = keras.optimizers.Adam(0.002, 0.5), keras.losses.BinaryCrossentropy(from_logits=True)
    real, fake = lesson.generate_real(64)[0], tf.random.normal((64, 2))
    points, labels = tf.concat([real, fake], 0), tf.concat([tf.ones((64, 1)), tf.zeros((64, 1))], 0)
    before = [weight.tolist() for weight in discriminator.get_weights()]
    for _ in range(3):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(real)
                logits = discriminator(real)
            slopes = inner.gradient(logits, real)
            penalty = tf.reduce_mean(tf.reduce_sum(slopes**2, axis=1))
            loss = loss_of(labels, discriminator(points)) + 0.3 * penalty
        variables = discriminator.trainable_variables
        gradients = outer.gradient(loss, variables, unconnected_gradients="zero")
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
    script = """
    const disc = GAN.network(2, 25, 1, given.slope), adam = GAN.newAdam(disc), flat = (arrays) => arrays.flat(3);
    disc.w.set(flat(given.before));
    for (let i = 0; i < 3; i++) GAN.discriminatorStep(disc, adam, flat(given.points), flat(given.labels), 128,
      { rate: 0.002, beta1: 0.5, r1: 0.3, nReal: 64 });
    return [...disc.w];"""
    weights = run(opened, script, {"before": before, "points": points, "labels": labels, "slope": slope})
    assert np.abs(flat(discriminator) - np.array(weights)).max() < 1e-5


def test_the_penalty_agrees_with_differences(opened):
    """Each of the 101 derivatives against a difference quotient, in double precision."""
    script = """
    const random = GAN.randomStream(1, "test"), disc = GAN.defineDisc(random), n = 20;
    const points = Float64Array.from({ length: 2 * n }, random.normal), hidden = new Float64Array(n * 25);
    const value = (gradient) => {
      GAN.forward(disc, points, n, hidden, new Float64Array(n));
      return GAN.gradientPenalty(disc, n, hidden, 0.7, gradient);
    };
    const gradient = new Float64Array(disc.w.length), around = 1e-6;
    value(gradient);
    return [...disc.w.keys()].map((i) => {
      const old = disc.w[i], ends = [around, -around].map((by) => {
        disc.w[i] = old + by;
        return value(new Float64Array(disc.w.length));
      });
      disc.w[i] = old;
      return [gradient[i], (ends[0] - ends[1]) / (2 * around)];
    });"""
    by_hand, by_difference = np.transpose(run(opened, script))
    assert np.abs(by_hand).max() > 0.1
    assert np.allclose(by_hand, by_difference, atol=1e-6)


@pytest.mark.parametrize("saturating", [False, True])
def test_arrows_are_minus_the_gradient_of_the_generators_loss(lesson, players, opened, saturating):
    """At each point, for its own loss, as TensorFlow has it. Notices a wrong sign, loss or scale."""
    generator, discriminator, _ = players
    points = tf.Variable(lesson.gen_fake(generator, 5, 50)[0])
    with tf.GradientTape() as tape:
        logits = discriminator(points)
        loss = tf.reduce_sum(-tf.math.softplus(logits) if saturating else tf.math.softplus(-logits))
    wanted = -tape.gradient(loss, points).numpy()
    script = PLAYERS + "return [...GAN.force(disc, flat(given.points), 50, given.saturating)];"
    given = as_given(generator, discriminator, points=points, saturating=saturating)
    assert np.abs(np.reshape(run(opened, script, given), (50, 2)) - wanted).max() < 1e-5


@pytest.mark.parametrize("joint", [True, False])
def test_a_game_gives_each_kind_of_point_its_label(opened, joint):
    """Labels exchanged, or fakes without theirs, would let the frozen generator's points rise. Fresh points judge."""
    script = """
    const game = GAN.newGame({ joint: given.joint, r1: 0 }), random = GAN.randomStream(9, "fresh");
    const real = GAN.generateReal(game.target, random, 2000), fake = GAN.genFake(game.generator, random, 2000);
    for (let i = 0; i < 300; i++) GAN.discriminatorHalf(game);
    return GAN.accuracy(game.discriminator, real, fake);"""
    assert run(opened, script, {"joint": joint}) > 0.7


# ---------------------------------------------------------------- judges


def test_the_energy_distance_is_numpys(opened):
    """Unbiased: a generated point's distance to itself does not count, and the curve is the 400 points themselves."""
    points = np.random.default_rng(0).normal(0, 0.3, (60, 2))
    script = """const target = GAN.makeTarget("parabola");
    return [GAN.energyDistance(Float64Array.from(given.points.flat()), target), [...target.curve]];"""
    found, curve = run(opened, script, {"points": points})
    curve = np.reshape(curve, (400, 2))
    x = (np.arange(400) + 0.5) / 400 - 0.5
    assert np.allclose(curve, np.stack([x, x**2], axis=1))
    within = cdist(points, points).sum() / (60 * 59)
    assert np.isclose(found, 2 * cdist(points, curve).mean() - within - cdist(curve, curve).mean(), atol=1e-9)


def test_judges_know_good_from_bad(opened):
    """Counterfeits of known rank: real points, one half of the curve, one spot of it, the curve lifted."""
    script = """
    const target = GAN.makeTarget("parabola"), random = GAN.randomStream(1, "test");
    const pile = (uniform) => GAN.generateReal(target, { uniform }, 1000), real = () => pile(random.uniform);
    const lifted = real().map((value, i) => value + (i % 2) * 0.1);
    const piles = [real(), pile(() => random.uniform() / 2), pile(() => 0.72), lifted];
    let mean = 0;
    for (let i = 0; i < 60; i++) mean += GAN.energyDistance(real(), target) / 60;
    const judged = (judge) => piles.map((one) => judge(one, target));
    return [judged(GAN.energyDistance), judged(GAN.coverage), mean];"""
    energies, covered, mean = run(opened, script)
    assert abs(mean) < 0.00015, "unbiased: 0 on average for real points"
    assert energies[0] < 0.0015 and all(energy > 0.01 for energy in energies[1:])
    assert covered == [1, 0.5, 0.1, 0], "points on the curve count, in tenths; points beside it do not"


@pytest.mark.slow
def test_the_fresh_examiner_knows_good_from_bad(opened):
    """Real against real is a guess; a collapsed generator, which draws in its own game, is found out."""
    script = """
    const healthy = GAN.play(GAN.newGame({ seed: 1, averaging: 0 }), 5000);
    const exam = (generator) => {
      const examiner = GAN.newExaminer(generator, healthy.target, 4);
      examiner.work(1e6);
      return examiner.accuracy;
    };
    const collapsed = GAN.play(GAN.newGame({ seed: 1, ...GAN.FAILURES.collapse.settings }), 2000);
    return [exam(null), exam(GAN.judged(healthy)), exam(collapsed.generator), collapsed.dLoss];"""
    real, healthy, collapsed, loss = run(opened, script)
    assert 0.47 < real < 0.53 and healthy < 0.7
    assert collapsed > 0.85 and abs(loss - 2 * np.log(2)) < 0.15


# ---------------------------------------------------------------- failures and cures

SIGNS = """
const points = new Float64Array(600), hidden = new Float64Array(4500);
const latent = GAN.genLatentPoints(GAN.randomStream(0, "shown"), 300);
function look(settings, steps) {
  const game = GAN.newGame(settings), random = GAN.randomStream(1, "judge");
  let side = 0, crossed = 0, way = 0, old = null;
  while (game.step < steps) {
    GAN.play(game, 10);
    GAN.forward(game.generator, latent, 300, hidden, points);
    let x = 0;
    for (let i = 0; i < 300; i++) x += points[2 * i] / 300;
    if (game.step < 500) continue;
    if (old !== null) way += Math.abs(x - old);
    old = x;
    if (x > 0.15 && side <= 0) { crossed += side < 0; side = 1; }
    if (x < -0.15 && side >= 0) { crossed += side > 0; side = -1; }
  }
  const fakes = GAN.genFake(game.generator, random, 1000), real = GAN.generateReal(game.target, random, 1000);
  const force = GAN.force(game.discriminator, fakes, 1000, game.settings.saturating);
  let weak = 0;
  for (let i = 0; i < 1000; i++) weak += Math.hypot(force[2 * i], force[2 * i + 1]) < 0.001 ? 0.001 : 0;
  const energy = 1000 * GAN.energyDistance(fakes, game.target), covered = GAN.coverage(fakes, game.target);
  return { energy, covered, crossed, way, weak,
    alive: GAN.livingUnits(game.generator, random), right: GAN.accuracy(game.discriminator, real, fakes) };
}
const { settings, cure } = GAN.FAILURES[given.name];
return [look({ ...settings, seed: given.seed }, 3000), look({ ...settings, ...cure, seed: given.seed }, 5000)];
"""
SHOWN = {
    "collapse": lambda sign: sign["covered"] <= 0.4 and sign["energy"] > 50 and sign["way"] > 5,
    "dead": lambda sign: sign["alive"] <= 8 and sign["covered"] <= 0.4 and sign["energy"] > 50,
    "oscillation": lambda sign: sign["crossed"] >= 3 and sign["energy"] > 10,
    "tooGood": lambda sign: sign["right"] > 0.9 and sign["weak"] > 0.5 and sign["energy"] > 20,
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 42, pytest.param(7, marks=pytest.mark.weekly)])
@pytest.mark.parametrize("name", SHOWN)
def test_each_failure_is_shown_and_its_cure_cures(opened, name, seed):
    """Notices settings that no longer do what their button says."""
    sick, cured = run(opened, SIGNS, {"name": name, "seed": seed})
    assert SHOWN[name](sick), sick
    assert not SHOWN[name](cured) and cured["covered"] >= 0.7 and cured["energy"] < 10, cured


def test_every_failure_has_its_two_buttons(opened):
    names = run(opened, "return Object.keys(GAN.FAILURES);")
    assert set(names) == set(SHOWN)
    assert opened.locator("#presets button").count() == 1 + 2 * len(names)


# ---------------------------------------------------------------- the address


@pytest.mark.slow
def test_equal_addresses_play_equal_games(browser):
    """To the last pixel and digit, whatever was drawn in between; another seed plays another game."""
    seen = []
    for address in ("#seed=3&r1=0&at=150", "#seed=3&r1=0&at=150", "#seed=4&r1=0&at=150"):
        page = at_step(browser, address, reduced_motion="reduce" if seen else "no-preference")
        seen.append((numbers(page), page.evaluate("document.getElementById('plane').toDataURL()")))
        assert page.heard == []
        page.close()
    assert "150" in seen[0][0]
    assert seen[0] == seen[1] != seen[2]


def test_looking_does_not_change_a_game(opened):
    """Judges, arrows and examiners draw from streams of their own."""
    script = """
    const weights = [false, true].map((looked) => {
      const game = GAN.newGame({ seed: 8 });
      for (let i = 0; i < 20; i++) {
        GAN.play(game, 1);
        if (!looked) continue;
        GAN.energyDistance(GAN.genFake(game.generator, GAN.randomStream(8, "judge"), 50), game.target);
        GAN.newExaminer(game.generator, game.target, 8).work(3);
        GAN.force(game.discriminator, new Float64Array(20), 10);
      }
      return [...game.generator.w];
    });
    return weights;"""
    alone, watched = run(opened, script)
    assert alone == watched


@pytest.mark.slow
def test_all_settings_go_through_the_address(browser):
    address = (
        "#seed=11&gRate=0.003&dRate=0.0003&gUpdates=2&dUpdates=5&beta1=0.9&averaging=0.99&r1=0.1&leaky=1&saturating=1"
        "&joint=0&target=wave"
    )
    page = at_step(browser, f"{address}&at=20")
    shown = page.evaluate(
        "[...document.querySelectorAll('#rules select, #rules input, #target')].map((field) => [field.id, field.value])"
    )
    assert (
        f"#{'&'.join(f'{name}={value}' for name, value in sorted(shown))}"
        == f"#{'&'.join(sorted(address[1:].split('&')))}"
    )
    assert sorted(re.split("[#&]", page.input_value("#address"))[1:]) == sorted([*address[1:].split("&"), "at=20"])
    page.click("#again")
    assert sorted(page.evaluate("location.hash")[1:].split("&")) == sorted(address[1:].split("&"))
    assert page.heard == []
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["#gRate=fast", "#seed=-1", "#seed=1.5", "#r1=", "#target=constructor", "#target=own.zz", "#nonsense=1"]
)
def test_a_wrong_address_gets_one_sentence(browser, address):
    page = at_step(browser, address)
    said = page.inner_text("#say")
    assert said.startswith("The address ") and len(said) < 160
    page.click("#step")
    assert page.inner_text("#nStep") == "1" and page.heard == []
    page.close()


# ---------------------------------------------------------------- a page that all can use


def test_half_steps_move_what_they_should(browser):
    """The discriminator's repaints the map and moves no point, the generator's moves the points and keeps the map."""
    page = at_step(browser, "")
    places = "document.getElementById('turn').textContent"
    page.click("#dHalf")
    assert "no point has moved" in page.evaluate(places) and "25 + 0 half-steps" in numbers(page)
    page.click("#gHalf")
    assert "map stands" in page.evaluate(places) and "25 + 25 half-steps" in numbers(page)
    assert "at=" not in page.input_value("#address"), "what was done by hand is not in the link"
    page.click("#again")
    assert page.inner_text("#nStep") == "0" and page.heard == []
    page.close()


@pytest.mark.slow
def test_run_pause_and_the_examiner(browser):
    page = at_step(browser, "")
    page.click("#run")
    page.wait_for_function("Number(document.getElementById('nStep').textContent.replace(',', '')) > 60")
    page.click("#examine")  # while the game goes on
    page.wait_for_function("document.getElementById('exam').textContent.includes('% of 10,000')", timeout=60_000)
    page.click("#run")
    stopped = page.inner_text("#nStep")
    page.wait_for_timeout(200)
    assert page.inner_text("#nStep") == stopped and page.inner_text("#run") == "Run"
    assert "energy distance" in page.get_attribute("#energyChart", "aria-label").lower()
    page.select_option("#speed", "slow")
    page.click("#run")
    page.wait_for_function("document.getElementById('turn').textContent.includes('discriminator')")
    page.wait_for_function("document.getElementById('turn').textContent.includes('generator')")
    assert page.heard == []
    page.close()


@pytest.mark.slow
def test_a_change_acts_in_the_middle_of_a_game(browser):
    page = at_step(browser, "#at=30")
    page.click("#rules summary")
    page.select_option("#gRate", "0.01")
    assert page.inner_text("#nStep") == "30", "the game goes on"
    assert page.evaluate("location.hash") == "#gRate=0.01"
    page.select_option("#target", "ring", force=True)
    assert page.inner_text("#nStep") == "0", "another distribution is another game"
    page.close()


@pytest.mark.slow
def test_the_keyboard_reaches_every_control(browser):
    """By Tab alone, in order, each with a name and a visible focus."""
    page = at_step(browser, "")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, select, input, summary')]"
        ".filter((one) => one.offsetParent).map((one, i) => { one.dataset.number = i; return i; })"
    )
    assert len(wanted) > 35
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        number, name, outline = page.evaluate(
            "(() => { const one = document.activeElement, label = one.getAttribute('aria-label') || one.labels?.[0];"
            "return [Number(one.dataset.number), label?.textContent || label || one.textContent,"
            "getComputedStyle(one).outlineStyle]; })()"
        )
        reached.append(number)
        assert name.strip() and outline == "solid"
    assert reached == wanted
    page.focus("#run")
    page.keyboard.press("Enter")
    assert page.inner_text("#run") == "Pause"
    page.keyboard.press("Space")
    assert page.inner_text("#run") == "Run" and page.heard == []
    page.close()


@pytest.mark.slow
def test_a_distribution_drawn_by_keyboard_and_one_by_mouse(browser):
    page = at_step(browser, "")
    page.click("#shapes summary")
    page.focus("#draw")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert "Draw a line first" in page.inner_text("#say")
    page.focus("#plane")
    for key in ["Space", *["ArrowRight"] * 8, *["Shift+ArrowUp"] * 2, "Space", "Enter"]:
        page.keyboard.press(key)
    word = re.search(r"target=(own\.[0-9a-z-]+)", page.evaluate("location.hash"))[1]
    x, y = np.transpose(page.evaluate(f"GAN.readStrokes('{word}')")[0])
    assert np.allclose([x[0], x[-1], y[0], y[-1]], [0, 0.2, 0.15, 0.35], atol=0.003)

    page.click("#draw")
    box = page.locator("#plane").bounding_box()
    for start in (0.3, 0.6):
        page.mouse.move(box["x"] + start * box["width"], box["y"] + 0.5 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + (start + 0.1) * box["width"], box["y"] + 0.5 * box["height"], steps=6)
        page.mouse.up()
    page.click("#penDone")
    word = re.search(r"target=(own\.[0-9a-z-]+)", page.evaluate("location.hash"))[1]
    strokes = page.evaluate(f"GAN.readStrokes('{word}')")
    assert np.allclose([stroke[0][0] for stroke in strokes], [-0.384, 0.192], atol=0.01), (
        "strokes where they were drawn"
    )
    reopened = at_step(browser, f"#target={word}&at=5")
    assert reopened.text_content("#target option:checked") == "what was drawn"
    assert page.heard == reopened.heard == []
    reopened.close()
    page.close()


@pytest.mark.slow
def test_a_finger_draws(browser):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    page.tap("#shapes summary")
    page.tap("#draw")
    assert page.evaluate("getComputedStyle(document.getElementById('plane')).touchAction") == "none"
    box, touch = page.locator("#plane").bounding_box(), context.new_cdp_session(page)
    for kind, share in [("touchStart", 0.3), *(("touchMove", 0.3 + 0.05 * i) for i in range(1, 8)), ("touchEnd", None)]:
        places = [{"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2}] if share else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    for _ in range(20):  # while a machine is busy its browser takes a tap so soon after a stroke for the stroke's end
        page.wait_for_timeout(500)
        if page.is_visible("#penDone"):
            page.tap("#penDone")
        if "target=own." in page.evaluate("location.hash"):
            break
    assert "target=own." in page.evaluate("location.hash"), page.inner_text("#say")
    page.tap("#step")
    assert page.inner_text("#nStep") == "1"
    context.close()


@pytest.mark.slow
def test_little_motion_for_those_who_asked_for_it(browser):
    """At most a picture a second, however fast the game runs."""
    page = at_step(browser, "", reduced_motion="reduce")
    page.evaluate(
        "(() => { window.pictures = 0; const proto = CanvasRenderingContext2D.prototype, old = proto.putImageData;"
        "proto.putImageData = function (...all) { window.pictures++; return old.apply(this, all); }; })()"
    )
    page.click("#run")
    page.wait_for_timeout(2500)
    assert 1 <= page.evaluate("window.pictures") <= 4
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_the_screen(browser, width):
    """All of it, with every fold open and the drawing tools out; only the headline stands above the canvas."""
    page = at_step(browser, "", viewport={"width": width, "height": 800}, color_scheme="dark")
    assert (
        page.locator("#plane").bounding_box()["y"] < 300
        and page.locator("#plane").bounding_box()["width"] > 0.6 * width
    )
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for clicked in ("#presets button:nth-of-type(2)", "#draw"):
        page.click(clicked)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        "[...document.querySelectorAll('main *')]"
        f".filter((one) => one.getBoundingClientRect().right > {width}).map((one) => one.id)"
    )
    assert beyond == [] and page.heard == []
    page.close()


def luminance(colour):
    """Relative luminance of #rrggbb, as WCAG 2.1 has it."""
    shares = np.frombuffer(bytes.fromhex(colour.strip()[1:]), "uint8") / 255
    linear = np.where(shares <= 0.03928, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(browser, scheme):
    """4.5 to 1 for text, 3 to 1 for lines and marks (WCAG 2.1)."""
    page = at_step(browser, "", color_scheme=scheme)

    def contrast(one, other):
        shades = sorted(
            luminance(page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')").strip())
            for name in (one, other)
        )
        return (shades[1] + 0.05) / (shades[0] + 0.05)

    for text in ("ink", "quiet", "realText", "fakeText", "force"):
        assert min(contrast(text, "paper"), contrast(text, "panel")) >= 4.5, text
    for mark in ("real", "fake", "gen", "disc", "line", "force"):
        assert contrast(mark, "paper") >= 3, mark
    assert contrast("onMain", "main") >= 4.5
    page.close()


def test_the_site_holds_the_page(browser, tmp_path):
    """With a way back, complete, and without a request to anywhere."""
    add_game(tmp_path)
    (tmp_path / "index.html").write_text("<title>front page</title>")
    moved = tmp_path / "elsewhere with spaces"
    shutil.move(tmp_path / "docs", moved / "docs")
    shutil.copy(tmp_path / "index.html", moved)
    page = browser.new_page()
    heard = listen(page)
    page.goto((moved / "docs" / "play" / "index.html").as_uri())
    page.click("#step")
    assert page.inner_text("#nStep") == "1"
    page.click("header a")
    assert page.title() == "front page" and heard == []
    page.close()
