// Marking the parts of the picture, colouring them, and the numbers that change. What has not changed is not touched.

import { CIVIDIS, css, isDark, mix } from "./colours.mjs";
import { byId, make, swatch } from "./dom.mjs";
import { asNumber, format, isArray, shortly, size } from "./numbers.mjs";
import { current, data, grad, isThere, other, progress, soFar, state, value } from "./state.mjs";
import { refresh, shapes, shown, view } from "./views.mjs";

// Does what `act` does with a fact, if it is another than the last time.
function put(part, name, fact, act) {
  if (part.last[name] === fact) return;
  part.last[name] = fact;
  act(fact);
}

function describe(key) {
  const node = data.nodes[key];
  const folded = view.picture.modules.get(key);
  const name = folded ? [folded.label, "folded module"] : [node.title, node.sub, node.kind];
  const words = [...name, `value ${isThere(key) ? format(value(key)) : "not yet"}`];
  if (grad(key) !== null) words.push(`gradient ${format(soFar(key)) || "not yet"}`);
  return words.filter(Boolean).join(", ");
}

// What the colours measure.
function measure(key) {
  if (state.colour === "value") return value(key);
  if (state.colour === "grad") return soFar(key);
  const its = other()?.values[key];
  if (its === null || its === undefined) return null;
  if (!isArray(its)) return asNumber(its) - asNumber(value(key));
  const cells = its.cells.map((x, i) => asNumber(x) - asNumber(value(key).cells[i])).filter(Number.isFinite);
  return cells.length ? Math.max(...cells.map(Math.abs)) : null;
}

export function paintGraph() {
  const step = current();
  const spokenOf = [state.key, ...(step === null ? [] : [step, ...view.picture.inputs(shown(step))])].map(shown);
  refresh(spokenOf);
  const measured = state.colour === "kind" ? [] : data.nodes.map((_, key) => size(measure(key)));
  const known = measured.filter((x) => x !== null && Number.isFinite(x) && x > 0).map(Math.log10);
  const [low, high] = [known.reduce((a, b) => Math.min(a, b), known[0] ?? 0), known.reduce((a, b) => Math.max(a, b), known[0] ?? 1)];
  const [now, chosen] = [step === null ? null : shown(step), shown(state.key)];
  const found = new Set([...state.found].map(shown));
  for (const [key, part] of view.drawn) {
    const reached = progress(key);
    for (const mark of ["waiting", "partial"]) toggle(part, mark, state.walking && reached === mark);
    toggle(part, "current", key === now);
    toggle(part, "selected", key === chosen);
    toggle(part, "found", found.has(key));
    const attribute = (name, words) => put(part, name, words, () => part.group.setAttribute(name, words));
    attribute("aria-label", describe(key));
    attribute("aria-current", key === chosen ? "true" : "false");
    attribute("tabindex", key === chosen ? "0" : "-1");
    paintNode(part, key, measured[key], low, high);
    showNumbers(part, key);
  }
  for (const [name, part] of view.edges) {
    const [key, i] = name.split("_").map(Number);
    const lit = key === now && (view.picture.n > 0 || state.step < 0 || data.nodes[key].rules[i] !== null);
    toggle(part, "lit", lit);
    if (part.text) put(part, "text", shapes(key, i, lit && state.step > 0), (words) => { part.text.textContent = words; });
    if (part.text) part.text.classList.toggle("lit", lit);
  }
  paintLegend(known.length > 0, low, high);
}

const toggle = (part, mark, on) => put(part, mark, on, () => part.group.classList.toggle(mark, on));

function paintNode(part, key, measured, low, high) {
  let rgb = null;
  let mark = "";
  if (measured !== undefined && measured !== null) {
    if (Number.isNaN(measured)) mark = "nan";
    else if (measured === Infinity) mark = "infinite";
    else if (measured === 0) mark = "zero";
    else rgb = mix(CIVIDIS, high > low ? (Math.log10(measured) - low) / (high - low) : 0.5);
  }
  for (const name of ["nan", "infinite", "zero"]) toggle(part, name, mark === name);
  toggle(part, "dead", isDead(key) && state.colour !== "kind");
  toggle(part, "coloured", rgb !== null);
  toggle(part, "deep", rgb !== null && isDark(rgb));
  put(part, "fill", rgb ? css(rgb) : "", (fill) => { part.outline.style.fill = fill; });
}

// A ReLU that lets nothing through.
function isDead(key) {
  return data.nodes[key].op === "relu" && size(value(key)) === 0;
}

// The numbers in a node's box, as far as the pass has come.
function showNumbers(part, key) {
  const as = (word, x, missing) => {
    const field = part.fields[word];
    const mean = part.fields[`${word}-mean`];
    const words = x === null ? missing : shortly(x, field?.room ?? 99, data.number);
    if (field) put(part, word, words, () => { field.text.textContent = words; });
    if (mean) put(part, `${word}-mean`, isArray(x) ? format(x.stats.mean ?? "nan", 3) : "…", (text) => { mean.text.textContent = text; });
  };
  as("value", isThere(key) ? value(key) : null, "…");
  as("grad", soFar(key), grad(key) === null && !state.walking ? "none" : "…");
}

function paintLegend(measured, low, high) {
  const legend = byId("legend");
  const entry = (kind, words) => make("span", {}, swatch(kind), words);
  const kinds = {
    parameter: "wants a gradient", input: "data", constant: "constant", operation: "computed",
    module: "folded module", omitted: "left out",
  };
  if (state.colour === "kind") {
    const present = new Set(data.sorts.map((sort) => sort.kind));
    if (view.picture.modules.size) present.add("module");
    const wanted = [...present].join();
    if (legend.dataset.shows === wanted) return;
    legend.dataset.shows = wanted;
    legend.replaceChildren(...Object.entries(kinds).filter(([kind]) => present.has(kind)).map(([kind, words]) => entry(kind, words)));
    return;
  }
  legend.dataset.shows = state.colour;
  const parts = [];
  const title = { grad: "|gradient|", value: "|value|", change: "|change|" }[state.colour];
  if (measured) {
    const bar = make("i", { class: "scale", "aria-hidden": "true" });
    bar.style.background = `linear-gradient(to right, ${CIVIDIS.join(",")})`;
    const words = `${title}, the largest of each node, on a log scale: ${format(10 ** low, 2)} `;
    parts.push(make("span", {}, words, bar, ` ${format(10 ** high, 2)}`));
  } else parts.push(make("span", {}, `${title}: nothing to measure`));
  parts.push(entry("zero", "exactly 0"), entry("nan", "NaN"), entry("infinite", "infinite"), entry("dead", "dead ReLU"));
  legend.replaceChildren(...parts);
}
