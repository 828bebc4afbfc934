// The tools above the picture: search, colours, comparison, folding, size, light or dark.

import { byId, make } from "./dom.mjs";
import { paintFrames, prepareFrames } from "./frames.mjs";
import { paintGraph } from "./marks.mjs";
import { data, paint, select, state } from "./state.mjs";
import { fit, fitReadably, setZoom, useView, view } from "./views.mjs";

const FEW = 300; // boxes that a reader is met with, where modules can be folded

export function showView(n) {
  state.folded.clear();
  byId("depth").value = n;
  useView(n);
  fitReadably();
  prepareFrames();
}

// The most detailed picture that is not too large; the smallest if all are.
export function firstView() {
  const sizes = data.views.map(({ boxes }) => boxes.length / 3);
  const fitting = sizes.filter((size) => size <= FEW);
  return sizes.indexOf(fitting.length ? Math.max(...fitting) : Math.min(...sizes));
}

function prepareSearch() {
  byId("search").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    const names = (node) => [node.title, node.op, ...node.calls.map((call) => data.calls[call].label)];
    const matches = (node) => names(node).some((words) => words.toLowerCase().includes(wanted));
    state.found = new Set(wanted ? data.nodes.map((node, key) => (matches(node) ? key : -1)).filter((key) => key >= 0) : []);
    byId("found").textContent = wanted ? `${state.found.size} found` : "";
    paintGraph();
  });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !state.found.size) return;
    const found = [...state.found];
    select(found[(found.indexOf(state.key) + 1) % found.length]);
  });
}

function compareWith(moment) {
  state.compare = moment;
  byId("compare").value = moment === null ? "" : String(moment);
}

function prepareColours() {
  byId("colour").addEventListener("change", (event) => {
    state.colour = event.target.value;
    if (state.colour === "change" && state.compare === null) compareWith(state.moment === 0 ? data.snapshots.length - 1 : 0);
    paint();
  });
  byId("compare").append(make("option", { value: "" }, "nothing"));
  byId("compare").append(...data.snapshots.map((moment, i) => make("option", { value: i }, moment.label)));
  byId("compare").addEventListener("change", (event) => {
    compareWith(event.target.value === "" ? null : Number(event.target.value));
    paint();
  });
  byId("colour").querySelector("[value=change]").disabled = data.snapshots.length < 2;
}

export function nextColour() {
  const options = [...byId("colour").options].filter((option) => !option.disabled);
  byId("colour").value = options[(options.findIndex((option) => option.selected) + 1) % options.length].value;
  byId("colour").dispatchEvent(new Event("change"));
}

function prepareFolding() {
  const depths = data.views.length - 1;
  byId("folding").hidden = !depths;
  byId("depth").append(...["open", "outermost folded"].map((words, i) => make("option", { value: i }, words)));
  for (let i = 2; i <= depths; i++) byId("depth").append(make("option", { value: i }, `folded within ${i - 1}`));
  byId("depth").addEventListener("change", (event) => {
    showView(Number(event.target.value));
    select(state.key);
  });
}

function prepareTheme() {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const set = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    byId("theme").textContent = dark ? "Light" : "Dark";
  };
  byId("theme").addEventListener("click", () => set(document.documentElement.dataset.theme !== "dark"));
  prefersDark.addEventListener("change", (event) => { if (!data.theme) set(event.matches); });
  set(data.theme ? data.theme === "dark" : prefersDark.matches);
}

export function prepareTools() {
  prepareTheme();
  prepareSearch();
  prepareColours();
  prepareFolding();
  const sized = (change) => () => { change(); paintGraph(); paintFrames(); };
  byId("smaller").addEventListener("click", sized(() => setZoom(view.zoom / 1.25)));
  byId("larger").addEventListener("click", sized(() => setZoom(view.zoom * 1.25)));
  byId("fit").addEventListener("click", sized(fit));
  byId("keys").addEventListener("click", () => byId("help").showModal());
}
