// From a node in the panel to the node.

import { make } from "./dom.mjs";
import { known } from "./names.mjs";
import { select } from "./state.mjs";

export const goTo = (key, words = known(key)) =>
  make("button", { class: "link", title: known(key), onclick: () => select(key, true) }, words);
