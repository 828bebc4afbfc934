// The film: the numbers of a program while it trained, moment after moment, beside the curve of its loss.

import { byId } from "./dom.mjs";
import { drawCurve, reset } from "./live.mjs";
import { asNumber } from "./numbers.mjs";
import { data, now, paint, say, state } from "./state.mjs";
import { remember } from "./address.mjs";

const film = { timer: null, losses: data.snapshots.map((moment) => asNumber(moment.values[data.root])) };

export function showMoment(moment) {
  reset();
  state.moment = moment;
  say(now().label);
  remember();
  paint();
}

function roll(on) {
  clearInterval(film.timer);
  film.timer = null;
  if (on) {
    const last = data.snapshots.length - 1;
    if (state.moment === last) showMoment(0);
    film.timer = setInterval(() => {
      showMoment(state.moment + 1);
      if (state.moment === last) roll(false);
    }, Number(byId("pace").value));
  }
  byId("roll").textContent = film.timer === null ? "▶ Film" : "⏸ Film";
}

export function paintFilm() {
  if (data.snapshots.length < 2) return;
  byId("moment").value = state.moment;
  const at = (300 * state.moment) / (film.losses.length - 1);
  for (const side of ["x1", "x2"]) byId("losses").querySelector("line").setAttribute(side, at);
}

export function prepareFilm() {
  byId("film").hidden = data.snapshots.length < 2;
  byId("moment").max = data.snapshots.length - 1;
  byId("moment").addEventListener("input", (event) => {
    const moment = Number(event.target.value); // before the slider is set back
    roll(false);
    showMoment(moment);
  });
  byId("roll").addEventListener("click", () => roll(film.timer === null));
  byId("pace").addEventListener("change", () => { if (film.timer !== null) roll(true); });
  drawCurve(byId("losses"), film.losses);
}
