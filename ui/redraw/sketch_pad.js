const WIDTHS = { thin: 0.012, medium: 0.02, thick: 0.035 }; // lengths are shares of the sheet's side
const ERASER = 2.5; // times as wide as the pen
const CLOSEST = 0.004; // nearer points than this add nothing but work
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CLEAR = { points: [] }; // stands among the strokes like one, so that it can be undone

// By name. A drawing outlives reruns and visits to other pages; so do the elements, because Streamlit builds its own
// anew when something above them comes or goes, even in the middle of a stroke.
const sheets = new Map();

// Called by Streamlit for every update and every change of theme. Nothing here touches a stroke that is being drawn.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".sketch");
  if (!sheets.has(data.name)) sheets.set(data.name, newSheet(data.size));
  const sheet = sheets.get(data.name);
  sheet.pause = data.pause;
  sheet.say = (png) => setStateValue("drawing", png);
  if (sheet.element.parentNode !== root) {
    const { focused } = sheet;
    root.replaceChildren(sheet.element);
    focused?.focus({ preventScroll: true });
    if (sheet.unsaid) tell(sheet);
  }
  if (sheet.turn !== data.turn) {
    sheet.turn = data.turn;
    if (data.strokes) put(sheet, data.strokes);
  }
}

function newSheet(size) {
  const element = document.createElement("div");
  element.innerHTML = HTML;
  const sheet = {
    element,
    canvas: element.querySelector("canvas"),
    focused: null,
    done: [],
    undone: [],
    stroke: null, // being drawn, not yet in `done`
    erase: false,
    width: "medium",
    cursor: null, // where the arrow keys are, once they are used
    small: layer(size), // all of `done`, as Python gets it
    large: layer(1), // the same, as it is shown
    pause: 250, // milliseconds between two messages to Python
    sent: -Infinity,
    timer: null,
    unsaid: false,
  };
  listen(sheet);
  show(sheet);
  return sheet;
}

function listen(sheet) {
  const { canvas, element } = sheet;
  let pointer = null;
  canvas.onpointerdown = (event) => {
    if (event.button || !event.isPrimary || sheet.stroke) return; // a second finger draws nothing
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    sheet.cursor = null;
    begin(sheet, place(canvas, event));
  };
  // The window hears of a movement to its end, wherever it goes and even if the canvas is moved meanwhile.
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer || !canvas.isConnected) return;
    if (!event.buttons) return end(event); // let go outside of the browser
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) extend(sheet, place(canvas, each));
  });
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  function end(event) {
    if (event.pointerId !== pointer) return;
    pointer = null;
    finish(sheet);
  }
  canvas.onkeydown = (event) => steer(sheet, event);
  element.onkeydown = (event) => shortcut(sheet, event);
  element.onclick = (event) => press(sheet, event.target.closest("button"));
  element.addEventListener("focusin", (event) => (sheet.focused = event.target));
  element.addEventListener("focusout", () => queueMicrotask(() => left(sheet)));
  new ResizeObserver(() => fit(sheet)).observe(canvas);
}

function left(sheet) {
  const { element, canvas } = sheet;
  if (!element.isConnected) return; // only on the way to its next place
  if (!element.matches(":focus-within")) sheet.focused = null;
  if (!sheet.cursor || canvas.matches(":focus")) return;
  finish(sheet);
  sheet.cursor = null;
  show(sheet);
}

// ---- What can be done with a sheet

function begin(sheet, point) {
  const width = WIDTHS[sheet.width] * (sheet.erase ? ERASER : 1);
  sheet.stroke = { points: [point], erase: sheet.erase, width };
  changed(sheet);
}

function extend(sheet, [x, y]) {
  if (!sheet.stroke) return; // a ready-made drawing came in the middle of the movement
  const { points, width } = sheet.stroke;
  const [lastX, lastY] = points.at(-1);
  if (Math.hypot(x - lastX, y - lastY) < Math.max(CLOSEST, width / 5)) return;
  points.push([x, y]);
  changed(sheet);
}

function finish(sheet) {
  const { stroke } = sheet;
  sheet.stroke = null;
  if (stroke) add(sheet, [stroke]);
}

function put(sheet, lines) {
  finish(sheet);
  const strokes = lines.map((points) => ({ points, erase: false, width: WIDTHS.medium }));
  add(sheet, blank(sheet) ? strokes : [CLEAR, ...strokes]);
}

function add(sheet, strokes) {
  sheet.done.push(...strokes);
  sheet.undone = [];
  for (const stroke of strokes) [sheet.small, sheet.large].forEach((target) => draw(target, stroke));
  changed(sheet);
}

function undo(sheet) {
  if (sheet.stroke || !sheet.done.length) return;
  sheet.undone.push(sheet.done.pop());
  redraw(sheet, sheet.small);
  redraw(sheet, sheet.large);
  changed(sheet);
}

function redo(sheet) {
  if (sheet.stroke || !sheet.undone.length) return;
  const rest = sheet.undone.slice(0, -1);
  add(sheet, sheet.undone.slice(-1));
  sheet.undone = rest;
  show(sheet);
}

function clear(sheet) {
  if (!sheet.stroke && !blank(sheet)) add(sheet, [CLEAR]);
}

function blank(sheet) {
  return !sheet.stroke && (!sheet.done.length || sheet.done.at(-1) === CLEAR);
}

function press(sheet, button) {
  if (!button) return;
  const { name, value } = button;
  if (name === "tool") sheet.erase = value === "eraser";
  if (name === "width") sheet.width = value;
  if (name === "do") ({ undo, redo, clear })[value](sheet);
  show(sheet);
}

function shortcut(sheet, event) {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  (key === "y" || event.shiftKey ? redo : undo)(sheet);
}

// Arrow keys move a pen that Space puts down and lifts.
function steer(sheet, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || (sheet.stroke && !sheet.cursor)) return;
  if (event.key in STEPS) {
    const [right, down] = STEPS[event.key].map((way) => way * (event.shiftKey ? 0.005 : 0.02));
    const [x, y] = sheet.cursor ?? [0.5, 0.5];
    sheet.cursor = [x + right, y + down].map((value) => Math.min(1, Math.max(0, value)));
    if (sheet.stroke) extend(sheet, sheet.cursor);
  } else if (event.key === " ") {
    sheet.cursor ??= [0.5, 0.5];
    if (sheet.stroke) finish(sheet);
    else begin(sheet, sheet.cursor);
  } else return;
  event.preventDefault(); // the page must not scroll
  show(sheet);
}

// ---- How it is drawn, and told to Python

function layer(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  draw(context, CLEAR);
  return context;
}

function draw(context, stroke) {
  const size = context.canvas.width;
  if (stroke === CLEAR) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, size, size);
    return;
  }
  const points = stroke.points.map(([x, y]) => [x * size, y * size]);
  if (!points.length) return;
  context.strokeStyle = context.fillStyle = stroke.erase ? "#fff" : "#000";
  context.lineWidth = stroke.width * size;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  if (points.length === 1) {
    context.arc(...points[0], context.lineWidth / 2, 0, 2 * Math.PI); // a line without length is not drawn everywhere
    context.fill();
    return;
  }
  context.moveTo(...points[0]);
  // Curves from middle to middle, bent by the points between them: no corner where two of them meet.
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points.at(-1));
  context.stroke();
}

function redraw(sheet, context) {
  draw(context, CLEAR);
  for (const stroke of sheet.done.slice(sheet.done.lastIndexOf(CLEAR) + 1)) draw(context, stroke);
}

function fit(sheet) {
  const size = Math.round(sheet.canvas.clientWidth * devicePixelRatio);
  if (!size || size === sheet.canvas.width) return; // hidden, or as before
  sheet.canvas.width = sheet.canvas.height = size;
  sheet.large = layer(size);
  redraw(sheet, sheet.large);
  show(sheet);
}

function changed(sheet) {
  sheet.unsaid = true;
  show(sheet);
  tell(sheet);
}

function show(sheet) {
  sheet.frame ??= requestAnimationFrame(() => {
    sheet.frame = null;
    const context = sheet.canvas.getContext("2d");
    context.drawImage(sheet.large.canvas, 0, 0);
    if (sheet.stroke) draw(context, sheet.stroke);
    if (sheet.cursor) mark(sheet, context);
    sheet.element.querySelector(".hint").hidden = !blank(sheet) || sheet.cursor !== null;
    for (const button of sheet.element.querySelectorAll("button")) {
      const { name, value } = button;
      const pressed = name === "tool" ? (value === "eraser") === sheet.erase : value === sheet.width;
      if (name !== "do") button.setAttribute("aria-pressed", pressed);
      // Not `disabled`: the button that was just pressed would lose the focus.
      const idle = { undo: !sheet.done.length, redo: !sheet.undone.length, clear: blank(sheet) };
      if (name === "do") button.setAttribute("aria-disabled", idle[value]);
    }
  });
}

function mark(sheet, context) {
  const size = context.canvas.width;
  const [x, y] = sheet.cursor;
  context.beginPath();
  context.arc(x * size, y * size, size * 0.025, 0, 2 * Math.PI);
  context.lineWidth = size * (sheet.stroke ? 0.012 : 0.005);
  context.strokeStyle = getComputedStyle(sheet.element).getPropertyValue("--st-primary-color");
  context.stroke();
}

// Soon: never more often than Python can follow, and never without the last change.
function tell(sheet) {
  sheet.timer ??= setTimeout(() => {
    sheet.timer = null;
    if (!sheet.canvas.isConnected) return; // nobody listens; said when the sheet is opened again
    const { small } = sheet;
    const whole = layer(small.canvas.width);
    whole.drawImage(small.canvas, 0, 0);
    if (sheet.stroke) draw(whole, sheet.stroke);
    sheet.unsaid = false;
    sheet.sent = performance.now();
    sheet.say(whole.canvas.toDataURL("image/png").split(",")[1]);
  }, Math.max(0, sheet.sent + sheet.pause - performance.now()));
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const dot = (radius) => `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="${radius}"/></svg>`;
const button = (name, value, label, picture) =>
  `<button type="button" name="${name}" value="${value}" aria-label="${label}" title="${label}">${picture}</button>`;

const HTML = `
  <div class="tools" role="toolbar" aria-label="Drawing tools">
    <div role="group" aria-label="Tool">
      ${button("tool", "pen", "Pen", icon("M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19zM14 7l3 3"))}
      ${button("tool", "eraser", "Eraser", icon("M9 20l-5-6 9.5-9.5h2l5 5v2L11 20zM20 20H9M8 9l7 7"))}
    </div>
    <div role="group" aria-label="Width of the line">
      ${button("width", "thin", "Thin", dot(2.5))}
      ${button("width", "medium", "Medium", dot(4.5))}
      ${button("width", "thick", "Thick", dot(7))}
    </div>
    <div role="group" aria-label="Steps">
      ${button("do", "undo", "Undo", icon("M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4"))}
      ${button("do", "redo", "Redo", icon("M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4"))}
      ${button("do", "clear", "Clear", icon("M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"))}
    </div>
  </div>
  <div class="sheet">
    <canvas role="img" aria-label="Sheet to draw on" tabindex="0"
      aria-description="The arrow keys move the pen, Space puts it down and lifts it."></canvas>
    <div class="hint" aria-hidden="true">Draw here</div>
  </div>`;
