// The two passes over a graph as one line of steps: before 0 the forward pass, from −(number of operations) on, after it the
// backward pass.

export function outline({ nodes, steps }) {
  const users = nodes.map(() => []);
  const terms = nodes.map(() => []); // for each node: who hands it a gradient, in the order of the pass
  const order = {}; // the place of each operation in the backward pass
  steps.forEach((key, place) => { order[key] = place; });
  const ahead = [...steps].reverse(); // the forward pass: oldest first
  const madeAt = {}; // the place of each operation in it
  ahead.forEach((key, i) => { madeAt[key] = i; });
  nodes.forEach((node, key) => node.inputs.forEach((source) => users[source].push(key)));
  for (const user of steps) {
    nodes[user].rules.forEach((rule, i) => { if (rule !== null) terms[nodes[user].inputs[i]].push({ user, i }); });
  }
  return { users, terms, order, ahead, madeAt };
}

// How many of a node's terms, which are in the order of the pass, have arrived before a step.
export function arrived(terms, order, step) {
  let [low, high] = [0, terms.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order[terms[middle].user] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
