// Getting about: the ground is dragged, Ctrl and the wheel (a trackpad's pinch) or two fingers zoom.

import { setZoom, stage, view } from "./views.mjs";

// Larger by `factor`; what lies under the point stays there.
function zoomAt(factor, x, y) {
  const before = view.svg.getBoundingClientRect();
  const [across, down] = [(x - before.left) / before.width, (y - before.top) / before.height];
  setZoom(view.zoom * factor);
  const after = view.svg.getBoundingClientRect();
  stage.scrollBy(after.left + across * after.width - x, after.top + down * after.height - y);
}

export function prepareCamera() {
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // without a key the wheel scrolls
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }, { passive: false });

  let spread = null; // between two fingers
  stage.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const [a, b] = event.touches;
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (spread !== null) zoomAt(apart / spread, (a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2);
    spread = apart;
  }, { passive: false });
  for (const end of ["touchend", "touchcancel"]) stage.addEventListener(end, () => { spread = null; });

  // A finger scrolls by itself; a mouse drags the ground, and what stands on it is for clicking.
  stage.addEventListener("pointerdown", (event) => {
    const onGround = !event.target.closest(".node, .cover, .cluster text");
    if (event.pointerType !== "mouse" || event.button !== 0 || !onGround || event.target === stage) return;
    stage.setPointerCapture(event.pointerId);
    stage.classList.add("dragged");
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.classList.contains("dragged")) stage.scrollBy(-event.movementX, -event.movementY);
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => stage.classList.remove("dragged"));
}
