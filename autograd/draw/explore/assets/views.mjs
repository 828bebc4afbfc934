// The picture: the whole graph, or the graph with modules of some depth folded to boxes. A large one is drawn where it is in
// sight, and from far away as a map.

import { byId, svg } from "./dom.mjs";
import { around, beyond, boxAround, boxesOf, edgeOf, finder, grown, headOf, pathOf } from "./geometry.mjs";
import { known } from "./names.mjs";
import { shapeOf } from "./numbers.mjs";
import { data, state, value } from "./state.mjs";

const PIXELS = 96 / 72; // of a point
const MARGIN = 12; // around the picture, in pixels
const WHOLE = 500; // a picture of no more boxes is drawn whole (layout.py)
const CROWD = 600; // from so many in sight on, a map is drawn
const DIGITS = 66.72; // the width of ten digits of 12 points in Helvetica
const READABLE = [0.45, 0.75]; // the whole width is shown if that is no smaller than the first, otherwise the second

export const stage = byId("stage");
const holder = stage.querySelector(".view");
const pictures = data.views.map((given, n) => {
  const boxes = boxesOf(given);
  const inputs = (key) => (n && given.inputs[key]) || data.nodes[key].inputs;
  return { ...given, n, boxes, inputs, within: finder(boxes), modules: new Map(Object.entries(given.modules ?? {}).map(([key, box]) => [Number(key), box])) };
});

// What is drawn: by key a node's group and texts, by name an edge's group; and how large.
export const view = { picture: pictures[0], drawn: new Map(), edges: new Map(), frames: [], svg: null, zoom: 1, wanted: 1, far: false };
const layers = {};

// The node whose box stands for this one: itself, or the result of the module that is folded around it.
export function shown(key) {
  const { n, calls } = view.picture;
  return (n ? calls[data.nodes[key].calls[n - 1]] : null) ?? key;
}
const box = (key) => view.picture.boxes.get(shown(key));

export function useView(n) {
  view.picture = pictures[n];
  view.drawn.clear();
  view.edges.clear();
  const [width, height] = view.picture.size;
  const words = n ? `Computation graph, modules folded at depth ${n}` : `Computation graph of ${data.nodes.length} nodes`;
  for (const name of ["map", "frames", "edges", "nodes", "labels", "covers"]) layers[name] = svg("g", { class: name });
  view.svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": words },
    svg("g", { class: "graph" }, svg("rect", { class: "ground", width, height }), ...Object.values(layers)));
  holder.replaceChildren(view.svg);
  narrow();
  view.frames = data.calls.map((call, i) => (i in view.picture.frames ? frame(call, i) : undefined));
  layers.frames.append(...view.frames.filter(Boolean));
}

// Boxes are made for Helvetica's widths (boxes.py): where another font stands in for it, text is as much smaller as that is wider.
function narrow() {
  const probe = svg("text", {}, "0123456789");
  layers.labels.append(probe);
  const wide = probe.getComputedTextLength();
  probe.remove();
  if (wide > DIGITS) stage.style.setProperty("--narrow", DIGITS / wide);
}

function frame(call, i) {
  const [x, y, width, height] = view.picture.frames[i];
  const label = svg("text", { x: x + 8, y: y + 13, role: "button", tabindex: 0, "aria-expanded": "true", "aria-label": `${call.label}: fold` }, call.label);
  return svg("g", { class: "cluster", id: `call${i}` }, svg("rect", { x, y, width, height, rx: 10 }), label);
}

// -- size and place --------------------------------------------------------------------------------------------------

const scale = () => PIXELS * view.zoom;

export function setZoom(factor) {
  useZoom(factor);
  view.wanted = view.zoom; // as the reader chose it: a step that has no room is shown smaller
}

function useZoom(factor) {
  view.zoom = Math.min(Math.max(factor, 0.01), 4);
  view.svg.style.width = `${view.picture.size[0] * scale()}px`;
  view.svg.style.setProperty("--zoom", view.zoom);
}

export function fit() {
  setZoom(Math.min(1.4, (stage.clientWidth - 2 * MARGIN) / (view.picture.size[0] * PIXELS)));
}

// Text that can be read matters more than seeing everything.
export function fitReadably() {
  fit();
  if (view.zoom < READABLE[0]) setZoom(READABLE[1]);
}

// The part of the picture that is in sight.
function sight() {
  const [mine, its] = [stage, view.svg].map((part) => part.getBoundingClientRect());
  return [mine.left - its.left, mine.top - its.top, stage.clientWidth, stage.clientHeight].map((x) => x / scale());
}

// Scrolls no further than it must for an area to be in sight.
function scrollTo([x, y, width, height]) {
  const [left, top, across, down] = sight();
  const margin = MARGIN / scale();
  const by = [
    beyond(x - margin, x + width + margin, left, across), beyond(y - margin, y + height + margin, top, down),
  ];
  stage.scrollBy(...by.map((points) => points * scale()));
}

export const reveal = (key) => scrollTo(box(key));

// An operation, what it hands gradients to and the way there, wholly in sight: smaller if they must be.
export function showStep(key) {
  const { rules } = data.nodes[key];
  const takesPart = (i) => state.step < 0 || view.picture.n > 0 || rules[i] !== null;
  const into = shown(key);
  const taking = view.picture.inputs(into).flatMap((source, i) => (takesPart(i) ? [{ source, way: edge(into, i) }] : []));
  const area = around([box(key), ...taking.flatMap(({ source, way }) => (way.stub ? [boxAround(way)] : [boxAround(way), box(source)]))]);
  if (view.zoom !== view.wanted) useZoom(view.wanted);
  const room = Math.min(...[stage.clientWidth, stage.clientHeight].map((pixels, i) => (pixels - 2 * MARGIN) / (area[2 + i] * scale())));
  if (room < 1) useZoom(view.zoom * room);
  scrollTo(area);
}

// The end of the picture, where the result stands, half way down.
export function scrollToResult() {
  const [, y, , height] = box(data.root);
  stage.scrollTo(stage.scrollWidth, (y + height / 2) * scale() - stage.clientHeight / 2);
  reveal(data.root);
}

// -- drawing what is in sight ----------------------------------------------------------------------------------------

function edge(key, i) {
  const { boxes, edges, inputs } = view.picture;
  return edgeOf(edges[`${key}_${i}`], boxes.get(inputs(key)[i]), boxes.get(key), data.direction, i);
}

// Draws what has come into sight, and what is spoken of; takes away what has left it.
export function refresh(spokenOf) {
  const { boxes, within, inputs } = view.picture;
  const area = sight();
  const seen = boxes.size <= WHOLE ? new Set(boxes.keys()) : within(area);
  view.far = boxes.size > WHOLE && seen.size > CROWD;
  const keys = view.far || boxes.size <= WHOLE ? seen : within(grown(area, 200));
  if (view.far) keys.clear();
  for (const key of spokenOf) keys.add(key);
  paintMap();
  for (const [key, { group }] of view.drawn) {
    if (keys.has(key)) continue;
    group.remove();
    view.drawn.delete(key);
    inputs(key).forEach((_, i) => removeEdge(`${key}_${i}`));
  }
  for (const key of keys) {
    if (view.drawn.has(key)) continue;
    const made = node(key);
    view.drawn.set(key, made);
    layers.nodes.append(made.group);
    inputs(key).forEach((_, i) => addEdge(key, i));
  }
}

function node(key) {
  const { picture } = view;
  const [x, y, width, height] = picture.boxes.get(key);
  const { kind, title, sub, rows: own } = data.nodes[key];
  const folded = picture.modules.get(key);
  const rows = folded?.rows ?? own;
  const outline = svg("rect", { x, y, width, height, rx: 6 });
  const group = svg("g", { id: `node${key}`, class: `node ${folded ? "module" : kind}${key === data.root ? " result" : ""}`, role: "button" }, outline);
  const fields = {};
  if (!rows.length && !folded && kind === "constant") {
    fields.value = { text: svg("text", { id: `value${key}`, x: x + width / 2, y: y + 15.5, class: "middle" }), room: Math.max(6, (width - 8) / 6.7) };
    group.append(fields.value.text);
    return { group, outline, fields, last: {} };
  }
  const head = svg("text", { x: x + 7, y: y + 16, class: "title" }, folded?.label ?? title);
  if (sub && !folded) head.append(svg("tspan", { class: "small", dx: 6 }, sub));
  group.append(head);
  let above = "";
  rows.forEach((word, i) => {
    const line = y + 33 + 16 * i;
    if (!word) return group.append(svg("text", { x: x + 7, y: line, class: "small" }, folded?.note ?? data.nodes[key].note));
    const field = word === "mean" ? `${above}-mean` : word;
    above = word;
    const text = svg("text", { id: `${field}${key}`, x: x + width - 7, y: line, class: "end" });
    group.append(svg("text", { x: x + 7, y: line, class: "small" }, word), text);
    if (word === "dtype") text.textContent = data.nodes[key].dtype;
    else if (word === "shape") text.textContent = `${shapeOf(value(key))}${value(key).dtype === "float64" ? "" : ` ${value(key).dtype}`}`;
    else fields[field] = { text, room: Math.floor((width - 18 - 5.2 * word.length) / 6.3) };
  });
  return { group, outline, fields, last: {} };
}

function addEdge(key, i) {
  const { points, tip, label, stub } = edge(key, i);
  const group = svg("g", { id: `edge${key}_${i}`, class: "edge" }, svg("path", { d: pathOf(points) }), svg("polygon", { points: headOf(points, tip) }));
  layers.edges.append(group);
  const words = label && !view.picture.modules.has(key) ? shapes(key, i, false) : "";
  const text = words ? svg("text", { id: `shape${key}_${i}`, class: "shape", x: label[0], y: label[1] + 3.5 }, words) : null;
  if (text) layers.labels.append(text);
  if (stub) group.append(svg("text", { class: "stub", x: points[0], y: points[1] - 3 }, known(view.picture.inputs(key)[i]).slice(0, 8)));
  view.edges.set(`${key}_${i}`, { group, text, last: {} });
}

function removeEdge(name) {
  const { group, text } = view.edges.get(name);
  group.remove();
  text?.remove();
  view.edges.delete(name);
}

// The shape that goes along an edge; where it is stretched, from which to which, and that the way back is a sum.
export function shapes(key, i, back) {
  const [source, result] = [value(view.picture.inputs(key)[i]), value(key)].map((x) => (x === null ? null : shapeOf(x)));
  if (source === null || (source === "scalar" && result === "scalar")) return "";
  if (!data.nodes[key].stretched.includes(i) || view.picture.n) return source;
  return back ? `Σ ${result} → ${source}` : `${source} → ${result}`;
}

// From far away: boxes without text, in the colours of their kinds, and straight edges, all of a kind in one stroke.
function paintMap() {
  layers.map.classList.toggle("hidden", !view.far);
  if (!view.far || layers.map.childNodes.length) return;
  const { boxes, inputs } = view.picture;
  const [strokes, lines] = [{}, []];
  for (const [key, [x, y, width, height]] of boxes) {
    (strokes[data.nodes[key].kind] ??= []).push(`M${x},${y}h${width}v${height}h${-width}z`);
    inputs(key).forEach((source, i) => {
      if (!edge(key, i).stub) lines.push(`M${middle(boxes.get(source))}L${middle([x, y, width, height])}`);
    });
  }
  layers.map.append(svg("path", { class: "edges", d: lines.join("") }));
  for (const [kind, parts] of Object.entries(strokes)) layers.map.append(svg("path", { class: kind, d: parts.join("") }));
}

const middle = ([x, y, width, height]) => `${x + width / 2},${y + height / 2}`;

export const addCover = (cover) => layers.covers.append(cover);
