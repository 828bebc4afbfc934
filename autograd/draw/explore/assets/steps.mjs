// Stepping through the passes, by buttons, by the slider, or in time.

import { remember } from "./address.mjs";
import { byId } from "./dom.mjs";
import { known } from "./names.mjs";
import { format } from "./numbers.mjs";
import { ahead, contribution, current, data, leaves, paint, say, select, state, value } from "./state.mjs";
import { showStep, stage } from "./views.mjs";

let timer = null;

export function jump(step) {
  state.walking = true;
  state.step = Math.min(Math.max(step, -ahead.length), data.steps.length);
  stage.classList.toggle("ahead", state.step < 0);
  state.key = current() ?? (state.step < 0 ? leaves[0] : data.root);
  showStep(state.key);
  select(state.key);
  remember();
  say(stepWords());
}

function stepWords() {
  const node = data.nodes[state.key];
  if (state.step === 0) return "Start of the backward pass";
  if (current() === null) return "Start of the forward pass";
  if (state.step < 0) return `Forward step ${ahead.length + state.step} of ${ahead.length}: ${known(state.key)} is ${format(value(state.key))}`;
  const receives = (i) => `${known(node.inputs[i])} receives ${format(contribution(state.key, i))}`;
  const given = node.rules.slice(0, 12).map((rule, i) => (rule === null ? null : receives(i))).filter(Boolean).join(", ");
  return `Step ${state.step} of ${data.steps.length}: ${known(state.key)}. ${given}`;
}

function halt() {
  clearInterval(timer);
  timer = null;
}

function play(on) {
  halt();
  if (on) {
    if (state.step === data.steps.length) jump(0);
    timer = setInterval(() => {
      jump(state.step + 1);
      if (state.step === data.steps.length) play(false);
    }, Number(byId("speed").value));
  }
  paint();
}

export function paintSteps() {
  byId("position").value = state.step;
  byId("where").textContent = state.step < 0 ? `forward ${ahead.length + state.step} of ${ahead.length}` : `backward ${state.step} of ${data.steps.length}`;
  byId("first").disabled = state.walking && state.step === 0;
  byId("back").disabled = state.walking && state.step === -ahead.length;
  byId("forward").disabled = byId("last").disabled = state.walking && state.step === data.steps.length;
  byId("play").textContent = timer === null ? "▶ Play" : "⏸ Pause";
}

export function prepareSteps() {
  const stop = (action) => () => { halt(); action(); };
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
    halt();
    jump(step);
  });
}
