// By name. The elements outlive Streamlit's own, which are built anew when something above them comes or goes: so the
// edge stays where it is, and there is no moment without pictures.
const views = new Map();

// Called by Streamlit for every update and every change of theme.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".compare");
  if (!views.has(data.name)) views.set(data.name, newView());
  const view = views.get(data.name);
  if (view.element.parentNode !== root) {
    const { focused } = view;
    root.replaceChildren(view.element);
    if (focused) view.input.focus({ preventScroll: true });
  }
  root.style.setProperty("--widest", `${data.widest}px`);
  root.style.setProperty("--aspect", data.aspect);
  data.pictures.forEach((picture, i) => {
    fill(view.sides[i], picture);
    view.captions[i].textContent = picture.label;
  });
  view.input.setAttribute("aria-label", `How much is shown of: ${data.pictures[0].label}`);
  move(view, Number(view.input.value));
}

function newView() {
  const element = document.createElement("figure");
  element.innerHTML = `
    <div class="pictures">
      <div class="side"></div><div class="side"></div>
      <input type="range" min="0" max="100" step="any" value="50">
      <div class="edge" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="M9 7l-5 5 5 5M15 7l5 5-5 5"/></svg></div>
    </div>
    <figcaption><span></span><span></span></figcaption>`;
  const view = {
    element,
    pictures: element.querySelector(".pictures"),
    sides: [...element.querySelectorAll(".side")],
    input: element.querySelector("input"),
    captions: [...element.querySelectorAll("figcaption span")],
    focused: false,
  };
  listen(view);
  return view;
}

function listen(view) {
  const { pictures, input } = view;
  let start = null; // where the edge was when the pointer that now moves it came down
  const follow = (event) => {
    const box = pictures.getBoundingClientRect();
    move(view, (100 * (event.clientX - box.left)) / box.width);
  };
  pictures.onpointerdown = (event) => {
    if (event.button || !event.isPrimary) return;
    event.preventDefault(); // nothing is selected, and the focus stays
    if (event.pointerType === "mouse") input.focus({ preventScroll: true }); // arrow keys go on from here
    start = { id: event.pointerId, value: Number(input.value) };
    follow(event);
  };
  // The window hears of a movement to its end, wherever it goes.
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== start?.id) return;
    if (event.buttons) follow(event);
    else start = null; // let go outside of the browser
  });
  addEventListener("pointerup", (event) => {
    if (event.pointerId === start?.id) start = null;
  });
  addEventListener("pointercancel", (event) => {
    if (event.pointerId !== start?.id) return;
    move(view, start.value); // the finger scrolls the page instead
    start = null;
  });
  input.oninput = () => move(view, Number(input.value));
  input.onkeydown = (event) => {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    move(view, Number(input.value) + way * (event.shiftKey ? 10 : 2));
  };
  input.onfocus = () => (view.focused = true);
  // Being moved to another place on the page takes the focus, too; that is no reason to forget it.
  input.onblur = () => queueMicrotask(() => (view.focused = !input.isConnected));
}

function move(view, value) {
  const share = Math.round(10 * Math.min(100, Math.max(0, value))) / 10;
  view.input.value = share;
  view.input.setAttribute("aria-valuetext", `${Math.round(share)} %`);
  view.pictures.style.setProperty("--share", `${share}%`);
}

// Shows a picture once it is unpacked, and never an older one than is shown already.
async function fill(side, { url, label }) {
  if (side.url !== url) {
    side.url = url;
    side.latest = (side.latest ?? 0) + 1;
    const turn = side.latest;
    const image = new Image();
    image.draggable = false;
    image.src = url;
    try {
      await image.decode();
    } catch {
      return; // what is shown stays
    }
    if (turn < (side.shown ?? 0)) return;
    side.shown = turn;
    side.replaceChildren(image);
  }
  if (side.firstChild) side.firstChild.alt = label;
}
