// The pictures on the page: the whole graph, and one for each depth at which modules can be folded to boxes. Of each, what
// its parts are: by the key of a node its box, the numbers in the box, and the edges into it.

const SVG = "http://www.w3.org/2000/svg";
const stage = document.getElementById("stage");
const MUTED = "#68758a"; // the colour that words, but not names and numbers, were drawn in
const views = [...stage.querySelectorAll(".view")].map((holder, n) => ({ holder, n, ready: false }));
let view = views[0];
const MARGIN = 12; // around the picture

// The node whose box stands for this one: itself, or the result of the module that is folded around it.
const shown = (key) => (view.boxes[key] === undefined ? key : view.boxes[key]);
const eachShape = (act) => view.shapes.forEach((shape, key) => { if (shape) act(shape, key); });
const box = (key) => view.shapes[key].getBoundingClientRect();
const middle = (key) => [box(key).left + box(key).width / 2, box(key).top + box(key).height / 2];

function useView(n) {
  view = views[n];
  for (const other of views) other.holder.hidden = other !== view;
  if (!view.ready) prepareView();
}

function prepareView() {
  const { n, holder } = view;
  const part = (name) => document.getElementById(n ? `fold${n}-${name}` : name);
  const svg = holder.querySelector("svg");
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", n ? `Computation graph, modules folded at depth ${n}` : `Computation graph of ${data.nodes.length} nodes`);
  svg.querySelectorAll("title").forEach((title) => title.remove());
  svg.querySelectorAll("a").forEach((link) => link.replaceWith(...link.childNodes)); // Graphviz's tooltips, and
  svg.querySelectorAll("g[id^=a_]").forEach((wrap) => wrap.replaceWith(...wrap.childNodes)); // the groups around them
  view.svg = svg;
  view.natural = svg.viewBox.baseVal.width * (96 / 72);
  view.boxes = data.nodes.map((node) => (n ? data.folds[n - 1][node.calls[n - 1]] : undefined));
  view.shapes = data.nodes.map((_, key) => part(`node${key}`));
  view.modules = new Set(view.boxes.filter((key) => key !== undefined));
  view.outlines = view.shapes.map((shape) => shape?.querySelector("path, polygon"));
  view.fields = view.shapes.map((shape, key) => (shape ? fieldsOf([...shape.querySelectorAll("text")], data.nodes[key].kind) : {}));
  view.edges = data.nodes.map((_, key) => [...svg.querySelectorAll(`[id^="${n ? `fold${n}-` : ""}edge${key}_"]`)]);
  view.frames = data.calls.map((_, i) => part(`call${i}`));
  view.ready = true;
  eachShape((shape, key) => {
    shape.setAttribute("role", "button");
    shape.addEventListener("click", () => select(key, true));
    if (data.nodes[key].kind === "constant") return; // it stands in the middle
    const { x, width } = view.outlines[key].getBBox();
    for (const { text } of Object.values(view.fields[key])) { // numbers that change keep to the right edge
      text.setAttribute("text-anchor", "end");
      text.setAttribute("x", x + width - 8);
    }
  });
  prepareFrames();
}

// The texts in a node's box that hold numbers: "value" and "grad", and each one's "mean", which stands below it.
function fieldsOf(texts, kind) {
  if (kind === "constant" && texts.length === 1) return { value: { text: texts[0], first: texts[0].textContent } };
  const found = {};
  let above = "";
  texts.slice(0, -1).forEach((text, i) => {
    const word = text.getAttribute("fill") === MUTED ? text.textContent.trim() : ""; // a name may be "grad" too
    if (["value", "grad"].includes(word) || (word === "mean" && above)) {
      found[word === "mean" ? `${above} mean` : word] = { text: texts[i + 1], first: texts[i + 1].textContent };
      if (word !== "mean") above = word;
    }
  });
  return found;
}

// -- size ------------------------------------------------------------------------------------------------------------

let zoom = 1;
let wanted = 1; // as the reader chose it: a step that has no room is shown smaller

function setZoom(factor) {
  useZoom(factor);
  wanted = zoom;
}

function useZoom(factor) {
  zoom = Math.min(Math.max(factor, 0.1), 4);
  view.svg.style.width = `${view.natural * zoom}px`;
  view.svg.style.setProperty("--zoom", zoom);
}

function fit() {
  setZoom(Math.min(1.4, (stage.clientWidth - 2 * MARGIN) / view.natural));
}

// Text that can be read matters more than seeing everything.
function fitReadably() {
  fit();
  setZoom(Math.max(zoom, 0.45));
}

// The box around some parts of the picture, in the coordinates of the window.
function boxAround(parts) {
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const most = (side, of) => of(...boxes.map((one) => one[side]));
  return { left: most("left", Math.min), top: most("top", Math.min), right: most("right", Math.max), bottom: most("bottom", Math.max) };
}

// An operation, what it hands gradients to and the way there, wholly in view: smaller if they must be.
function showStep(key) {
  const { inputs, rules } = data.nodes[key];
  const takesPart = (_, i) => state.step < 0 || rules[i] !== null;
  const sources = inputs.filter(takesPart).map((source) => view.shapes[shown(source)]);
  const edges = view.edges[key].filter(takesPart);
  const parts = [view.shapes[shown(key)], ...sources, ...edges].filter((part) => part?.getClientRects().length);
  if (!parts.length) return;
  if (zoom !== wanted) useZoom(wanted);
  let area = boxAround(parts);
  const [width, height] = [stage.clientWidth - 2 * MARGIN, stage.clientHeight - 2 * MARGIN];
  const room = Math.min(width / (area.right - area.left), height / (area.bottom - area.top));
  if (room < 1) {
    useZoom(zoom * room);
    area = boxAround(parts);
  }
  const { left, top } = stage.getBoundingClientRect();
  const beyond = (from, to, space) => (from < MARGIN ? from - MARGIN : Math.max(0, to - space - MARGIN));
  stage.scrollBy(
    beyond(area.left - left, area.right - left, width),
    beyond(area.top - top, area.bottom - top, height),
  );
}

// -- frames ----------------------------------------------------------------------------------------------------------

const covers = new Map();

function prepareFrames() {
  view.frames.forEach((frame, i) => {
    const label = frame?.querySelector("text");
    if (!label) return;
    label.setAttribute("role", "button");
    label.setAttribute("tabindex", "0");
    label.setAttribute("aria-expanded", "true");
    label.setAttribute("aria-label", `${data.calls[i].label}: fold`);
    label.addEventListener("click", () => toggleFold(i));
    label.addEventListener("keydown", (event) => { if (event.key === "Enter") toggleFold(i); });
  });
}

// A folded frame is covered by one box, which says what is beneath it.
function paintFrames() {
  covers.forEach((cover) => cover.remove());
  covers.clear();
  view.frames.forEach((frame, i) => {
    if (!frame) return;
    const outer = ancestors(data.calls[i].inside);
    const inFolded = outer.some((call) => state.folded.has(call));
    frame.classList.toggle("hidden", inFolded);
    frame.querySelector("text").setAttribute("aria-expanded", String(!state.folded.has(i)));
    if (state.folded.has(i) && !inFolded) cover(i, frame);
  });
  const around = (key) => data.nodes[key].calls.find((call) => state.folded.has(call));
  eachShape((shape, key) => shape.classList.toggle("hidden", around(key) !== undefined));
  if (!view.n) {
    view.edges.forEach((into, key) => into.forEach((edge, i) => {
      const [from, to] = [around(data.nodes[key].inputs[i]), around(key)];
      edge.classList.toggle("hidden", from !== undefined && from === to);
    }));
  }
}

const ancestors = (call) => (call === null || call === undefined ? [] : [call, ...ancestors(data.calls[call].inside)]);

function cover(i, frame) {
  const { x, y, width, height } = frame.querySelector("path, polygon").getBBox();
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "cover");
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-label", `${data.calls[i].label}, folded: unfold`);
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, number] of Object.entries({ x, y, width, height, rx: 10 })) rect.setAttribute(name, number);
  const inside = data.nodes.filter((node) => node.calls.includes(i) && node.kind === "operation").length;
  const lines = [data.calls[i].label, `${inside} operation${inside === 1 ? "" : "s"}`];
  group.append(rect, ...lines.map((line, n) => {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", x + width / 2);
    text.setAttribute("y", y + height / 2);
    text.setAttribute("dy", `${1.3 * n}em`);
    text.textContent = line;
    return text;
  }));
  const open = () => toggleFold(i);
  group.addEventListener("click", open);
  group.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  view.svg.querySelector("g").append(group);
  covers.set(i, group);
}
