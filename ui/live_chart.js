// Called by Streamlit for every update and every change of theme, always with the same parentElement.
export default async function ({ data, parentElement }) {
  const root = parentElement.querySelector(".forger-charts");
  const { height, size, figures } = JSON.parse(new TextDecoder().decode(data));
  arrange(root, figures, height);
  await (plotly ??= loadPlotly(root.dataset.plotly)); // when it fails, Streamlit shows the error here
  if (root.isConnected) draw(root, figures, size);
  return () => root.isConnected || clear(root); // also called when only a newer update overtook this one
}

let plotly; // asked for once in the life of the page

// Once a browser, too: Streamlit sends no expiry date, so a plain request would fetch the file again at
// each visit; "force-cache" takes what the browser already has.
async function loadPlotly(url) {
  const response = await fetch(url, { cache: "force-cache" });
  if (!response.ok) throw new Error(`The charts need ${url}, and the server answered ${response.status}.`);
  const script = document.createElement("script");
  script.src = URL.createObjectURL(new Blob([await response.text()], { type: "text/javascript" }));
  await new Promise((loaded, failed) => {
    script.onload = loaded;
    script.onerror = () => failed(new Error("The browser could not start plotly.js."));
    document.head.append(script);
  });
}

// Boxes of the right size at once, so that nothing on the page moves when the plots arrive.
function arrange(root, figures, height) {
  root.style.setProperty("--columns", figures.length % 3 ? 2 : 3);
  while (root.children.length > figures.length) {
    clear(root.lastElementChild);
    root.lastElementChild.remove();
  }
  while (root.children.length < figures.length) {
    const figure = document.createElement("figure");
    figure.append(document.createElement("figcaption"), document.createElement("div"));
    root.append(figure);
  }
  figures.forEach((figure, i) => {
    const [caption, plot] = root.children[i].children;
    caption.textContent = figure.title;
    plot.setAttribute("role", "img"); // Plotly's drawing is hundreds of nodes that say nothing when read one by one
    plot.setAttribute("aria-label", figure.words);
    plot.style.height = height;
  });
}

function draw(root, figures, size) {
  const style = getComputedStyle(root);
  const css = (name) => style.getPropertyValue(`--st-${name}`).trim();
  figures.forEach((figure, i) => {
    const plot = root.children[i]?.lastElementChild;
    if (!plot || plot._dragging) return; // mid-drag: the next update, a second later, brings everything
    Plotly.react(plot, traces(figure, css), layout(figure, css, size, plot.clientHeight), { displayModeBar: false });
    if (!plot.resizer) {
      const fit = () => plot.offsetParent && Plotly.Plots.resize(plot); // refuses while hidden
      plot.resizer = new ResizeObserver(fit);
      plot.resizer.observe(plot);
    }
  });
}

function traces(figure, css) {
  const palette = css("chart-categorical-colors").split(",");
  return figure.series.map((series, i) => ({
    type: "scatter",
    mode: series.y.length > 1 ? "lines" : "markers", // a single point makes no line
    // Legend choices belong to the name, whatever curves come and go; Plotly makes a class name of it.
    uid: series.name.replace(/\W/g, "_"),
    name: series.name,
    legendgroup: series.beside ?? series.name,
    showlegend: !series.beside,
    x: figure.xs[series.x],
    y: series.y,
    line: {
      width: 2,
      dash: series.beside ? "dash" : "solid",
      color: css(`${series.colour}-color`) || series.colour || palette[i % palette.length],
    },
  }));
}

function layout(figure, css, size, height) {
  const [text, grid, paper] = [css("text-color"), css("border-color"), css("background-color")];
  const axis = { gridcolor: grid, linecolor: grid, zeroline: false, automargin: true, fixedrange: isTouch() };
  const spike = { spikecolor: text, spikethickness: 1, spikedash: "solid" };
  const long = Math.max(8, Math.min(size + 2, (height - 70) / (figure.yLabel.length * 0.52))); // letters that it may have
  const range = figure.range ? { range: figure.range } : {};
  const across = figure.xRange ? { range: figure.xRange } : { rangemode: "nonnegative" };
  return {
    uirevision: "keep", // zoom and legend stay as the viewer left them
    font: { family: css("font"), size, color: text },
    paper_bgcolor: paper,
    plot_bgcolor: "transparent",
    margin: { l: 44, r: 8, t: 8, b: 36 },
    hovermode: "x unified",
    hoverlabel: { bgcolor: paper, bordercolor: grid, font: { color: text } },
    dragmode: isTouch() ? false : "zoom", // on a phone a drag has to scroll the page
    legend: { orientation: "h", traceorder: "normal", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom" },
    showlegend: figure.series.length + figure.lines.length + figure.marks.length > 1,
    xaxis: { ...axis, ...spike, ...across, title: { text: figure.xLabel, standoff: 6 } },
    yaxis: { ...axis, title: { text: figure.yLabel, standoff: 6, font: { size: long } }, ...range },
    shapes: [
      ...figure.lines.map(([y, label]) => ({
        type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y,
        line: { color: text, width: 1, dash: "dash" },
        name: label, showlegend: true, // named in the legend: a label in the plot would lie over the curves
      })),
      ...figure.marks.map(([x, label]) => ({
        type: "line", yref: "paper", y0: 0, y1: 1, x0: x, x1: x,
        line: { color: text, width: 1, dash: "dot" },
        name: label, showlegend: label !== "",
      })),
    ],
  };
}

function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

function clear(element) {
  for (const plot of element.querySelectorAll(".js-plotly-plot")) {
    plot.resizer?.disconnect();
    Plotly.purge(plot);
  }
}
