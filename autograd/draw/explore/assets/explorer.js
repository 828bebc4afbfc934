// The state of the page, and everything that changes it.

const byId = (id) => document.getElementById(id);
const users = data.nodes.map(() => []);
const terms = data.nodes.map(() => []); // for each node: who hands it a gradient, in the order of the pass
const order = {}; // the place of each operation in the backward pass
data.steps.forEach((key, place) => { order[key] = place; });
const ahead = [...data.steps].reverse(); // the forward pass: oldest first
const madeAt = {}; // the place of each operation in it
ahead.forEach((key, i) => { madeAt[key] = i; });
data.nodes.forEach((node, key) => node.inputs.forEach((source) => users[source].push(key)));
for (const user of data.steps) {
  data.nodes[user].rules.forEach((rule, i) => { if (rule !== null) terms[data.nodes[user].inputs[i]].push({ user, i }); });
}

// One line of steps: before 0 the forward pass, from −(number of operations) on, after it the backward pass.
const state = {
  key: data.root, step: data.steps.length, walking: false, moment: 0, compare: null,
  edited: null, colour: "kind", cell: null, folded: new Set(), found: new Set(),
};
let timer = null;

const now = () => state.edited ?? data.snapshots[state.moment];
const then = () => (state.compare === null ? null : data.snapshots[state.compare]);
const value = (key) => now().values[key];
const grad = (key) => now().grads[key];
const contribution = (user, i) => now().terms[user][i].product ?? grad(data.nodes[user].inputs[i]);

// Whether the forward pass, if it is on its way, has come to a node.
const isThere = (key) => state.step >= 0 || !(key in madeAt) || madeAt[key] < ahead.length + state.step;

// Whether all of a node's gradient is there.
const hasGradient = (key) => state.step >= 0 && (!state.walking || progress(key) === "done");

// The operation of the step that is shown; null at the start of a pass.
function current() {
  if (!state.walking || state.step === 0) return null;
  return (state.step > 0 ? data.steps[state.step - 1] : ahead[ahead.length + state.step - 1]) ?? null;
}

// How far a node's gradient has come: "waiting", "partial" or "done"; while the forward pass goes on, its value.
function progress(key) {
  if (state.step < 0) return isThere(key) ? "done" : "waiting";
  if (grad(key) === null || key === data.root) return "done";
  const arrived = terms[key].filter(({ user }) => order[user] < state.step).length;
  return arrived === terms[key].length ? "done" : arrived ? "partial" : "waiting";
}

function soFar(key) {
  if (hasGradient(key)) return grad(key);
  if (state.step < 0 || progress(key) === "waiting") return null;
  const arrived = terms[key].filter(({ user }) => order[user] < state.step).map(({ user, i }) => contribution(user, i));
  return arrived.some(isArray) ? arrived[arrived.length - 1] : arrived.map(asNumber).reduce((a, b) => a + b);
}

// What the colours measure.
function measure(key) {
  if (state.colour === "value") return value(key);
  if (state.colour === "grad") return soFar(key);
  const other = then()?.values[key];
  if (other === null || other === undefined) return null;
  if (!isArray(other)) return asNumber(other) - asNumber(value(key));
  const cells = other.cells.map((x, i) => asNumber(x) - asNumber(value(key).cells[i])).filter(Number.isFinite);
  return cells.length ? Math.max(...cells.map(Math.abs)) : null;
}

function paint() {
  paintGraph();
  paintPanel();
  byId("position").value = state.step;
  byId("where").textContent = state.step < 0 ? `forward ${ahead.length + state.step} of ${ahead.length}` : `${state.step} of ${data.steps.length}`;
  byId("first").disabled = state.walking && state.step === 0;
  byId("back").disabled = state.walking && state.step === -ahead.length;
  byId("forward").disabled = byId("last").disabled = state.walking && state.step === data.steps.length;
  byId("play").textContent = timer === null ? "▶ Play" : "⏸ Pause";
  byId("when").textContent = now().label;
  paintLive();
  paintFilm();
}

function say(words) { byId("status").textContent = words; }

function select(key, focus = false) {
  state.key = key;
  if (leaves.includes(key)) live.leaf = key;
  for (const call of data.nodes[key].calls) state.folded.delete(call);
  paintFrames();
  paint();
  const shape = view.shapes[shown(key)];
  shape.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focus) shape.focus({ preventScroll: true });
}

// -- the passes ------------------------------------------------------------------------------------------------------

function jump(step) {
  state.walking = true;
  state.step = Math.min(Math.max(step, -ahead.length), data.steps.length);
  stage.classList.toggle("ahead", state.step < 0);
  select(current() ?? (state.step < 0 ? leaves[0] : data.root));
  showStep(state.key);
  remember();
  say(stepWords());
}

function stepWords() {
  const node = data.nodes[state.key];
  if (state.step === 0) return "Start of the backward pass";
  if (current() === null) return "Start of the forward pass";
  if (state.step < 0) return `Forward step ${ahead.length + state.step} of ${ahead.length}: ${known(state.key)} is ${format(value(state.key))}`;
  const receives = (i) => `${known(node.inputs[i])} receives ${format(contribution(state.key, i))}`;
  const given = node.rules.map((rule, i) => (rule === null ? null : receives(i))).filter(Boolean).join(", ");
  return `Step ${state.step} of ${data.steps.length}: ${known(state.key)}. ${given}`;
}

function play(on) {
  clearInterval(timer);
  timer = null;
  if (on) {
    if (state.step === data.steps.length) jump(0);
    timer = setInterval(() => {
      jump(state.step + 1);
      if (state.step === data.steps.length) play(false);
    }, Number(byId("speed").value));
  }
  paint();
}

const stop = (action) => () => { play(false); action(); };
byId("first").addEventListener("click", stop(() => jump(0)));
byId("back").addEventListener("click", stop(() => jump(state.step - 1)));
byId("forward").addEventListener("click", stop(() => jump(state.walking ? state.step + 1 : 1)));
byId("last").addEventListener("click", stop(() => jump(data.steps.length)));
byId("play").addEventListener("click", () => play(timer === null));
byId("ahead").addEventListener("click", () => { jump(-ahead.length); play(true); });
byId("speed").addEventListener("change", () => { if (timer !== null) play(true); });
byId("position").min = -ahead.length;
byId("position").max = data.steps.length;
byId("position").addEventListener("input", (event) => {
  const step = Number(event.target.value); // before the slider is set back to where the pass is
  play(false);
  jump(step);
});

// -- the view --------------------------------------------------------------------------------------------------------

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

byId("colour").addEventListener("change", (event) => {
  state.colour = event.target.value;
  if (state.colour === "change" && state.compare === null) compareWith(state.moment === 0 ? data.snapshots.length - 1 : 0);
  paint();
});

function compareWith(moment) {
  state.compare = moment;
  byId("compare").value = moment === null ? "" : String(moment);
}
byId("compare").append(make("option", { value: "" }, "nothing"));
byId("compare").append(...data.snapshots.map((moment, i) => make("option", { value: i }, moment.label)));
byId("compare").addEventListener("change", (event) => {
  compareWith(event.target.value === "" ? null : Number(event.target.value));
  paint();
});
byId("colour").querySelector("[value=change]").disabled = data.snapshots.length < 2;

function toggleFold(call) {
  if (!state.folded.delete(call)) state.folded.add(call);
  paintFrames();
  say(`${data.calls[call].label} ${state.folded.has(call) ? "folded" : "unfolded"}`);
  (covers.get(call) ?? view.frames[call].querySelector("text")).focus();
}
byId("folding").hidden = !data.folds.length;
byId("depth").append(...["open", "outermost folded"].map((words, i) => make("option", { value: i }, words)));
byId("depth").append(...data.folds.slice(1).map((_, i) => make("option", { value: i + 2 }, `folded within ${i + 1}`)));
byId("depth").addEventListener("change", (event) => {
  state.folded.clear();
  useView(Number(event.target.value));
  fitReadably();
  select(state.key);
});

byId("smaller").addEventListener("click", () => setZoom(zoom / 1.25));
byId("larger").addEventListener("click", () => setZoom(zoom * 1.25));
byId("fit").addEventListener("click", fit);
byId("keys").addEventListener("click", () => byId("help").showModal());

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").textContent = dark ? "Light" : "Dark";
}
byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
prefersDark.addEventListener("change", (event) => { if (!data.theme) setTheme(event.matches); });

// -- keys ------------------------------------------------------------------------------------------------------------

// The nearest node above or below, of those that are about as far along.
function neighbour(direction) {
  const [x, y] = middle(shown(state.key));
  let best = null;
  let least = Infinity;
  eachShape((shape, key) => {
    if (shape.classList.contains("hidden")) return;
    const [dx, dy] = [middle(key)[0] - x, (middle(key)[1] - y) * direction];
    if (dy > 1 && dy + 2 * Math.abs(dx) < least) [best, least] = [key, dy + 2 * Math.abs(dx)];
  });
  return best;
}

function nextColour() {
  const options = [...byId("colour").options].filter((option) => !option.disabled);
  byId("colour").value = options[(options.findIndex((option) => option.selected) + 1) % options.length].value;
  byId("colour").dispatchEvent(new Event("change"));
}

const click = (id) => () => byId(id).click();
const move = (key) => { if (key !== null && key !== undefined) select(key, true); };
const KEYS = {
  " ": click("play"), ".": click("forward"), ",": click("back"), Home: click("first"), End: click("last"),
  ArrowLeft: () => move(data.nodes[state.key].inputs[0]), ArrowRight: () => move(users[state.key][0]),
  a: click("ahead"), ArrowUp: () => move(neighbour(-1)), ArrowDown: () => move(neighbour(1)),
  "/": () => byId("search").focus(), c: nextColour, t: click("theme"), "?": click("keys"),
  f: () => { const call = data.nodes[state.key].calls.findLast((i) => view.frames[i]); if (call !== undefined) toggleFold(call); },
  "+": click("larger"), "-": click("smaller"), 0: click("fit"),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog")) return;
  if (event.key === " " && event.target.closest("button, summary")) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

byId("title").textContent = data.title;
byId("hint").textContent = data.hint;
byId("hint").hidden = !data.hint;
setTheme(data.theme ? data.theme === "dark" : prefersDark.matches);
prepareLive();
prepareFilm();
preparePlane();
useView(0);
fitReadably();
paintFrames();
paint();
stage.scrollTo(stage.scrollWidth, (stage.scrollHeight - stage.clientHeight) / 2);
view.shapes[state.key].scrollIntoView({ block: "nearest", inline: "nearest" });
recall();
