/* The parabola's GAN of lesson 2 in plain JavaScript: networks, losses, Adam, averaging, judges. No page is needed here.

   Names and sizes are the lesson's; tests/site/test_play.py compares each half-step with the lesson's own functions.
   Points are flat arrays x0, y0, x1, y1, ...; a network's weights lie in one array in Keras's order: kernel (in, out),
   bias, kernel, bias. Logarithms and exponentials are rounded to single precision before they are used: the last bit of
   Math.log and Math.exp differs between browsers, and a game would soon be another one. */
"use strict";

const GAN = (() => {
  const LATENT_DIM = 5, HIDDEN_GEN = 15, HIDDEN_DISC = 25, BATCH = 128;
  const LEAK = 0.2; // what LeakyReLU lets through of a negative signal, as in lesson 3
  const BETA_2 = 0.999, EPSILON = 1e-7; // Keras's Adam

  const SETTINGS = {
    seed: 42, gRate: 0.001, dRate: 0.001, gUpdates: 1, dUpdates: 1, beta1: 0.5, averaging: 0.999, r1: 0.01,
    leaky: false, saturating: false, joint: true, target: "parabola",
  };

  /** Failures that can be shown in each game, and the change that cures it, from the first step on. */
  const BARE = { averaging: 0, r1: 0 }; // neither mean nor penalty, so that the bare game is seen
  const FAILURES = {
    collapse: { settings: { ...BARE, leaky: true, gRate: 0.05 }, cure: { gRate: 0.001 } },
    dead: { settings: { ...BARE, gRate: 0.05 }, cure: { gRate: 0.001, leaky: true } },
    oscillation: { settings: { ...BARE, beta1: 0.99 }, cure: { beta1: 0.5 } },
    tooGood: { settings: { ...BARE, saturating: true, dRate: 0.03, dUpdates: 5 }, cure: { dRate: 0.001, r1: 0.01 } },
  };

  // ------------------------------------------------------------------------------------------------ random numbers

  /** A stream of random numbers: equal seeds and names give equal streams (sfc32 by C. Doty-Humphrey). */
  function randomStream(seed, name) {
    let hash = 2166136261;
    for (const letter of `${name}:${seed}`) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
    let a = hash, b = hash ^ 0x9e3779b9, c = Math.imul(hash, 0x85ebca6b), count = 1;
    function uniform() { // in [0, 1)
      const sum = (a + b + count) | 0;
      count = (count + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + sum | 0;
      return (sum >>> 0) / 4294967296;
    }
    for (let i = 0; i < 20; i++) uniform();
    let spare = null;
    function normal() { // mean 0, standard deviation 1, by Marsaglia's polar method
      if (spare !== null) { const value = spare; spare = null; return value; }
      for (;;) {
        const u = 2 * uniform() - 1, v = 2 * uniform() - 1, s = u * u + v * v;
        if (s > 0 && s < 1) {
          const scale = Math.sqrt(-2 * Math.fround(Math.log(s)) / s);
          spare = v * scale;
          return u * scale;
        }
      }
    }
    return { uniform, normal };
  }

  // ------------------------------------------------------------------------------------------------ real points

  /** Ready-made strokes, each a list of points [x, y]; a stroke's points are joined by straight lines. */
  const arc = (x, y, radius, corners = 48) => Array.from({ length: corners + 1 }, (_, i) => {
    const angle = 2 * Math.PI * i / corners;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  const STROKES = {
    ring: [arc(0, 0.15, 0.4)],
    islands: [arc(-0.45, 0.15, 0.1, 16), arc(0.45, 0.15, 0.1, 16)],
    corner: [[[-0.5, 0.55], [-0.1, -0.25], [0.5, 0.35]]],
  };
  const CURVE_POINTS = 400;

  /** Where real points come from. `at(u, into, i)` writes the point at the share u in [0, 1) of the way along. */
  function makeTarget(name) {
    const strokes = Object.hasOwn(STROKES, name) ? STROKES[name] : readStrokes(name);
    let at = (u, into, i) => { const x = u - 0.5; into[2 * i] = x; into[2 * i + 1] = x * x; }; // the parabola
    if (name === "wave") {
      at = (u, into, i) => {
        into[2 * i] = u - 0.5;
        into[2 * i + 1] = Math.fround(Math.sin(2 * Math.PI * (u - 0.5))) / 2;
      };
    } else if (strokes) {
      at = alongStrokes(strokes);
    }
    const curve = new Float64Array(2 * CURVE_POINTS); // evenly spread along the curve
    for (let i = 0; i < CURVE_POINTS; i++) at((i + 0.5) / CURVE_POINTS, curve, i);
    return { name, at, curve, within: meanGap(curve, curve) };
  }

  function alongStrokes(strokes) {
    const pieces = [];
    let total = 0;
    for (const stroke of strokes) {
      for (let i = 1; i < stroke.length; i++) {
        const [x, y] = stroke[i - 1], dx = stroke[i][0] - x, dy = stroke[i][1] - y;
        const length = Math.sqrt(dx * dx + dy * dy);
        if (length > 0) pieces.push({ x, y, dx, dy, start: total, length });
        total += length;
      }
    }
    return (u, into, i) => {
      const way = u * total;
      let low = 0, high = pieces.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (pieces[middle].start <= way) low = middle; else high = middle - 1;
      }
      const piece = pieces[low], share = (way - piece.start) / piece.length;
      into[2 * i] = piece.x + share * piece.dx;
      into[2 * i + 1] = piece.y + share * piece.dy;
    };
  }

  /** Strokes as a word for the address: two base-36 digits a coordinate, in 1/400; "-" parts strokes. */
  const writeStrokes = (strokes) => "own." + strokes.map((stroke) => stroke.flat().map((value) =>
    Math.max(0, Math.min(1295, Math.round(value * 400 + 648))).toString(36).padStart(2, "0")).join("")).join("-");

  function readStrokes(word) {
    if (!String(word).startsWith("own.")) return null;
    const strokes = word.slice(4).split("-").map((digits) => {
      const numbers = (digits.match(/[0-9a-z]{2}/g) || []).map((pair) => (parseInt(pair, 36) - 648) / 400);
      return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
    });
    const long = strokes.filter((stroke) => stroke.some(([x, y]) => x !== stroke[0][0] || y !== stroke[0][1]));
    return long.length ? long : null;
  }

  /** n real points. */
  function generateReal(target, random, n, into = new Float64Array(2 * n)) {
    for (let i = 0; i < n; i++) target.at(random.uniform(), into, i);
    return into;
  }

  // ------------------------------------------------------------------------------------------------ networks

  /** Inputs, one hidden layer, linear outputs. Hidden weights are he_uniform, output weights glorot_uniform. */
  function network(nIn, nHidden, nOut, slope, random) {
    const b1 = nIn * nHidden, w2 = b1 + nHidden, b2 = w2 + nHidden * nOut;
    const w = new Float64Array(b2 + nOut);
    if (random) {
      const he = Math.sqrt(6 / nIn), glorot = Math.sqrt(6 / (nHidden + nOut));
      for (let i = 0; i < b1; i++) w[i] = he * (2 * random.uniform() - 1);
      for (let i = w2; i < b2; i++) w[i] = glorot * (2 * random.uniform() - 1);
    }
    return { nIn, nHidden, nOut, slope, w, b1, w2, b2 };
  }
  const defineGen = (random, leaky = false) => network(LATENT_DIM, HIDDEN_GEN, 2, leaky ? LEAK : 0, random);
  const defineDisc = (random) => network(2, HIDDEN_DISC, 1, 0, random);

  /** n inputs go through; what the hidden units say is kept in `hidden`, for the way back. */
  function forward(net, inputs, n, hidden, outputs) {
    const { nIn, nHidden, nOut, slope, w, b1, w2, b2 } = net;
    const plain = nIn === 2 && nOut === 1; // the discriminator, most of the work: its loops are written out
    for (let i = 0; i < n; i++) {
      const x = inputs[i * nIn], y = inputs[i * nIn + 1];
      let logit = w[b2];
      for (let k = 0; k < nHidden; k++) {
        let sum = w[b1 + k] + x * w[k] + y * w[nHidden + k];
        for (let j = 2; j < nIn; j++) sum += inputs[i * nIn + j] * w[j * nHidden + k];
        const unit = sum > 0 ? sum : slope * sum;
        hidden[i * nHidden + k] = unit;
        if (plain) logit += unit * w[w2 + k];
      }
      if (plain) { outputs[i] = logit; continue; }
      for (let o = 0; o < nOut; o++) {
        let sum = w[b2 + o];
        for (let k = 0; k < nHidden; k++) sum += hidden[i * nHidden + k] * w[w2 + k * nOut + o];
        outputs[i * nOut + o] = sum;
      }
    }
    return outputs;
  }

  /** The gradient with respect to the outputs goes back, is added up in `gradient`, and reaches the inputs. */
  function backward(net, inputs, n, hidden, outGradient, gradient, inGradient) {
    const { nIn, nHidden, nOut, slope, w, b1, w2, b2 } = net;
    if (inGradient) inGradient.fill(0, 0, n * nIn);
    if (gradient) for (let i = 0; i < n * nOut; i++) gradient[b2 + i % nOut] += outGradient[i];
    for (let k = 0; k < nHidden; k++) {
      const first = w[w2 + k * nOut], second = nOut > 1 ? w[w2 + k * nOut + 1] : 0; // one output, or two
      const wx = w[k], wy = w[nHidden + k];
      let onFirst = 0, onSecond = 0, onBias = 0, onX = 0, onY = 0;
      for (let i = 0; i < n; i++) {
        const unit = hidden[i * nHidden + k];
        let back = outGradient[i * nOut] * first;
        onFirst += outGradient[i * nOut] * unit;
        if (nOut > 1) {
          back += outGradient[i * nOut + 1] * second;
          onSecond += outGradient[i * nOut + 1] * unit;
        }
        if (!(unit > 0)) back *= slope;
        if (back === 0) continue;
        onBias += back;
        onX += back * inputs[i * nIn];
        onY += back * inputs[i * nIn + 1];
        if (gradient) for (let j = 2; j < nIn; j++) gradient[j * nHidden + k] += back * inputs[i * nIn + j];
        if (inGradient) { // asked for where there are two inputs: x and y of a point
          inGradient[2 * i] += back * wx;
          inGradient[2 * i + 1] += back * wy;
        }
      }
      if (!gradient) continue;
      gradient[w2 + k * nOut] += onFirst;
      if (nOut > 1) gradient[w2 + k * nOut + 1] += onSecond;
      gradient[b1 + k] += onBias;
      gradient[k] += onX;
      gradient[nHidden + k] += onY;
    }
  }

  /** R1: weight times the mean squared length of the logit's gradient at the first n points; returns it.

      Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018. A point's logit has
      the gradient sum of v_k s_k W_k, where W_k are a unit's two weights, v_k its way to the output and s_k its slope,
      1 or `slope`. Slopes are constant but for corners, so that the second derivatives are those of this product. */
  function gradientPenalty(net, n, hidden, weight, gradient) {
    const { nHidden, slope, w, w2 } = net; // two inputs, one output
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let gx = 0, gy = 0;
      for (let k = 0; k < nHidden; k++) {
        const part = w[w2 + k] * (hidden[i * nHidden + k] > 0 ? 1 : slope);
        gx += part * w[k];
        gy += part * w[nHidden + k];
      }
      sum += gx * gx + gy * gy;
      const twice = 2 * weight / n;
      for (let k = 0; k < nHidden; k++) {
        const s = hidden[i * nHidden + k] > 0 ? 1 : slope;
        if (s === 0) continue;
        gradient[k] += twice * gx * w[w2 + k] * s;
        gradient[nHidden + k] += twice * gy * w[w2 + k] * s;
        gradient[w2 + k] += twice * s * (gx * w[k] + gy * w[nHidden + k]);
      }
    }
    return weight * sum / n;
  }

  const sigmoid = (logit) => {
    const e = Math.fround(Math.exp(-Math.abs(logit)));
    return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
  };
  const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))); // log(1 + e^t)

  // ------------------------------------------------------------------------------------------------ half-steps

  const newAdam = (net) => ({ m: new Float64Array(net.w.length), v: new Float64Array(net.w.length), power1: 1, power2: 1 });

  /** One update of a network's weights as Keras's Adam makes it. */
  function applyAdam(adam, w, gradient, rate, beta1) {
    adam.power1 *= beta1;
    adam.power2 *= BETA_2;
    const alpha = rate * Math.sqrt(1 - adam.power2) / (1 - adam.power1);
    const { m, v } = adam;
    for (let i = 0; i < w.length; i++) {
      const g = gradient[i];
      m[i] += (g - m[i]) * (1 - beta1);
      v[i] += (g * g - v[i]) * (1 - BETA_2);
      w[i] -= alpha * m[i] / (Math.sqrt(v[i]) + EPSILON);
    }
  }

  const room = {}; // arrays that half-steps use again and again
  function array(name, length) {
    if (!room[name] || room[name].length < length) room[name] = new Float64Array(length);
    return room[name];
  }

  /** First half: the discriminator learns the labels of n points, and only it moves. Returns its mean cross-entropy.

      With an R1 weight, the first `nReal` points, which have to be the real ones, pay it on top. */
  function discriminatorStep(disc, adam, points, labels, n, { rate = 0.001, beta1 = 0.9, r1 = 0, nReal = 0 } = {}) {
    const hidden = array("dHidden", n * disc.nHidden), logits = array("dLogits", n), back = array("dBack", n);
    const gradient = array("dGradient", disc.w.length).fill(0);
    forward(disc, points, n, hidden, logits);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      loss += softplus(logits[i]) - labels[i] * logits[i];
      back[i] = (sigmoid(logits[i]) - labels[i]) / n;
    }
    backward(disc, points, n, hidden, back, gradient, null);
    if (r1 > 0 && nReal > 0) gradientPenalty(disc, nReal, hidden, r1, gradient);
    applyAdam(adam, disc.w, gradient, rate, beta1);
    return loss / n;
  }

  /** Loss of the generator for one logit, and its slope: -log D, or, saturating, log(1 - D). */
  const generatorLoss = (logit, saturating) => (saturating ? -softplus(logit) : softplus(-logit));
  const generatorSlope = (logit, saturating) => (saturating ? -sigmoid(logit) : sigmoid(logit) - 1);

  /** Second half: the generator learns to be taken for real, and only it moves. Returns its mean loss. */
  function generatorStep(gen, disc, adam, latent, n, { rate = 0.001, beta1 = 0.9, saturating = false } = {}) {
    const genHidden = array("gHidden", n * gen.nHidden), points = array("gPoints", 2 * n);
    const hidden = array("dHidden", n * disc.nHidden), logits = array("dLogits", n), back = array("dBack", n);
    const gradient = array("gGradient", gen.w.length).fill(0), pointGradient = array("gBack", 2 * n);
    forward(gen, latent, n, genHidden, points);
    forward(disc, points, n, hidden, logits);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      loss += generatorLoss(logits[i], saturating);
      back[i] = generatorSlope(logits[i], saturating) / n;
    }
    backward(disc, points, n, hidden, back, null, pointGradient); // through the discriminator, which stands still
    backward(gen, latent, n, genHidden, pointGradient, gradient, null);
    applyAdam(adam, gen.w, gradient, rate, beta1);
    return loss / n;
  }

  /** The force on each of n points: minus the gradient of its own generator's loss with respect to its place. */
  function force(disc, points, n, saturating = false) {
    const hidden = new Float64Array(n * disc.nHidden), logits = new Float64Array(n), result = new Float64Array(2 * n);
    forward(disc, points, n, hidden, logits);
    for (let i = 0; i < n; i++) logits[i] = -generatorSlope(logits[i], saturating);
    backward(disc, points, n, hidden, logits, null, result);
    return result;
  }

  // ------------------------------------------------------------------------------------------------ the game

  /** A game at its start. Each purpose has random numbers of its own: looking at a game does not change it. */
  function newGame(options = {}) {
    const settings = { ...SETTINGS, ...options };
    const weights = randomStream(settings.seed, "weights");
    const generator = defineGen(weights, settings.leaky), discriminator = defineDisc(weights);
    return {
      settings, generator, discriminator, averaged: { ...generator, w: generator.w.slice() },
      target: makeTarget(settings.target), genAdam: newAdam(generator), discAdam: newAdam(discriminator),
      dRandom: randomStream(settings.seed, "discriminator"), gRandom: randomStream(settings.seed, "generator"),
      step: 0, dCount: 0, gCount: 0, due: 0, dLoss: NaN, gLoss: NaN,
    };
  }

  /** New settings in the middle of a game; the players go on with the weights that they have. */
  function change(game, options) {
    Object.assign(game.settings, options);
    game.generator.slope = game.averaged.slope = game.settings.leaky ? LEAK : 0;
    if (game.settings.target !== game.target.name) game.target = makeTarget(game.settings.target);
    if (game.settings.averaging === 0) game.averaged.w.set(game.generator.w);
  }

  const LABELS = new Float64Array(BATCH).fill(1, 0, BATCH / 2);

  function genLatentPoints(random, n, into = new Float64Array(n * LATENT_DIM)) {
    for (let i = 0; i < n * LATENT_DIM; i++) into[i] = random.normal();
    return into;
  }

  /** n points of a generator. */
  function genFake(gen, random, n, into = new Float64Array(2 * n)) {
    const latent = genLatentPoints(random, n, array("fakeLatent", n * LATENT_DIM));
    return forward(gen, latent, n, array("fakeHidden", n * gen.nHidden), into);
  }

  /** The discriminator's half-step on 64 real and 64 generated points. Its loss is that of both kinds together. */
  function discriminatorHalf(game) {
    const half = BATCH / 2, { dRate: rate, beta1, r1, joint } = game.settings;
    const points = array("batch", 2 * BATCH), fakes = points.subarray(BATCH, 2 * BATCH);
    generateReal(game.target, game.dRandom, half, points);
    genFake(game.generator, game.dRandom, half, fakes);
    const { discriminator: disc, discAdam: adam } = game;
    if (joint) {
      game.dLoss = 2 * discriminatorStep(disc, adam, points, LABELS, BATCH, { rate, beta1, r1, nReal: half });
    } else {
      const onReal = discriminatorStep(disc, adam, points, LABELS, half, { rate, beta1, r1, nReal: half });
      game.dLoss = onReal + discriminatorStep(disc, adam, fakes, LABELS.subarray(half), half, { rate, beta1 });
    }
    game.dCount++;
  }

  /** The generator's half-step on 128 latent points, and its running mean. */
  function generatorHalf(game) {
    const { gRate: rate, beta1, saturating, averaging } = game.settings;
    const latent = genLatentPoints(game.gRandom, BATCH, array("latent", BATCH * LATENT_DIM));
    game.gLoss = generatorStep(game.generator, game.discriminator, game.genAdam, latent, BATCH, { rate, beta1, saturating });
    const momentum = game.gCount === 0 ? 0 : averaging; // Keras's mean begins with the first update
    const w = game.generator.w, mean = game.averaged.w;
    for (let i = 0; i < w.length; i++) mean[i] = momentum * mean[i] + (1 - momentum) * w[i];
    game.gCount++;
  }

  /** The half-step that is due: the discriminator's updates, then the generator's. Returns whose it was. */
  function advance(game) {
    const { dUpdates, gUpdates } = game.settings;
    if (game.due >= dUpdates + gUpdates) game.due = 0;
    const player = game.due < dUpdates ? "discriminator" : "generator";
    if (player === "discriminator") discriminatorHalf(game); else generatorHalf(game);
    game.due++;
    if (game.due >= dUpdates + gUpdates) { game.due = 0; game.step++; }
    return player;
  }

  /** Steps until the next n are done (a step that is half done counts as the first). */
  function play(game, n = 1) {
    const goal = game.step + n;
    while (game.step < goal) advance(game);
    return game;
  }

  /** The generator that is judged: the averaged one, where weights are averaged. */
  const judged = (game) => (game.settings.averaging > 0 ? game.averaged : game.generator);

  // ------------------------------------------------------------------------------------------------ judges

  /** Mean distance between all points of a and all of b; `apart` leaves each point's distance to itself out. */
  function meanGap(a, b, apart = false) {
    const n = a.length >> 1, m = b.length >> 1;
    let sum = 0;
    if (a === b) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          const dx = a[2 * i] - a[2 * j], dy = a[2 * i + 1] - a[2 * j + 1];
          sum += Math.sqrt(dx * dx + dy * dy);
        }
      }
      return 2 * sum / (apart ? n * (n - 1) : n * n);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const dx = a[2 * i] - b[2 * j], dy = a[2 * i + 1] - b[2 * j + 1];
        sum += Math.sqrt(dx * dx + dy * dy);
      }
    }
    return sum / (n * m);
  }

  /** Unbiased energy distance of points to the evenly spread curve: on average 0 for points drawn from the curve.

      Székely and Rizzo, Energy statistics: A class of statistics based on distances, 2013. */
  const energyDistance = (points, target) =>
    2 * meanGap(points, target.curve) - meanGap(points, points, true) - target.within;

  const NEAR = 0.05, TENTHS = 10;

  /** Share of the curve's tenths that get at least half of the points they should, counting points near it only. */
  function coverage(points, target) {
    const n = points.length >> 1, counts = new Array(TENTHS).fill(0), curve = target.curve;
    for (let i = 0; i < n; i++) {
      let best = NEAR * NEAR, where = -1;
      for (let j = 0; j < CURVE_POINTS; j++) {
        const dx = points[2 * i] - curve[2 * j], dy = points[2 * i + 1] - curve[2 * j + 1], square = dx * dx + dy * dy;
        if (square < best) { best = square; where = j; }
      }
      if (where >= 0) counts[Math.floor(where * TENTHS / CURVE_POINTS)]++;
    }
    return counts.filter((count) => count >= n / TENTHS / 2).length / TENTHS;
  }

  /** The generator's hidden units that answer at least one of n latent points with more than 0. */
  function livingUnits(gen, random, n = 500) {
    const hidden = new Float64Array(n * gen.nHidden), alive = new Set();
    forward(gen, genLatentPoints(random, n), n, hidden, new Float64Array(2 * n));
    hidden.forEach((value, i) => { if (value > 0) alive.add(i % gen.nHidden); });
    return alive.size;
  }

  /** Share of real and of generated points that a discriminator judges rightly, (real + generated) / 2. */
  function accuracy(disc, real, fakes) {
    const right = (points, sign) => {
      const n = points.length >> 1, logits = new Float64Array(n);
      forward(disc, points, n, new Float64Array(n * disc.nHidden), logits);
      return logits.filter((logit) => (logit > 0) === (sign > 0)).length / n;
    };
    return (right(real, 1) + right(fakes, -1)) / 2;
  }

  const EXAMINER = { steps: 2000, rate: 0.003, fresh: 5000 };

  /** A fresh examiner: a new discriminator learns to tell a frozen generator's points from real ones.

      `work(n)` trains n steps and returns the share of its steps that is done; at 1, `accuracy` is there: the share of
      2 x 5,000 fresh points, half of them real, that it judges rightly. A generator of null stands for real points. */
  function newExaminer(generator, target, seed) {
    const random = randomStream(seed, "examiner"), disc = defineDisc(random), adam = newAdam(disc);
    const frozen = generator && { ...generator, w: generator.w.slice() };
    const points = new Float64Array(2 * BATCH), fakes = points.subarray(BATCH);
    const fake = (n, into) => (frozen ? genFake(frozen, random, n, into) : generateReal(target, random, n, into));
    const examiner = { done: 0, accuracy: null };
    examiner.work = (n) => {
      const goal = Math.min(examiner.done + n, EXAMINER.steps);
      for (; examiner.done < goal; examiner.done++) {
        generateReal(target, random, BATCH / 2, points);
        fake(BATCH / 2, fakes);
        discriminatorStep(disc, adam, points, LABELS, BATCH, { rate: EXAMINER.rate, beta1: 0.9 });
      }
      if (examiner.done === EXAMINER.steps && examiner.accuracy === null) {
        const real = generateReal(target, random, EXAMINER.fresh);
        examiner.accuracy = accuracy(disc, real, fake(EXAMINER.fresh, new Float64Array(2 * EXAMINER.fresh)));
      }
      return examiner.done / EXAMINER.steps;
    };
    return examiner;
  }

  return {
    LATENT_DIM, HIDDEN_GEN, HIDDEN_DISC, BATCH, LEAK, SETTINGS, FAILURES, STROKES,
    randomStream, makeTarget, writeStrokes, readStrokes, generateReal, network, defineGen, defineDisc, forward, backward,
    gradientPenalty, sigmoid, newAdam, applyAdam, discriminatorStep, generatorStep, force, newGame, change,
    genLatentPoints, genFake, discriminatorHalf, generatorHalf, advance, play, judged, meanGap, energyDistance, coverage,
    livingUnits, accuracy, newExaminer,
  };
})();

if (typeof module !== "undefined") module.exports = GAN;
