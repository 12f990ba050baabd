/* The page around gan.js: what is drawn, what the buttons do, what stands in the address. */
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const SHOWN = 100; // points of each kind on the plane, always from the same random numbers
  const JUDGED = 1000; // points that the energy distance looks at
  const CHART_WIDTH = 300; // most judgements, and twice the most pieces of the losses, before they are thinned

  // ------------------------------------------------------------------------------------------------ settings, address

  const CHOICES = {
    gRate: [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1],
    dRate: [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1],
    gUpdates: [1, 2, 3, 5, 10], dUpdates: [1, 2, 3, 5, 10],
    averaging: [0, 0.9, 0.99, 0.999, 0.9999], r1: [0, 0.001, 0.01, 0.1, 1], beta1: [0, 0.5, 0.9, 0.95, 0.99],
  };
  const LIMITS = { // what an address may ask for
    seed: [0, 999999999], gRate: [1e-7, 1], dRate: [1e-7, 1], gUpdates: [1, 50], dUpdates: [1, 50], averaging: [0, 0.99999],
    r1: [0, 100], beta1: [0, 0.999], at: [0, 1000000],
  };
  const WHOLE = ["seed", "gUpdates", "dUpdates", "at"], SWITCHES = ["leaky", "saturating", "joint"];
  const TARGETS = ["parabola", "wave", ...Object.keys(GAN.STROKES)];

  /** Settings of an address, the step to go to, and one sentence about what could not be read. */
  function readAddress(hash) {
    const settings = { ...GAN.SETTINGS };
    let goal = 0, complaint = "";
    for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
      if (name in LIMITS) {
        const value = Number(text), [low, high] = LIMITS[name];
        const fits = text.trim() !== "" && value >= low && value <= high && (!WHOLE.includes(name) || Number.isInteger(value));
        if (!fits) complaint = `The address asks for ${name}=${text}; it has to lie between ${low} and ${high}, so the usual value is taken.`;
        else if (name === "at") goal = value;
        else settings[name] = value;
      } else if (SWITCHES.includes(name)) {
        settings[name] = text === "1";
      } else if (name === "target") {
        if (TARGETS.includes(text) || GAN.readStrokes(text)) settings.target = text;
        else complaint = "The address asks for a distribution that this page does not know, so the parabola is taken.";
      } else {
        complaint = `The address has a setting “${name}” that this page does not know.`;
      }
    }
    return { settings, goal, complaint };
  }

  function writeAddress(settings, goal = 0) {
    const words = Object.entries(settings).filter(([name, value]) => value !== GAN.SETTINGS[name])
      .map(([name, value]) => `${name}=${typeof value === "boolean" ? Number(value) : value}`);
    if (goal > 0) words.push(`at=${goal}`);
    return "#" + words.join("&");
  }

  // ------------------------------------------------------------------------------------------------ state

  let game, running = false, goal = 0, pure = true; // pure: the address alone brings the game to where it is
  let shownLatent, shownReal, shown = new Float64Array(2 * SHOWN), before = null, zoom = 1, centre = 0.15, medianForce = 0;
  let losses, judgements, judgeEvery, floor = null, speedSince = null;
  let examiner = null, drawing = null; // drawing: { strokes, down, cursor, keys } while somebody draws
  const EXAM_TEXT = at("exam").textContent, plane = at("plane");
  const hiddenRoom = new Float64Array(SHOWN * GAN.HIDDEN_GEN);

  function begin(settings) {
    game = GAN.newGame(settings);
    goal = 0;
    pure = true;
    shownLatent = GAN.genLatentPoints(GAN.randomStream(0, "shown latent"), SHOWN);
    shownReal = GAN.generateReal(game.target, GAN.randomStream(0, "shown real"), SHOWN);
    before = null;
    zoom = 1;
    losses = { width: 1, pieces: [], open: null };
    judgements = [];
    judgeEvery = 50;
    examiner = null;
    at("exam").textContent = EXAM_TEXT;
    measureFloor();
    judge();
    showSettings();
    show();
  }

  /** Real points' own energy distance: the standard deviation of 40 draws, measured a few at a time. */
  function measureFloor() {
    const target = game.target, random = GAN.randomStream(0, "floor"), draws = [];
    floor = null;
    (function more() {
      if (game.target !== target) return;
      for (let i = 0; i < 2; i++) draws.push(1000 * GAN.energyDistance(GAN.generateReal(target, random, JUDGED), target));
      if (draws.length < 40) { setTimeout(more, 0); return; }
      floor = Math.sqrt(draws.reduce((sum, value) => sum + value * value, 0) / draws.length);
      show();
    })();
  }

  /** Every judgement draws its own points from the seed and the step, so that looking changes nothing. */
  function judge() {
    const last = judgements[judgements.length - 1];
    if (last && last.step === game.step && last.halves === game.dCount + game.gCount) return last;
    const random = GAN.randomStream(game.settings.seed, `judge ${game.step}`);
    const points = GAN.genFake(GAN.judged(game), random, JUDGED);
    const judgement = {
      step: game.step, halves: game.dCount + game.gCount,
      energy: 1000 * GAN.energyDistance(points, game.target), covered: GAN.coverage(points, game.target),
      alive: GAN.livingUnits(game.generator, random),
      right: GAN.accuracy(game.discriminator, GAN.generateReal(game.target, random, JUDGED),
        GAN.genFake(game.generator, random, JUDGED)),
    };
    judgements.push(judgement);
    if (judgements.length > CHART_WIDTH) {
      judgements = judgements.filter((_, i) => i % 2 === 0);
      judgeEvery *= 2;
    }
    return judgement;
  }

  /** Losses in pieces of equal length, each with its mean and its lowest and highest step. */
  function keepLosses() {
    const piece = losses.open || (losses.open = { n: 0, d: [0, Infinity, -Infinity], g: [0, Infinity, -Infinity] });
    piece.n++;
    for (const [kept, loss] of [[piece.d, game.dLoss], [piece.g, game.gLoss]]) {
      kept[0] += loss;
      kept[1] = Math.min(kept[1], loss);
      kept[2] = Math.max(kept[2], loss);
    }
    if (piece.n < losses.width) return;
    losses.pieces.push(piece);
    losses.open = null;
    if (losses.pieces.length < 2 * CHART_WIDTH) return;
    losses.pieces = losses.pieces.filter((_, i) => i % 2 === 0).map((one, i) => {
      const other = losses.pieces[2 * i + 1], both = (name) => [one[name][0] + other[name][0],
        Math.min(one[name][1], other[name][1]), Math.max(one[name][2], other[name][2])];
      return { n: one.n + other.n, d: both("d"), g: both("g") };
    });
    losses.width *= 2;
  }

  function oneHalf() {
    const steps = game.step, player = GAN.advance(game);
    if (game.step > steps) {
      keepLosses();
      if (game.step % judgeEvery === 0) judge();
    }
    return player;
  }

  function oneStep() {
    const next = game.step + 1;
    while (game.step < next) oneHalf();
  }

  // ------------------------------------------------------------------------------------------------ the clock

  let lastHalf = 0, lastStep = 0, lastShow = 0, lastFrame = 0, lastChart = 0;

  function frame(now) {
    if (!running) return;
    const speed = goal ? "fast" : at("speed").value;
    if (speed === "slow") {
      if (now - lastHalf > 600) {
        lastHalf = now;
        remember();
        at("turn").textContent = `Just moved: the ${oneHalf()}`;
      }
    } else if (speed === "steady") {
      for (let due = Math.min(10, Math.floor((now - lastStep) * 0.03)); due > 0; due--) { oneStep(); lastStep = now; }
    } else {
      // Most of the time between two pictures, so that a slow machine plays on at the cost of pictures.
      const end = performance.now() + (still.matches ? 40 : Math.max(12, Math.min(40, 0.7 * (now - lastFrame))));
      while (performance.now() < end && !(goal && game.step >= goal)) oneStep();
    }
    lastFrame = now;
    if (now - speedSince.time > 1000) {
      at("nSpeed").textContent = speed === "slow" ? "–" : count(Math.round(1000 * (game.step - speedSince.step) / (now - speedSince.time)));
      speedSince = { time: now, step: game.step };
    }
    if (now - lastShow > (still.matches ? 1000 : 30)) { // who asked for little motion sees one picture a second
      lastShow = now;
      drawPlane();
      if (now - lastChart > 200) { // numbers and charts change too fast to be read
        lastChart = now;
        showCourse();
      }
    }
    if (goal && game.step >= goal) {
      stop();
      say(`Step ${count(game.step)}, as the address says.`);
    } else {
      requestAnimationFrame(frame);
    }
  }

  function start() {
    running = true;
    before = null;
    const now = performance.now();
    lastHalf = lastStep = lastFrame = now;
    speedSince = { time: now, step: game.step };
    at("run").textContent = "Pause";
    at("turn").textContent = "";
    say("");
    requestAnimationFrame(frame);
  }

  function stop() {
    running = false;
    goal = 0;
    at("run").textContent = "Run";
    at("nSpeed").textContent = "–";
    judge();
    show();
    describe();
  }

  const say = (text) => { at("say").textContent = text; };
  const count = (number) => number.toLocaleString("en-US");
  const rounded = (value) => (Math.abs(value) >= 100 ? count(Math.round(value)) : value.toFixed(Math.abs(value) < 10 ? 2 : 1));
  const remember = () => { before = shown.slice(); };

  // ------------------------------------------------------------------------------------------------ pictures

  const colours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["paper", "ink", "quiet", "line", "pale", "real", "fake", "force", "middle", "gen", "disc"]) {
      colours[name] = style.getPropertyValue(`--${name}`).trim();
    }
    for (const name of ["real", "fake", "middle"]) {
      colours[`${name}Rgb`] = [1, 3, 5].map((i) => parseInt(colours[name].slice(i, i + 2), 16));
    }
  }

  /** A canvas as wide as it is shown, in the screen's own pixels; lengths are CSS pixels. */
  function prepared(canvas) {
    const box = canvas.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 2);
    const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);
    return { pen, width: box.width, height: box.height };
  }

  const MAP_X = 96, MAP_Y = 54, map = document.createElement("canvas");
  map.width = MAP_X;
  map.height = MAP_Y;
  const cells = new Float64Array(2 * MAP_X * MAP_Y), logits = new Float64Array(MAP_X * MAP_Y);
  const mapHidden = new Float64Array(MAP_X * MAP_Y * GAN.HIDDEN_DISC), pixels = new ImageData(MAP_X, MAP_Y);

  /** The plane is 1.92 wide and 1.08 high around the real points, or that times the zoom. */
  function toScreen(width, height) {
    const unit = width / (1.92 * zoom);
    return { unit, x: (x) => width / 2 + x * unit, y: (y) => height / 2 - (y - centre) * unit,
      fromX: (px) => (px - width / 2) / unit, fromY: (py) => centre - (py - height / 2) / unit };
  }

  function chooseZoom() {
    const curve = game.target.curve;
    let low = Infinity, high = -Infinity;
    for (let i = 1; i < curve.length; i += 2) { low = Math.min(low, curve[i]); high = Math.max(high, curve[i]); }
    centre = game.target.name === "parabola" ? 0.15 : (low + high) / 2;
    if (drawing) { zoom = 1; centre = 0.15; return; }
    const within = (scale) => {
      let inside = 0;
      for (let i = 0; i < SHOWN; i++) {
        if (Math.abs(shown[2 * i]) < 0.96 * scale && Math.abs(shown[2 * i + 1] - centre) < 0.54 * scale) inside++;
      }
      return inside;
    };
    while (zoom < 256 && within(zoom) < 0.75 * SHOWN) zoom *= 2;
    while (zoom > 1 && within(zoom / 2) > 0.9 * SHOWN) zoom /= 2;
  }

  function drawPlane() {
    GAN.forward(game.generator, shownLatent, SHOWN, hiddenRoom, shown);
    chooseZoom();
    const { pen, width, height } = prepared(at("plane")), screen = toScreen(width, height);

    for (let row = 0, i = 0; row < MAP_Y; row++) {
      for (let column = 0; column < MAP_X; column++, i++) {
        cells[2 * i] = screen.fromX((column + 0.5) * width / MAP_X);
        cells[2 * i + 1] = screen.fromY((row + 0.5) * height / MAP_Y);
      }
    }
    GAN.forward(game.discriminator, cells, MAP_X * MAP_Y, mapHidden, logits);
    for (let i = 0; i < logits.length; i++) {
      const certainty = 2 * GAN.sigmoid(logits[i]) - 1;
      const end = certainty > 0 ? colours.realRgb : colours.fakeRgb, share = 0.85 * Math.sqrt(Math.abs(certainty));
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = colours.middleRgb[c] + share * (end[c] - colours.middleRgb[c]);
      pixels.data[4 * i + 3] = 255;
    }
    map.getContext("2d").putImageData(pixels, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(map, 0, 0, width, height);

    drawTicks(pen, width, height, screen);
    drawBorder(pen, width, height);
    drawCurve(pen, screen);
    drawPoints(pen, screen, Math.max(0.6, Math.min(1, width / 700)));
    if (drawing) drawStrokes(pen, screen);
    const lost = countOutside(width, height, screen);
    const out = [zoom > 1 ? `view ${zoom} times wider` : "", lost ? `${lost} of ${SHOWN} points outside` : ""]
      .filter(Boolean).join(", ");
    if (at("outside").textContent !== out) at("outside").textContent = out;
  }

  function drawTicks(pen, width, height, screen) {
    const gap = 0.5 * zoom;
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colours.ink;
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.75;
    pen.textAlign = "center";
    for (let x = Math.ceil(screen.fromX(0) / gap) * gap; x <= screen.fromX(width); x += gap) {
      pen.beginPath(); pen.moveTo(screen.x(x), height); pen.lineTo(screen.x(x), height - 6); pen.stroke();
      pen.fillText(`${+x.toFixed(2)}`, screen.x(x), height - 10);
    }
    pen.textAlign = "left";
    for (let y = Math.ceil(screen.fromY(height - 24) / gap) * gap; y < screen.fromY(14); y += gap) {
      pen.beginPath(); pen.moveTo(0, screen.y(y)); pen.lineTo(6, screen.y(y)); pen.stroke();
      pen.fillText(`${+y.toFixed(2)}`, 10, screen.y(y) + 4);
    }
    pen.globalAlpha = 1;
  }

  /** Where the verdict is one half: cell by cell, the piece of line between the sides on which the logit changes sign. */
  function drawBorder(pen, width, height) {
    const sx = width / MAP_X, sy = height / MAP_Y;
    pen.strokeStyle = colours.quiet;
    pen.lineWidth = 1.2;
    pen.setLineDash([4, 4]);
    pen.beginPath();
    for (let row = 0; row < MAP_Y - 1; row++) {
      for (let column = 0; column < MAP_X - 1; column++) {
        const i = row * MAP_X + column, side = logits[i] > 0, found = [];
        if ((logits[i + 1] > 0) === side && (logits[i + MAP_X] > 0) === side && (logits[i + MAP_X + 1] > 0) === side) continue;
        for (const [a, b, ax, ay, bx, by] of [[i, i + 1, 0, 0, 1, 0], [i + 1, i + MAP_X + 1, 1, 0, 1, 1],
          [i + MAP_X, i + MAP_X + 1, 0, 1, 1, 1], [i, i + MAP_X, 0, 0, 0, 1]]) {
          if ((logits[a] > 0) === (logits[b] > 0)) continue;
          const share = logits[a] / (logits[a] - logits[b]);
          found.push([(column + 0.5 + ax + share * (bx - ax)) * sx, (row + 0.5 + ay + share * (by - ay)) * sy]);
        }
        if (found.length > 1) { pen.moveTo(...found[0]); pen.lineTo(...found[1]); }
      }
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  function drawCurve(pen, screen) {
    const curve = game.target.curve, far = (0.1 * zoom) ** 2;
    pen.strokeStyle = colours.ink;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let i = 0; i < curve.length; i += 2) {
      const jump = i === 0 || (curve[i] - curve[i - 2]) ** 2 + (curve[i + 1] - curve[i - 1]) ** 2 > Math.min(far, 0.01);
      if (jump) pen.moveTo(screen.x(curve[i]), screen.y(curve[i + 1])); else pen.lineTo(screen.x(curve[i]), screen.y(curve[i + 1]));
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  const arrowLength = (strength) => Math.min(45, 30 * Math.sqrt(strength));

  function drawPoints(pen, screen, size) { // size: 1, or less where the plane is small
    pen.lineWidth = 1;
    for (let i = 0; i < SHOWN; i++) {
      pen.beginPath();
      pen.arc(screen.x(shownReal[2 * i]), screen.y(shownReal[2 * i + 1]), 3.2 * size, 0, 2 * Math.PI);
      pen.fillStyle = colours.real;
      pen.strokeStyle = colours.paper;
      pen.fill();
      pen.stroke();
    }
    if (before) { // where the points were before the last click
      pen.strokeStyle = colours.ink;
      pen.globalAlpha = 0.4;
      pen.lineWidth = 1;
      pen.beginPath();
      for (let i = 0; i < SHOWN; i++) {
        pen.moveTo(screen.x(before[2 * i]), screen.y(before[2 * i + 1]));
        pen.lineTo(screen.x(shown[2 * i]), screen.y(shown[2 * i + 1]));
      }
      pen.stroke();
      pen.globalAlpha = 1;
    }
    const force = GAN.force(game.discriminator, shown, SHOWN, game.settings.saturating), strengths = [];
    pen.strokeStyle = pen.fillStyle = colours.force;
    pen.lineWidth = 1.6 * size;
    for (let i = 0; i < SHOWN; i++) {
      const fx = force[2 * i], fy = force[2 * i + 1], strength = Math.sqrt(fx * fx + fy * fy), length = size * arrowLength(strength);
      strengths.push(strength);
      if (length < 1) continue;
      const dx = fx / strength, dy = -fy / strength, x = screen.x(shown[2 * i]), y = screen.y(shown[2 * i + 1]);
      const tipX = x + dx * (length + 4), tipY = y + dy * (length + 4), head = Math.min(7, 2 + length / 3);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(tipX - dx * head * 0.8, tipY - dy * head * 0.8);
      pen.stroke();
      pen.beginPath();
      pen.moveTo(tipX, tipY);
      pen.lineTo(tipX - dx * head - dy * head * 0.5, tipY - dy * head + dx * head * 0.5);
      pen.lineTo(tipX - dx * head + dy * head * 0.5, tipY - dy * head - dx * head * 0.5);
      pen.fill();
    }
    strengths.sort((a, b) => a - b);
    medianForce = strengths[SHOWN / 2];
    pen.fillStyle = colours.fake;
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1;
    const r = 4 * size;
    for (let i = 0; i < SHOWN; i++) {
      const x = screen.x(shown[2 * i]), y = screen.y(shown[2 * i + 1]);
      pen.beginPath();
      pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y);
      pen.closePath();
      pen.fill();
      pen.stroke();
    }
  }

  function countOutside(width, height, screen) {
    let outside = 0;
    for (let i = 0; i < SHOWN; i++) {
      const x = screen.x(shown[2 * i]), y = screen.y(shown[2 * i + 1]);
      if (!(x >= 0 && x <= width && y >= 0 && y <= height)) outside++;
    }
    return outside;
  }

  // ------------------------------------------------------------------------------------------------ charts

  const stretch = (value) => Math.asinh(value * 2); // even around 0, logarithmic beyond

  function frameOf(canvas, ticks, scale, low, high, top = 8) {
    const { pen, width, height } = prepared(canvas), left = 40, right = 8, bottom = 20;
    const last = Math.max(game.step, 100);
    const x = (step) => left + (width - left - right) * step / last;
    const y = (value) => height - bottom - (height - top - bottom) * (scale(Math.max(low, Math.min(high, value))) - scale(low)) / (scale(high) - scale(low));
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    for (const tick of ticks) {
      pen.strokeStyle = colours.pale;
      pen.beginPath(); pen.moveTo(left, y(tick)); pen.lineTo(width - right, y(tick)); pen.stroke();
      pen.fillStyle = colours.quiet;
      pen.textAlign = "right";
      pen.fillText(count(tick), left - 5, y(tick) + 4);
    }
    pen.textAlign = "left";
    pen.fillText("0", left, height - 5);
    pen.textAlign = "right";
    pen.fillText(`step ${count(last)}`, width - right, height - 5);
    return { pen, x, y, left, right: width - right };
  }

  function drawEnergy() {
    const { pen, x, y, left, right } = frameOf(at("energyChart"), [0, 1, 10, 100, 1000], stretch, -1, 4000);
    if (floor) {
      pen.fillStyle = colours.line;
      pen.globalAlpha = 0.35;
      pen.fillRect(left, y(2 * floor), right - left, y(-2 * floor) - y(2 * floor));
      pen.globalAlpha = 1;
    }
    pen.strokeStyle = pen.fillStyle = colours.ink;
    pen.lineWidth = 1.8;
    pen.beginPath();
    judgements.forEach(({ step, energy }, i) => (i ? pen.lineTo(x(step), y(energy)) : pen.moveTo(x(step), y(energy))));
    pen.stroke();
    const last = judgements[judgements.length - 1];
    if (last) { pen.beginPath(); pen.arc(x(last.step), y(last.energy), 3, 0, 2 * Math.PI); pen.fill(); }
  }

  function drawLosses() {
    const lowest = game.settings.saturating ? -2 : 0;
    const { pen, x, y, left, right } = frameOf(at("lossChart"), lowest ? [-2, -1, 0, 1, 2, 3] : [0, 1, 2, 3], (value) => value, lowest, 3, 42);
    const pieces = losses.open ? [...losses.pieces, losses.open] : losses.pieces;
    for (const [name, colour, draw, text] of [["d", colours.disc, 2 * Math.LN2, "discriminator"],
      ["g", colours.gen, game.settings.saturating ? -Math.LN2 : Math.LN2, "generator"]]) {
      pen.fillStyle = pen.strokeStyle = colour;
      pen.setLineDash([6, 4]);
      pen.lineWidth = 1;
      pen.beginPath(); pen.moveTo(left, y(draw)); pen.lineTo(right, y(draw)); pen.stroke();
      pen.setLineDash([]);
      let done = 0;
      const steps = pieces.map((piece) => { done += piece.n; return done - piece.n / 2; });
      pen.globalAlpha = 0.3;
      pen.beginPath();
      pieces.forEach((piece, i) => pen.lineTo(x(steps[i]), y(piece[name][2])));
      for (let i = pieces.length - 1; i >= 0; i--) pen.lineTo(x(steps[i]), y(pieces[i][name][1]));
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = 1.6;
      pen.beginPath();
      pieces.forEach((piece, i) => pen.lineTo(x(steps[i]), y(piece[name][0] / piece.n)));
      pen.stroke();
      const row = name === "d" ? 12 : 28;
      pen.fillRect(left, row - 6, 18, 3);
      pen.fillStyle = colours.ink;
      pen.textAlign = "left";
      pen.fillText(`${text}; a draw is ${name === "d" ? "2 ln 2" : draw < 0 ? "−ln 2" : "ln 2"} = ${draw.toFixed(3)}`, left + 26, row);
    }
  }

  // ------------------------------------------------------------------------------------------------ numbers

  function show() {
    drawPlane();
    showCourse();
  }

  function showCourse() {
    drawEnergy();
    drawLosses();
    const last = judgements[judgements.length - 1];
    const manual = game.step === 0 && game.dCount + game.gCount > 0;
    at("nForce").textContent = medianForce < 0.00005 ? "0.0000" : medianForce.toPrecision(2);
    at("nStep").textContent = manual ? `0 (${game.dCount} + ${game.gCount} half-steps)` : count(game.step);
    at("nEnergy").textContent = rounded(last.energy);
    at("nFloor").textContent = floor ? `0 ± ${(2 * floor).toFixed(1)}` : "–";
    at("nCovered").textContent = `${Math.round(10 * last.covered)} of 10`;
    at("nRight").textContent = `${Math.round(100 * last.right)}%`;
    at("nAlive").textContent = `${last.alive} of ${GAN.HIDDEN_GEN}`;
  }

  /** The pictures in words, for those who cannot see them; renewed when the game stands still. */
  function describe() {
    const last = judgements[judgements.length - 1];
    let x = 0, y = 0;
    for (let i = 0; i < SHOWN; i++) { x += shown[2 * i] / SHOWN; y += shown[2 * i + 1] / SHOWN; }
    at("plane").setAttribute("aria-label", `The plane at step ${game.step}: the generated points lie around (${x.toFixed(2)}, ` +
      `${y.toFixed(2)}) and cover ${Math.round(10 * last.covered)} tenths of the curve; the median force is ${at("nForce").textContent}.`);
    at("energyChart").setAttribute("aria-label", `Energy distance times 1000 from ${rounded(judgements[0].energy)} at the start to ` +
      `${rounded(last.energy)} at step ${last.step}; real points have 0.`);
    at("lossChart").setAttribute("aria-label", Number.isNaN(game.dLoss + game.gLoss) ? "No losses yet" :
      `Losses of the last step: discriminator ${game.dLoss.toFixed(3)}, generator ${game.gLoss.toFixed(3)}.`);
    at("address").value = location.href.split("#")[0] + writeAddress(game.settings, pure ? game.step : 0);
  }

  // ------------------------------------------------------------------------------------------------ buttons

  /** Half-steps of one player, by hand. */
  function byHand(half, player) {
    if (running) stop();
    remember();
    const repeat = Number(at("repeat").value);
    for (let i = 0; i < repeat; i++) half(game);
    pure = false;
    judge();
    show();
    describe();
    at("turn").textContent = player === "discriminator" ? "The map is repainted; no point has moved." : "The points have moved; the map stands.";
  }

  at("run").addEventListener("click", () => (running ? stop() : start()));
  at("step").addEventListener("click", () => {
    if (running) stop();
    remember();
    oneStep();
    judge();
    show();
    describe();
    at("turn").textContent = "";
  });
  at("dHalf").addEventListener("click", () => byHand(GAN.discriminatorHalf, "discriminator"));
  at("gHalf").addEventListener("click", () => byHand(GAN.generatorHalf, "generator"));
  at("again").addEventListener("click", () => restart(game.settings));

  function restart(settings) {
    if (running) stop();
    begin(settings);
    at("turn").textContent = "";
    keepAddress();
    describe();
  }

  function keepAddress() {
    history.replaceState(null, "", location.pathname + location.search + writeAddress(game.settings));
  }

  // ------------------------------------------------------------------------------------------------ settings

  for (const [name, values] of Object.entries(CHOICES)) {
    for (const value of values) at(name).append(new Option(value === 0 ? (name === "beta1" ? "0" : "none") : String(value), String(value)));
  }
  const FIELDS = [...Object.keys(CHOICES), ...SWITCHES];

  function showSettings() {
    for (const name of FIELDS) {
      const value = String(typeof game.settings[name] === "boolean" ? Number(game.settings[name]) : game.settings[name]), field = at(name);
      if (![...field.options].some((option) => option.value === value)) field.append(new Option(value, value));
      field.value = value;
    }
    at("seed").value = game.settings.seed;
    const target = at("target"), own = game.settings.target.startsWith("own.");
    [...target.options].filter((option) => option.value.startsWith("own.")).forEach((option) => option.remove());
    if (own) target.append(new Option("what was drawn", game.settings.target));
    target.value = game.settings.target;
  }

  for (const name of FIELDS) {
    at(name).addEventListener("change", () => {
      const value = SWITCHES.includes(name) ? at(name).value === "1" : Number(at(name).value);
      if (game.step + game.dCount + game.gCount === 0) { restart({ ...game.settings, [name]: value }); return; }
      pure = false;
      GAN.change(game, { [name]: value });
      keepAddress();
      if (!running) { show(); describe(); }
    });
  }
  at("seed").addEventListener("change", () => {
    const { settings, complaint } = readAddress(`#seed=${at("seed").value}`);
    restart({ ...game.settings, seed: settings.seed });
    say(complaint.replace("The address asks for seed=", "The seed cannot be "));
  });
  at("nextSeed").addEventListener("click", () => restart({ ...game.settings, seed: game.settings.seed + 1 }));
  at("usual").addEventListener("click", () => restart(GAN.SETTINGS));
  at("target").addEventListener("change", () => restart({ ...game.settings, target: at("target").value }));
  at("link").addEventListener("click", async () => {
    describe();
    at("address").select();
    try {
      await navigator.clipboard.writeText(at("address").value);
      say("The link is copied.");
    } catch {
      say("Copy the address from the field below the button.");
    }
  });

  // ------------------------------------------------------------------------------------------------ failures, cures

  const PRESETS = [
    { id: "healthy", name: "A healthy game", wide: true,
      look: "The cloud falls onto the curve within some thousand steps and spreads along it; the losses settle on the dashed lines." },
    { id: "collapse", name: "Collapse",
      look: "The generator’s rate is 50 times larger: all points huddle in one place and chase along the curve, faster than the discriminator can learn. The losses look like a draw but jump from step to step.",
      cured: "The same game with a rate of 0.001 for both: the cloud opens and covers the curve." },
    { id: "dead", name: "Dead units",
      look: "ReLU and a rate 50 times larger: within some thousand steps “units alive” falls to 0 or 1, and the generator no longer heeds its input. Lower its rate to 0.001 by hand: hardly a unit comes back.",
      cured: "LeakyReLU and a rate of 0.001: a unit that is off still gets a gradient, so none is lost." },
    { id: "oscillation", name: "Oscillation",
      look: "Adam’s beta_1 is 0.99, a memory of some hundred steps: the cloud overshoots the curve, swings back and overshoots again, and no end is in sight.",
      cured: "beta_1 of 0.5, a memory of two steps: the swings die out." },
    { id: "tooGood", name: "Discriminator too good",
      look: "Five updates a step at a rate of 0.03, and the saturating loss: the map turns flat but for a narrow strip along the curve, with a cliff around it; most arrows vanish, and the discriminator goes on being right.",
      cured: "A rate of 0.001 and R1 of weight 0.01, still five updates and the saturating loss: the slopes stay gentle, every point feels a force, and the cloud finds the curve." },
  ];

  for (const preset of PRESETS) {
    const makeButton = (text, label, settings, look) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      if (label) button.setAttribute("aria-label", label);
      button.addEventListener("click", () => {
        restart({ ...GAN.SETTINGS, ...settings, seed: game.settings.seed });
        at("lookFor").textContent = look;
        at("lookFor").hidden = false;
        say(`${label || text}: a new game from seed ${game.settings.seed} is running.`);
        const said = at("say").textContent;
        at("speed").value = "fast";
        start();
        say(said);
      });
      at("presets").append(button);
      return button;
    };
    if (preset.wide) { makeButton(preset.name, "", {}, preset.look).className = "wide"; continue; }
    const { settings, cure } = GAN.FAILURES[preset.id];
    makeButton(preset.name, "", settings, preset.look);
    makeButton("Cure", `Cure of: ${preset.name}`, { ...settings, ...cure }, preset.cured);
  }

  // ------------------------------------------------------------------------------------------------ the examiner

  at("examine").addEventListener("click", () => {
    const step = game.step, mine = GAN.newExaminer(GAN.judged(game), game.target, game.settings.seed + step);
    examiner = mine;
    (function more() {
      if (examiner !== mine) return; // another exam, or another game, has begun
      const end = performance.now() + 8;
      let share = 0;
      while (share < 1 && performance.now() < end) share = mine.work(10);
      if (share < 1) {
        at("exam").textContent = `Studying: ${Math.round(100 * share)}%`;
        setTimeout(more, 0);
        return;
      }
      const text = `Step ${count(step)}: the fresh examiner is right about ${(100 * mine.accuracy).toFixed(1)}% of 10,000 fresh points. ` +
        "50% would be guessing.";
      at("exam").textContent = text;
      at("heard").textContent = text; // for a screen reader, once, and not each of the percents before
    })();
  });

  // ------------------------------------------------------------------------------------------------ draw your own

  function draw(on) {
    if (running) stop();
    drawing = on ? { strokes: [], down: false, cursor: [0, 0.15], keys: false } : null;
    at("moves").hidden = at("pace").hidden = Boolean(on);
    at("pen").hidden = !on;
    plane.classList.toggle("drawing", Boolean(on));
    if (on) {
      plane.tabIndex = 0;
      plane.setAttribute("aria-label", "Plane to draw on. Arrow keys move the pen, Space sets it down and lifts it, Enter is done, Escape leaves.");
      plane.scrollIntoView({ block: "nearest" });
      plane.focus({ preventScroll: true });
    } else {
      plane.removeAttribute("tabindex");
      describe();
    }
    show();
  }

  function addPoint(x, y) {
    const stroke = drawing.strokes[drawing.strokes.length - 1], last = stroke[stroke.length - 1];
    const place = [Math.max(-0.95, Math.min(0.95, x)), Math.max(-0.38, Math.min(0.68, y))];
    const total = drawing.strokes.reduce((sum, one) => sum + one.length, 0);
    if (total < 400 && (!last || Math.hypot(place[0] - last[0], place[1] - last[1]) > 0.018)) stroke.push(place);
  }

  function pointAt(event) {
    const box = plane.getBoundingClientRect(), screen = toScreen(box.width, box.height);
    return [screen.fromX(event.clientX - box.left), screen.fromY(event.clientY - box.top)];
  }

  plane.addEventListener("pointerdown", (event) => {
    if (!drawing) return;
    event.preventDefault();
    plane.setPointerCapture(event.pointerId);
    drawing.strokes.push([]);
    drawing.down = "pointer";
    drawing.keys = false;
    addPoint(...pointAt(event));
    show();
  });
  plane.addEventListener("pointermove", (event) => {
    if (!drawing || drawing.down !== "pointer") return;
    for (const part of event.getCoalescedEvents ? event.getCoalescedEvents() : [event]) addPoint(...pointAt(part));
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) plane.addEventListener(name, () => { if (drawing) drawing.down = false; });

  plane.addEventListener("keydown", (event) => {
    if (!drawing) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way) {
      const by = event.shiftKey ? 0.1 : 0.025;
      drawing.cursor = [Math.max(-0.95, Math.min(0.95, drawing.cursor[0] + by * way[0])), Math.max(-0.38, Math.min(0.68, drawing.cursor[1] + by * way[1]))];
      if (drawing.down === "key") addPoint(...drawing.cursor);
    } else if (event.key === " ") {
      drawing.down = drawing.down === "key" ? false : "key";
      if (drawing.down) { drawing.strokes.push([]); addPoint(...drawing.cursor); }
      say(drawing.down ? "The pen is down." : "The pen is up.");
    } else if (event.key === "Enter") {
      at("penDone").click();
      return;
    } else if (event.key === "Escape") {
      at("penCancel").click();
      return;
    } else {
      return;
    }
    drawing.keys = true;
    event.preventDefault();
    show();
  });

  function drawStrokes(pen, screen) {
    pen.fillStyle = colours.paper;
    pen.globalAlpha = 0.85;
    pen.fillRect(0, 0, plane.clientWidth, plane.clientHeight);
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.real;
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of drawing.strokes) {
      pen.beginPath();
      stroke.forEach(([x, y]) => pen.lineTo(screen.x(x), screen.y(y)));
      pen.stroke();
    }
    if (drawing.keys) {
      const [x, y] = drawing.cursor;
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(screen.x(x), screen.y(y), drawing.down ? 4 : 8, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  at("draw").addEventListener("click", () => draw(true));
  at("penUndo").addEventListener("click", () => { drawing.strokes.pop(); drawing.down = false; show(); });
  at("penCancel").addEventListener("click", () => { draw(false); at("draw").focus(); });
  at("penDone").addEventListener("click", () => {
    const word = GAN.writeStrokes(drawing.strokes.filter((stroke) => stroke.length > 1));
    if (!GAN.readStrokes(word)) { say("Draw a line first: a single dot has no length."); return; }
    draw(false);
    restart({ ...game.settings, target: word });
    say("The real points now lie on what you drew. Press Run.");
    at("run").focus();
  });

  // ------------------------------------------------------------------------------------------------ beginning

  function open() {
    if (running) stop();
    const { settings, goal: step, complaint } = readAddress(location.hash);
    begin(settings);
    describe();
    if (step > 0) { goal = step; start(); }
    say(complaint);
  }

  readColours();
  open();
  addEventListener("hashchange", open);
  addEventListener("resize", show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); show(); });
})();
