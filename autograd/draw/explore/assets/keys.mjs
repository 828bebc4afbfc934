// Everything by keyboard.

import { byId } from "./dom.mjs";
import { frameAround, toggleFold } from "./frames.mjs";
import { neighbour } from "./geometry.mjs";
import { data, select, state, users } from "./state.mjs";
import { nextColour } from "./tools.mjs";
import { shown, view } from "./views.mjs";

const click = (id) => () => byId(id).click();
const move = (key) => { if (key !== null && key !== undefined) select(key, true); };
const beside = (direction) => () => move(neighbour(view.picture.boxes, shown(state.key), direction));
const KEYS = {
  " ": click("play"), ".": click("forward"), ",": click("back"), Home: click("first"), End: click("last"),
  ArrowLeft: () => move(data.nodes[state.key].inputs[0]), ArrowRight: () => move(users[state.key][0]),
  a: click("ahead"), ArrowUp: beside(-1), ArrowDown: beside(1),
  "/": () => byId("search").focus(), c: nextColour, t: click("theme"), "?": click("keys"),
  f: () => { const call = frameAround(state.key); if (call !== undefined) toggleFold(call); },
  "+": click("larger"), "-": click("smaller"), 0: click("fit"),
};

export function prepareKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog")) return;
    if (event.key === " " && event.target.closest("button, summary")) return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
