// Computing on the page: a forward and a backward pass by the rules in `compiled`, which are the table's own (live.py).

// NumPy's functions of one or two numbers that JavaScript lacks, or has with other values at the edges.
export function power(x, y) {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

export function remainder(x, y) {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

export function rint(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const isNegative = (x) => x < 0 || Object.is(x, -0);
export const copysign = (x, y) => (isNegative(x) === isNegative(y) ? x : -x);
export const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

export const fmax = (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y));
export const fmin = (x, y) => -fmax(-x, -y);
export const heaviside = (x, y) => (x === 0 ? y : (Math.sign(x) + 1) / 2);

export function logaddexp(x, y) {
  if (x === y) return x + Math.LN2; // infinities too
  return Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

export function logaddexp2(x, y) {
  if (x === y) return x + 1;
  return Math.max(x, y) + Math.log1p(2 ** -Math.abs(x - y)) / Math.LN2;
}

// Every node's number, oldest first; `leaves` has those that are not computed.
export function forwardPass({ nodes, live, compiled }, leaves) {
  const values = [];
  nodes.forEach(({ inputs }, key) => {
    const numbers = inputs.map((source) => values[source]);
    values.push(live[key] === null ? leaves[key] : Number(compiled[live[key]].forward(...numbers)));
  });
  return values;
}

// The gradients, and what each operation hands to each input: the local derivative and its product with the gradient.
export function backwardPass({ nodes, live, compiled, steps, root }, values) {
  const grads = nodes.map(() => 0);
  grads[root] = 1;
  const terms = {};
  for (const key of steps) {
    const { inputs, rules } = nodes[key];
    const numbers = [values[key], ...inputs.map((source) => values[source])];
    terms[key] = rules.map((rule, i) => {
      if (rule === null) return null;
      const by = compiled[live[key]].rules[i];
      const product = Number(by(grads[key], ...numbers));
      grads[inputs[i]] += product;
      return { local: Number(by(1, ...numbers)), product };
    });
  }
  return { grads, terms };
}
