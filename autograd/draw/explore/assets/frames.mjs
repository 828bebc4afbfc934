// Frames around the nodes of a module call: a click folds one to a cover, which says what is beneath it.

import { svg } from "./dom.mjs";
import { data, say, state } from "./state.mjs";
import { addCover, view } from "./views.mjs";

const covers = new Map();
const ancestors = (call) => (call === null || call === undefined ? [] : [call, ...ancestors(data.calls[call].inside)]);
const around = (key) => data.nodes[key].calls.find((call) => state.folded.has(call));

export function toggleFold(call) {
  if (!state.folded.delete(call)) state.folded.add(call);
  paintFrames();
  say(`${data.calls[call].label} ${state.folded.has(call) ? "folded" : "unfolded"}`);
  (covers.get(call) ?? view.frames[call].querySelector("text")).focus();
}

// Of the calls around a node, the innermost that has a frame in the picture.
export const frameAround = (key) => data.nodes[key].calls.findLast((call) => view.frames[call]);

export function prepareFrames() {
  view.frames.forEach((frame, i) => {
    const label = frame?.querySelector("text");
    if (!label) return;
    label.addEventListener("click", () => toggleFold(i));
    label.addEventListener("keydown", (event) => { if (event.key === "Enter") toggleFold(i); });
  });
}

export function paintFrames() {
  if (!data.calls.length) return;
  view.frames.forEach((frame, i) => {
    if (!frame) return;
    const inFolded = ancestors(data.calls[i].inside).some((call) => state.folded.has(call));
    frame.classList.toggle("hidden", inFolded);
    frame.querySelector("text").setAttribute("aria-expanded", String(!state.folded.has(i)));
    const covered = state.folded.has(i) && !inFolded;
    if (covered && !covers.get(i)?.isConnected) cover(i);
    else if (!covered && covers.has(i)) uncover(i);
  });
  if (view.picture.n) return;
  for (const [key, { group }] of view.drawn) group.classList.toggle("hidden", around(key) !== undefined);
  for (const [name, { group, text }] of view.edges) {
    const [key, i] = name.split("_").map(Number);
    const [from, to] = [around(data.nodes[key].inputs[i]), around(key)];
    group.classList.toggle("hidden", from !== undefined && from === to);
    text?.classList.toggle("hidden", from !== undefined || to !== undefined);
  }
}

function uncover(i) {
  covers.get(i).remove();
  covers.delete(i);
}

function cover(i) {
  const [x, y, width, height] = view.picture.frames[i];
  const count = data.nodes.filter((node) => node.calls.includes(i) && node.kind === "operation").length;
  const lines = [data.calls[i].label, `${count} operation${count === 1 ? "" : "s"}`];
  const texts = lines.map((line, n) => svg("text", { x: x + width / 2, y: y + height / 2, dy: `${1.3 * n}em` }, line));
  const words = { class: "cover", role: "button", tabindex: 0, "aria-label": `${data.calls[i].label}, folded: unfold` };
  const group = svg("g", words, svg("rect", { x, y, width, height, rx: 10 }), ...texts);
  group.addEventListener("click", () => toggleFold(i));
  group.addEventListener("keydown", (event) => { if (event.key === "Enter") toggleFold(i); });
  addCover(group);
  covers.set(i, group);
}
