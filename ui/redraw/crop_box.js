const PAUSE = 250; // milliseconds between two messages to Python
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// By name. The elements outlive Streamlit's own, which are built anew when something above them comes or goes.
const views = new Map();

// Called by Streamlit for every update and every change of theme. The frame lives here; Python only hears of it.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".crop");
  if (!views.has(data.name)) views.set(data.name, newView());
  const view = views.get(data.name);
  view.say = (frame) => setStateValue("frame", frame);
  if (view.element.parentNode !== root) {
    const { focused } = view;
    root.replaceChildren(view.element);
    focused?.focus({ preventScroll: true });
    if (view.unsaid) tell(view);
  }
  if (view.name !== data.picture) open(view, data);
}

// Lengths are counted in shorter sides of the picture: there a square is a square.
function open(view, data) {
  const wide = Math.max(1, data.aspect);
  const high = Math.max(1, 1 / data.aspect);
  Object.assign(view, { name: data.picture, wide, high, smallest: data.smallest, grip: null, unsaid: false });
  view.element.style.setProperty("--aspect", data.aspect);
  view.element.querySelector("img").src = data.url;
  view.size.min = 100 * data.smallest;
  frame(view, (wide - 1) / 2, (high - 1) / 2, 1);
}

function newView() {
  const element = document.createElement("div");
  element.innerHTML = `
    <div class="picture">
      <img alt="The picture that the frame lies on" draggable="false">
      <div class="frame" role="group" tabindex="0" aria-label="Frame"
        aria-description="The arrow keys move the frame, plus and minus make it larger and smaller.">
        ${["left top", "right top", "left bottom", "right bottom"].map((at) => `<i class="${at}"></i>`).join("")}
      </div>
    </div>
    <div class="size">
      <button type="button" value="-1" aria-label="Smaller frame" title="Smaller frame">&minus;</button>
      <input type="range" max="100" step="any" aria-label="Size of the frame">
      <button type="button" value="1" aria-label="Larger frame" title="Larger frame">+</button>
    </div>`;
  const view = {
    element,
    picture: element.querySelector(".picture"),
    frame: element.querySelector(".frame"),
    size: element.querySelector("input"),
    focused: null,
    grip: null, // what the pointer holds: the frame, or a corner of it
    sent: -PAUSE,
    timer: null,
    unsaid: false,
  };
  listen(view);
  return view;
}

function listen(view) {
  const { element, picture, size } = view;
  view.frame.onpointerdown = (event) => {
    if (event.button || !event.isPrimary || view.grip) return;
    const [x, y] = place(picture, event, view);
    const corner = event.target.className;
    view.grip = { id: event.pointerId, x, y, box: view.box, corner: event.target === view.frame ? null : corner };
  };
  // The window hears of a movement to its end, wherever it goes.
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== view.grip?.id || !element.isConnected) return;
    if (event.buttons) drag(view, ...place(picture, event, view));
    else view.grip = null; // let go outside of the browser
  });
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, (event) => {
      if (event.pointerId === view.grip?.id) view.grip = null;
    });
  }
  view.frame.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own: plus and minus zoom the page
    if (event.key in STEPS) {
      const [right, down] = STEPS[event.key].map((way) => way * (event.shiftKey ? 0.1 : 0.02));
      const [x, y, side] = view.box;
      change(view, x + right, y + down, side);
    } else if ("+=".includes(event.key)) resize(view, view.box[2] + 0.05);
    else if ("-_".includes(event.key)) resize(view, view.box[2] - 0.05);
    else return;
    event.preventDefault(); // the page must not scroll
  };
  size.oninput = () => resize(view, size.value / 100);
  for (const button of element.querySelectorAll("button")) {
    button.onclick = () => resize(view, view.box[2] + 0.05 * button.value);
  }
  element.addEventListener("focusin", (event) => (view.focused = event.target));
  // Being moved to another place on the page takes the focus, too; that is no reason to forget it.
  element.addEventListener("focusout", () =>
    queueMicrotask(() => {
      if (element.isConnected && !element.matches(":focus-within")) view.focused = null;
    }),
  );
}

function drag(view, x, y) {
  const { grip } = view;
  const [left, top, side] = grip.box;
  const [right, down] = [x - grip.x, y - grip.y];
  if (!grip.corner) return change(view, left + right, top + down, side);
  // The opposite corner stays where it is.
  const [toLeft, toTop] = [grip.corner.includes("left"), grip.corner.includes("top")];
  const [fixedX, fixedY] = [toLeft ? left + side : left, toTop ? top + side : top];
  const room = Math.min(toLeft ? fixedX : view.wide - fixedX, toTop ? fixedY : view.high - fixedY);
  const wanted = side + Math.max(toLeft ? -right : right, toTop ? -down : down);
  const now = Math.min(room, Math.max(view.smallest, wanted));
  change(view, toLeft ? fixedX - now : fixedX, toTop ? fixedY - now : fixedY, now);
}

function resize(view, wanted) {
  const [x, y, side] = view.box;
  const now = Math.min(1, Math.max(view.smallest, wanted));
  change(view, x + (side - now) / 2, y + (side - now) / 2, now);
}

function change(view, x, y, side) {
  frame(view, x, y, side);
  view.unsaid = true;
  tell(view);
}

function frame(view, x, y, side) {
  const { wide, high } = view;
  x = Math.min(wide - side, Math.max(0, x));
  y = Math.min(high - side, Math.max(0, y));
  view.box = [x, y, side];
  const percent = { left: x / wide, top: y / high, width: side / wide, height: side / high };
  for (const [name, share] of Object.entries(percent)) view.frame.style[name] = `${100 * share}%`;
  view.size.value = 100 * side;
  view.size.setAttribute("aria-valuetext", `${Math.round(100 * side)} %`);
}

// Soon: never more often than Python can follow, and never without the last change.
function tell(view) {
  view.timer ??= setTimeout(() => {
    view.timer = null;
    // Nobody listens: said when the element is shown again. Nothing unsaid: another picture came meanwhile.
    if (!view.element.isConnected || !view.unsaid) return;
    const [x, y, side] = view.box;
    const box = [x / view.wide, y / view.high, side].map((share) => Math.round(1e5 * share) / 1e5);
    view.unsaid = false;
    view.sent = performance.now();
    view.say({ picture: view.name, box });
  }, Math.max(0, view.sent + PAUSE - performance.now()));
}

function place(picture, event, { wide, high }) {
  const box = picture.getBoundingClientRect();
  return [(wide * (event.clientX - box.left)) / box.width, (high * (event.clientY - box.top)) / box.height];
}
