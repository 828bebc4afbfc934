// The page: who hears of what, and in which order things are made ready.

import { asked } from "./address.mjs";
import { prepareCamera } from "./camera.mjs";
import { byId } from "./dom.mjs";
import { paintFilm, prepareFilm, showMoment } from "./film.mjs";
import { paintFrames } from "./frames.mjs";
import { prepareKeys } from "./keys.mjs";
import { paintLive, prepareLive } from "./live.mjs";
import { paintGraph } from "./marks.mjs";
import { paintPanel } from "./panel.mjs";
import { paintPlane, preparePlane } from "./plane.mjs";
import { data, listen, now, paint, select, state } from "./state.mjs";
import { jump, paintSteps, prepareSteps } from "./steps.mjs";
import { firstView, prepareTools, showView } from "./tools.mjs";
import { reveal, scrollToResult, shown, stage, view } from "./views.mjs";

listen("say", (words) => { byId("status").textContent = words; });

listen("paint", () => {
  paintGraph();
  paintFrames();
  paintPanel();
  paintSteps();
  byId("when").textContent = now().label;
  paintLive();
  paintPlane();
  paintFilm();
});

listen("select", (key, focus) => {
  if (state.key !== key || !state.walking) reveal(key);
  state.key = key;
  for (const call of data.nodes[key].calls) state.folded.delete(call);
  paint();
  if (focus) view.drawn.get(shown(key)).group.focus({ preventScroll: true });
});

// What is drawn is for clicking; what comes into sight is drawn.
stage.addEventListener("click", (event) => {
  const node = event.target.closest(".node");
  if (node) select(Number(node.id.slice(4)), true);
});
let awaited = false;
const lookAgain = () => {
  if (awaited) return;
  awaited = true;
  requestAnimationFrame(() => {
    awaited = false;
    paintGraph();
    paintFrames();
  });
};
stage.addEventListener("scroll", lookAgain);
window.addEventListener("resize", lookAgain);

function recall() {
  const [step, moment] = asked();
  if (Number.isInteger(moment) && moment in data.snapshots) showMoment(moment);
  if (Number.isInteger(step)) jump(step);
}
window.addEventListener("hashchange", recall);

byId("title").textContent = data.title;
byId("hint").textContent = data.hint;
byId("hint").hidden = !data.hint;
prepareLive();
prepareFilm();
preparePlane();
prepareSteps();
prepareTools();
prepareKeys();
prepareCamera();
showView(firstView());
scrollToResult();
paint();
recall();
