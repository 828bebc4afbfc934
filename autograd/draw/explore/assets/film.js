// The film: the numbers of a program while it trained, moment after moment, beside the curve of its loss.

const film = { timer: null, losses: data.snapshots.map((moment) => asNumber(moment.values[data.root])) };

function showMoment(moment) {
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

function paintFilm() {
  if (data.snapshots.length < 2) return;
  byId("moment").value = state.moment;
  const at = (300 * state.moment) / (film.losses.length - 1);
  for (const side of ["x1", "x2"]) byId("losses").querySelector("line").setAttribute(side, at);
}

function prepareFilm() {
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

// -- a link to what is shown -----------------------------------------------------------------------------------------

// The address says which step and moment are shown, where the page has an address of its own.
function remember() {
  if (!["file:", "http:", "https:"].includes(location.protocol)) return;
  const parts = [state.walking ? `step=${state.step}` : "", state.moment ? `moment=${state.moment}` : ""].filter(Boolean);
  history.replaceState(null, "", `#${parts.join("&")}`);
}

function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [step, moment] = ["step", "moment"].map((word) => (asked.has(word) ? Number(asked.get(word)) : NaN));
  if (Number.isInteger(moment) && moment in data.snapshots) showMoment(moment);
  if (Number.isInteger(step)) jump(step);
}
window.addEventListener("hashchange", recall);
