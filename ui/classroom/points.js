// The sandbox's controls and its clock. Called by Streamlit for every update, always with the same parentElement.

const SHOWN_REAL = 256;
const FRAME_MS = 12; // of computing in each frame: the rest is the browser's
const SLOW_MS = 500; // from one step to the next in slow motion
const RATES = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02];
const CALM = { loss: "textbook", label: 1, gamma: 0, rateG: 0.002, rateD: 0.002, stepsG: 1, stepsD: 1 };
export const COLLAPSE = { loss: "textbook", gamma: 0, rateG: 0.02, rateD: 0.0005, stepsG: 1, stepsD: 1 };
export const CURE = { loss: "relativistic", gamma: 0.1, rateG: 0.002, rateD: 0.002, stepsG: 1, stepsD: 1 };

export default function ({ parentElement }) {
  const root = parentElement.querySelector(".forger-points");
  root.sandbox ??= new Sandbox(root); // it goes on through the page's reruns
  return () => root.isConnected || root.sandbox.stop();
}

const options = (list, chosen) =>
  list.map(([value, label]) => `<option value="${value}"${value === chosen ? " selected" : ""}>${label}</option>`).join("");

const LAYOUT = `
  <div class="stage">
    <canvas width="560" height="560" tabindex="0" role="img"></canvas>
    <p class="words" aria-live="off"></p>
  </div>
  <div class="controls">
    <div class="row">
      <button data-do="run" class="main">Run</button>
      <button data-do="step">Step</button>
      <button data-do="stepD">Inspector only</button>
      <button data-do="stepG">Forger only</button>
      <label><input type="checkbox" data-do="slow"> slow</label>
      <button data-do="reset">Start anew</button>
    </div>
    <div class="row">
      <label>Real points <select name="target">${options([["line", "a line"], ["ring", "a ring"], ["two", "two blobs"],
        ["eight", "eight blobs"], ["own", "draw your own"]], "eight")}</select></label>
      <label>Loss <select name="loss">${options([["textbook", "textbook"], ["relativistic", "relativistic"]])}</select></label>
      <label>R1 <select name="gamma">${options([[0, "off"], [0.1, "0.1"], [1, "1"]], 0)}</select></label>
      <label>Forger's rate <select name="rateG">${options(RATES.map((x) => [x, x]), CALM.rateG)}</select></label>
      <label>Inspector's rate <select name="rateD">${options(RATES.map((x) => [x, x]), CALM.rateD)}</select></label>
      <label>Forger's lessons <input name="stepsG" type="number" min="0" max="10" value="1"></label>
      <label>Inspector's lessons <input name="stepsD" type="number" min="0" max="10" value="1"></label>
    </div>
    <div class="row">
      <button data-do="collapse">Make it collapse</button>
      <button data-do="cure">Cure it</button>
    </div>
    <p class="hint"></p>
  </div>`;

class Sandbox {
  constructor(root) {
    this.root = root;
    root.innerHTML = LAYOUT;
    this.canvas = root.querySelector("canvas");
    this.settings = { target: "eight", ...CALM };
    this.own = [];
    this.seed = 0;
    this.reset();
    root.addEventListener("click", (event) => this.act(event.target.dataset.do));
    root.addEventListener("change", (event) => this.change(event.target));
    this.canvas.addEventListener("pointerdown", (event) => this.put(plane(this.canvas, event)));
    this.canvas.addEventListener("pointermove", (event) => event.buttons && this.put(plane(this.canvas, event)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  reset() {
    this.seed += 1;
    this.gan = new PointsGan(this.settings, this.seed, this.own);
    this.real = this.gan.real(SHOWN_REAL);
    this.gan.lastReal = this.real;
    this.dirty = true;
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }

  act(what) {
    if (what === "run") this.running = !this.running;
    else if (what === "slow") this.slow = this.root.querySelector("[data-do=slow]").checked;
    else if (what === "step") this.gan.step();
    else if (what === "stepD") this.gan.stepInspector();
    else if (what === "stepG") this.gan.stepForger();
    else if (what === "reset") this.reset();
    else if (what === "collapse") this.take({ target: "eight", ...COLLAPSE }, true);
    else if (what === "cure") this.take(CURE, false);
    else return;
    if (what.startsWith("step")) this.running = false;
    if (what === "collapse" || what === "cure") this.running = true;
    this.root.querySelector("[data-do=run]").textContent = this.running ? "Pause" : "Run";
    this.dirty = true;
  }

  // Other settings, shown in the controls, too; what was learned stays, unless it begins anew.
  take(settings, anew) {
    Object.assign(this.settings, settings);
    for (const [name, value] of Object.entries(settings)) {
      const control = this.root.querySelector(`[name=${name}]`);
      if (control) control.value = value;
    }
    if (anew) this.reset();
  }

  change({ name, value }) {
    if (!name) return;
    const words = name === "target" || name === "loss";
    this.settings[name] = words ? value : Math.max(0, Number(value) || 0);
    if (name.startsWith("steps")) this.settings[name] = Math.min(10, Math.round(this.settings[name]));
    if (name === "target") this.reset();
    this.dirty = true;
  }

  // Drawing by finger, mouse or keys: points of one's own, where that was chosen.
  put(point) {
    if (this.settings.target !== "own") return;
    if (this.own.length < 2000) this.own.push(point);
    this.real = this.gan.real(SHOWN_REAL);
    this.gan.lastReal = this.real;
    this.dirty = true;
  }

  key(event) {
    const step = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] }[event.key];
    if (this.settings.target !== "own" || (!step && event.key !== " ")) return;
    event.preventDefault(); // the page does not scroll meanwhile
    this.cursor ??= [0, 0];
    if (step) this.cursor = this.cursor.map((x, i) => Math.max(-SPAN, Math.min(SPAN, x + step[i])));
    else this.put([...this.cursor]);
    this.dirty = true;
  }

  tick(now) {
    if (this.running && !(this.settings.target === "own" && !this.own.length)) this.learn(now);
    if (this.dirty && this.canvas.offsetParent) {
      const paper = getComputedStyle(this.root).getPropertyValue("--st-background-color") || "white";
      const cursor = this.settings.target === "own" ? this.cursor : null;
      draw(this.canvas, this.gan, this.settings.target === "own" && !this.own.length ? [] : this.real, cursor, paper);
      this.say();
      this.dirty = false;
    }
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  learn(now) {
    if (this.slow && now - (this.last ?? 0) < SLOW_MS) return;
    this.last = now;
    const until = performance.now() + FRAME_MS;
    do this.gan.step();
    while (!this.slow && performance.now() < until);
    this.dirty = true;
  }

  say() {
    const { target: name, loss } = this.settings;
    const { ofInspector, ofForger, steps } = this.gan;
    const average = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
    const parts = [`Step ${steps.toLocaleString("en")}`];
    if (ofInspector && loss === "textbook") {
      const [real, fake] = [ofInspector.realLogits, ofInspector.fakeLogits].map((x) => average(x.map(sigmoid)));
      parts.push(`D(x) ${real.toFixed(2)}, D(G(z)) ${fake.toFixed(2)}`);
    }
    if (ofInspector) parts.push(`inspector's loss ${ofInspector.value.toFixed(2)}`);
    if (ofForger) parts.push(`forger's loss ${ofForger.value.toFixed(2)}`);
    const found = blobsFound(name, this.gan.points());
    if (found !== null) parts.push(`${found} of ${name === "two" ? 2 : 8} blobs found`);
    const words = parts.join(" · ");
    this.root.querySelector(".words").textContent = words;
    this.canvas.setAttribute("aria-label", `Real points, forged points and the inspector's verdict. ${words}`);
    this.root.querySelector(".hint").textContent =
      name === "own" ? "Draw with finger or mouse; or by keys: arrows move the cross, the space bar puts a point." : "";
  }
}
