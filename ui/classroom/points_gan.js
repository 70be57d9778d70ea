// A GAN of points in the plane: two small networks of leaky ReLUs, their losses and gradients, and Adam. It is the
// arithmetic of gan/learning (losses.py, penalties.py, trainer.py) in plain JavaScript and double precision; a test holds
// the two against each other. Points are flat arrays, x and y in turn.

const SLOPE = 0.2; // of a leaky ReLU below 0

// Random numbers of a seed, evenly in [0, 1) (mulberry32) and normal (Box and Muller 1958).
export function random(seed) {
  let state = seed >>> 0;
  const even = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  return { even, normal };
}

// A network as a list of layers; each has weights (out, in), row by row, and biases (out). He et al. 2015.
export function newNetwork(sizes, chance) {
  return sizes.slice(1).map((out, i) => ({
    in: sizes[i],
    out,
    weights: Float64Array.from({ length: out * sizes[i] }, () => chance.normal() * Math.sqrt(2 / sizes[i] / 1.04)),
    biases: new Float64Array(out),
  }));
}

const zerosLike = (network) =>
  network.map(({ weights, biases }) => ({
    weights: new Float64Array(weights.length),
    biases: new Float64Array(biases.length),
  }));

// What each layer makes of n inputs: the first is the input itself, the last the output.
export function forward(network, input, n) {
  const values = [input];
  network.forEach(({ in: width, out, weights, biases }, layer) => {
    const from = values[layer];
    const to = new Float64Array(n * out);
    const below = layer === network.length - 1 ? 1 : SLOPE;
    for (let i = 0, at = 0; i < n; i++) {
      const start = i * width;
      for (let j = 0, w = 0; j < out; j++) {
        let sum = biases[j];
        for (let k = 0; k < width; k++) sum += weights[w++] * from[start + k];
        to[at++] = sum > 0 ? sum : below * sum;
      }
    }
    values.push(to);
  });
  return values;
}

// Leads the derivative by the output (n, out) back through the network: adds to `gradients`, where there are any, and
// returns the derivative by the input.
export function backward(network, values, byOutput, n, gradients) {
  let by = byOutput;
  for (let layer = network.length - 1; layer >= 0; layer--) {
    const { in: width, out, weights } = network[layer];
    const bent = kinked(network, values, by, layer);
    if (gradients) {
      const { weights: byWeights, biases } = gradients[layer];
      outer(byWeights, bent, values[layer], n, out, width);
      for (let at = 0; at < bent.length; at++) biases[at % out] += bent[at];
    }
    by = times(weights, bent, n, out, width);
  }
  return by;
}

// A derivative by what a layer gives (n, out), led back through its kinks; the last layer has none.
function kinked(network, values, by, layer) {
  if (layer === network.length - 1) return by;
  const to = values[layer + 1];
  return by.map((x, at) => (to[at] > 0 ? x : SLOPE * x));
}

// (n, out) times weights (out, width): (n, width).
function times(weights, by, n, out, width) {
  const product = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    const start = i * width;
    for (let j = 0, w = 0; j < out; j++) {
      const one = by[i * out + j];
      for (let k = 0; k < width; k++) product[start + k] += one * weights[w++];
    }
  }
  return product;
}

// Adds to (out, width) the sum over n of what is in a (n, out) times what is in b (n, width).
function outer(sums, a, b, n, out, width) {
  for (let i = 0; i < n; i++) {
    const start = i * width;
    for (let j = 0, w = 0; j < out; j++) {
      const one = a[i * out + j];
      for (let k = 0; k < width; k++) sums[w++] += one * b[start + k];
    }
  }
}

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const mean = (values, of) => values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length;

// gan.learning.losses: the loss, and its derivative by each logit of real and of forged points.
export const LOSSES = {
  textbook: {
    inspector(real, fake, label) {
      const n = real.length;
      return {
        value: mean(real, (x) => softplus(x) - label * x) + mean(fake, softplus),
        byReal: real.map((x) => (sigmoid(x) - label) / n),
        byFake: fake.map((x) => sigmoid(x) / n),
      };
    },
    forger: (fake) => ({ value: mean(fake, (x) => softplus(-x)), byFake: fake.map((x) => -sigmoid(-x) / fake.length) }),
  },
  relativistic: {
    inspector(real, fake) {
      const byFake = fake.map((x, i) => sigmoid(x - real[i]) / fake.length);
      return { value: mean(fake, (x, i) => softplus(x - real[i])), byReal: byFake.map((x) => -x), byFake };
    },
    forger: (fake, real) => ({
      value: mean(fake, (x, i) => softplus(real()[i] - x)),
      byFake: fake.map((x, i) => -sigmoid(real()[i] - x) / fake.length),
    }),
  },
};

// R1 (Mescheder et al. 2018; gan.learning.penalties): gamma / 2 times the mean squared slope of the verdict at the real
// points. Adds its derivative to `gradients` and returns it. Between its kinks a leaky ReLU is straight, so the slope
// depends on the weights through two plain products.
export function penalise(network, values, n, gamma, gradients) {
  // Down: the derivative of each verdict by what every layer gives, behind its kink; at last by the point itself.
  const bent = [];
  let by = new Float64Array(n).fill(1);
  for (let layer = network.length - 1; layer >= 0; layer--) {
    const { in: width, out, weights } = network[layer];
    bent[layer] = kinked(network, values, by, layer);
    by = times(weights, bent[layer], n, out, width);
  }
  const sum = by.reduce((all, x) => all + x * x, 0);
  // Up again: how the squared slope hangs on each weight.
  by = by.map((x) => (gamma * x) / n);
  network.forEach(({ in: width, out, weights }, layer) => {
    outer(gradients[layer].weights, bent[layer], by, n, out, width);
    const next = new Float64Array(n * out);
    for (let i = 0, at = 0; i < n; i++) {
      for (let j = 0, w = 0; j < out; j++, at++) {
        for (let k = 0; k < width; k++) next[at] += weights[w++] * by[i * width + k];
      }
    }
    by = kinked(network, values, next, layer);
  });
  return ((gamma / 2) * sum) / n;
}

// The inspector's loss on n real and n forged points, with its gradients.
export function inspectorLoss(inspector, real, fake, n, { loss, label, gamma }) {
  const gradients = zerosLike(inspector);
  const [ofReal, ofFake] = [forward(inspector, real, n), forward(inspector, fake, n)];
  const [realLogits, fakeLogits] = [ofReal.at(-1), ofFake.at(-1)];
  const { value, byReal, byFake } = LOSSES[loss].inspector(realLogits, fakeLogits, label);
  backward(inspector, ofReal, byReal, n, gradients);
  backward(inspector, ofFake, byFake, n, gradients);
  const penalty = gamma > 0 ? penalise(inspector, ofReal, n, gamma, gradients) : 0;
  return { value: value + penalty, penalty, gradients, realLogits, fakeLogits };
}

// The forger's loss for n latents, with its gradients, its points, and where each of them would have to go for less.
export function forgerLoss(forger, inspector, latents, real, n, { loss }) {
  const gradients = zerosLike(forger);
  const drawn = forward(forger, latents, n);
  const points = drawn.at(-1);
  const judged = forward(inspector, points, n);
  let ofReal; // not every loss looks at it
  const realLogits = () => (ofReal ??= forward(inspector, real, n).at(-1));
  const { value, byFake } = LOSSES[loss].forger(judged.at(-1), realLogits);
  const byPoints = backward(inspector, judged, byFake, n, null);
  backward(forger, drawn, byPoints, n, gradients);
  return { value, gradients, points, wish: byPoints.map((x) => -x * n) };
}

// Kingma and Ba 2015, as torch.optim.Adam.
export class Adam {
  constructor(network, beta1 = 0.5, beta2 = 0.99) {
    Object.assign(this, { network, beta1, beta2, steps: 0, first: zerosLike(network), second: zerosLike(network) });
  }

  descend(gradients, rate) {
    this.steps += 1;
    const [long, short] = [1 - this.beta1 ** this.steps, 1 - this.beta2 ** this.steps];
    this.network.forEach((layer, l) => {
      for (const part of ["weights", "biases"]) {
        const [first, second, by] = [this.first[l][part], this.second[l][part], gradients[l][part]];
        for (let i = 0; i < by.length; i++) {
          first[i] += (1 - this.beta1) * (by[i] - first[i]);
          second[i] += (1 - this.beta2) * (by[i] * by[i] - second[i]);
          layer[part][i] -= (rate * first[i]) / long / (Math.sqrt(second[i] / short) + 1e-8);
        }
      }
    });
  }
}

const BLOB = 0.05; // how far the points of a blob scatter
const around = (count, radius) =>
  Array.from({ length: count }, (_, i) => [
    radius * Math.cos((2 * Math.PI * i) / count),
    radius * Math.sin((2 * Math.PI * i) / count),
  ]);
const CENTRES = { two: [[-0.6, 0], [0.6, 0]], eight: around(8, 0.75) };

// What is real: a function that gives n real points.
export function target(name, chance, own = []) {
  const scatter = ([x, y]) => [x + BLOB * chance.normal(), y + BLOB * chance.normal()];
  const pick = (list) => list[Math.floor(chance.even() * list.length)];
  const one = {
    line: () => { const t = 2 * chance.even() - 1; return scatter([0.8 * t, 0.5 * t]); },
    ring: () => { const t = 2 * Math.PI * chance.even(); return scatter([0.7 * Math.cos(t), 0.7 * Math.sin(t)]); },
    two: () => scatter(pick(CENTRES.two)),
    eight: () => scatter(pick(CENTRES.eight)),
    own: () => scatter(own.length ? pick(own) : [0, 0]),
  }[name];
  return (n) => Float64Array.from(Array.from({ length: n }, one).flat());
}

// How many of a target's blobs have at least a quarter of their share of the points near them; null without blobs.
export function blobsFound(name, points) {
  const centres = CENTRES[name];
  if (!centres) return null;
  const found = centres.map(() => 0);
  for (let i = 0; i < points.length; i += 2) {
    centres.forEach(([x, y], c) => {
      if (Math.hypot(points[i] - x, points[i + 1] - y) < 4 * BLOB) found[c] += 1;
    });
  }
  return found.filter((count) => count >= points.length / 2 / centres.length / 4).length;
}

export const BATCH = 64;
export const HIDDEN = 24;
const LATENT = 2;

// One training: `settings` (target, loss, label, gamma, rateG, rateD, stepsG, stepsD) may change at any time.
export class PointsGan {
  constructor(settings, seed, own = []) {
    this.settings = settings;
    this.chance = random(seed);
    this.forger = newNetwork([LATENT, HIDDEN, HIDDEN, 2], this.chance);
    this.inspector = newNetwork([2, HIDDEN, HIDDEN, 1], this.chance);
    this.adamG = new Adam(this.forger);
    this.adamD = new Adam(this.inspector);
    this.fixed = this.latents(256); // those that are shown
    this.steps = 0;
    this.own = own;
  }

  latents(n) {
    return Float64Array.from({ length: n * LATENT }, () => this.chance.normal());
  }

  real(n) {
    return target(this.settings.target, this.chance, this.own)(n);
  }

  points() {
    return forward(this.forger, this.fixed, this.fixed.length / LATENT).at(-1);
  }

  stepInspector() {
    const fake = forward(this.forger, this.latents(BATCH), BATCH).at(-1);
    this.ofInspector = inspectorLoss(this.inspector, this.real(BATCH), fake, BATCH, this.settings);
    this.adamD.descend(this.ofInspector.gradients, this.settings.rateD);
  }

  stepForger() {
    const [latents, real] = [this.latents(BATCH), this.real(BATCH)];
    this.ofForger = forgerLoss(this.forger, this.inspector, latents, real, BATCH, this.settings);
    this.adamG.descend(this.ofForger.gradients, this.settings.rateG);
  }

  step() {
    for (let i = 0; i < this.settings.stepsD; i++) this.stepInspector();
    for (let i = 0; i < this.settings.stepsG; i++) this.stepForger();
    this.steps += 1;
  }
}
