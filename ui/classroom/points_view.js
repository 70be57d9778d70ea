// What the sandbox shows: the inspector's surface as colours, real and forged points, and the forger's wishes as arrows.

const SPAN = 1.25; // the plane reaches from -SPAN to SPAN
const CELLS = 48; // of the surface, across
const ARROWS = 48;
const REAL = "#1a9850";
const FORGED = "#d73027";

const centres = Float64Array.from({ length: CELLS * CELLS * 2 }, (_, i) => {
  const cell = i >> 1;
  const at = i % 2 ? CELLS - 1 - Math.floor(cell / CELLS) : cell % CELLS;
  return ((at + 0.5) / CELLS) * 2 * SPAN - SPAN;
});

// From the plane to the canvas and back.
const place = (canvas, x, y) => [((x + SPAN) / (2 * SPAN)) * canvas.width, ((SPAN - y) / (2 * SPAN)) * canvas.height];
const plane = (canvas, event) => {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) / box.width) * 2 * SPAN - SPAN,
    SPAN - ((event.clientY - box.top) / box.height) * 2 * SPAN,
  ];
};

// Above the middle of its scores of real and of forged points the inspector leans to real: green; below it: red.
function surface(gan) {
  const scores = forward(gan.inspector, centres, CELLS * CELLS).at(-1);
  const { realLogits, fakeLogits } = gan.ofInspector ?? { realLogits: [0], fakeLogits: [0] };
  const average = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const middle = gan.settings.loss === "relativistic" ? (average(realLogits) + average(fakeLogits)) / 2 : 0;
  const image = new ImageData(CELLS, CELLS);
  scores.forEach((score, cell) => {
    const belief = sigmoid(score - middle);
    const [light, green] = [Math.abs(belief - 0.5) * 2, belief > 0.5];
    const tint = green ? [26, 152, 80] : [215, 48, 39];
    tint.forEach((value, channel) => (image.data[4 * cell + channel] = value));
    image.data[4 * cell + 3] = 110 * light;
  });
  return image;
}

const scratch = () => Object.assign(document.createElement("canvas"), { width: CELLS, height: CELLS });

export function draw(canvas, gan, real, cursor, paper) {
  const to = canvas.getContext("2d");
  to.fillStyle = paper;
  to.fillRect(0, 0, canvas.width, canvas.height);
  const small = (canvas.small ??= scratch());
  small.getContext("2d").putImageData(surface(gan), 0, 0);
  to.imageSmoothingEnabled = true;
  to.drawImage(small, 0, 0, canvas.width, canvas.height);
  dots(canvas, to, real, REAL, false);
  const points = gan.points();
  dots(canvas, to, points, FORGED, true);
  arrows(canvas, to, gan, points);
  if (cursor) cross(canvas, to, cursor);
}

// Real points are round and forged ones square, for those who do not tell green from red.
function dots(canvas, to, points, colour, square) {
  const size = canvas.width / 160;
  to.fillStyle = colour;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = place(canvas, points[i], points[i + 1]);
    to.beginPath();
    if (square) to.rect(x - size, y - size, 2 * size, 2 * size);
    else to.arc(x, y, size, 0, 2 * Math.PI);
    to.fill();
  }
}

function arrows(canvas, to, gan, points) {
  const n = Math.min(ARROWS, points.length / 2);
  const shown = gan.fixed.slice(0, 2 * n);
  const { wish } = forgerLoss(gan.forger, gan.inspector, shown, gan.lastReal ?? gan.real(n), n, gan.settings);
  const longest = Math.max(1e-12, ...Array.from({ length: n }, (_, i) => Math.hypot(wish[2 * i], wish[2 * i + 1])));
  to.strokeStyle = FORGED;
  to.lineWidth = canvas.width / 400;
  for (let i = 0; i < n; i++) {
    const share = 0.15 / longest;
    const [x, y] = place(canvas, points[2 * i], points[2 * i + 1]);
    const [u, v] = place(canvas, points[2 * i] + share * wish[2 * i], points[2 * i + 1] + share * wish[2 * i + 1]);
    const [back, head] = [Math.atan2(y - v, x - u), Math.min(8, Math.hypot(u - x, v - y) / 2)];
    to.beginPath();
    to.moveTo(x, y);
    to.lineTo(u, v);
    for (const angle of [back - 0.5, back + 0.5]) {
      to.moveTo(u, v);
      to.lineTo(u + head * Math.cos(angle), v + head * Math.sin(angle));
    }
    to.stroke();
  }
}

function cross(canvas, to, [x, y]) {
  const [u, v] = place(canvas, x, y);
  const size = canvas.width / 40;
  to.strokeStyle = REAL;
  to.lineWidth = canvas.width / 200;
  to.beginPath();
  to.moveTo(u - size, v);
  to.lineTo(u + size, v);
  to.moveTo(u, v - size);
  to.lineTo(u, v + size);
  to.stroke();
}
