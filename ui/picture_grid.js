// Called by Streamlit for every update and every change of theme, always with the same parentElement.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".pictures");
  root.style.setProperty("--columns", Math.min(data.columns, data.urls.length));
  root.style.setProperty("--widest", `${data.widest}px`);
  // The picks live here. The page says them only when they changed by another way than a click, with a new turn.
  if (root.turn !== data.turn) [root.turn, root.picked] = [data.turn, data.picked];

  while (root.children.length > data.urls.length) root.lastElementChild.remove();
  while (root.children.length < data.urls.length) root.append(tile());
  data.seeds.forEach((seed, i) => fill(root.children[i], data.urls[i], seed, data));

  const show = () => [...root.children].forEach((figure, i) => mark(figure, root.picked.indexOf(data.seeds[i])));
  show();
  [...root.children].forEach((figure, i) => {
    figure.querySelector("button").onclick = () => {
      const seed = data.seeds[i];
      const others = root.picked.filter((other) => other !== seed);
      root.picked = others.length < root.picked.length ? others : [...others, seed];
      show();
      setStateValue("picked", root.picked);
    };
  });
}

function tile() {
  const figure = document.createElement("figure");
  figure.innerHTML = `
    <button type="button"><img><span class="order"></span></button>
    <figcaption><span></span><a><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M12 4v11m-5-4 5 5 5-5M5 20h14"/>
    </svg></a></figcaption>`;
  return figure;
}

function fill(figure, url, seed, data) {
  const [image, link] = [figure.querySelector("img"), figure.querySelector("a")];
  if (image.src !== url) image.src = url;
  image.alt = `The picture of ${data.noun} ${seed}`;
  figure.querySelector("figcaption span").textContent = seed;
  figure.querySelector("button").disabled = !data.pickable;
  link.href = url;
  link.download = `${data.stem}-${seed}.png`;
  link.title = `Download ${data.noun} ${seed} as PNG`;
  link.setAttribute("aria-label", link.title);
}

function mark(figure, place) {
  const button = figure.querySelector("button");
  if (!button.disabled) button.setAttribute("aria-pressed", place >= 0);
  button.querySelector(".order").textContent = place < 0 ? "" : place + 1;
}
