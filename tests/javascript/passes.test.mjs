import assert from "node:assert/strict";
import { test } from "node:test";
import { backwardPass, forwardPass } from "../../autograd/draw/explore/assets/engine.mjs";
import { arrived, outline } from "../../autograd/draw/explore/assets/passes.mjs";
import { axesOf, axesWords } from "../../autograd/draw/explore/assets/shapes.mjs";
import { colourOf, isLight, mix } from "../../autograd/draw/explore/assets/colours.mjs";
import { computed, unpack } from "../../autograd/draw/explore/assets/unpack.mjs";

// c = a · b, d = c + a, at a = 2 and b = 3.
const compiled = [
  { forward: (x, y) => x * y, rules: [(g, out, x, y) => g * y, (g, out, x) => g * x] },
  { forward: (x, y) => x + y, rules: [(g) => g, (g) => g] },
];
const leaf = { kind: "parameter", op: "", symbol: "", rules: [] };
const packed = {
  root: 3, nodes: [[], [], [0, 1], [2, 0]], kinds: [0, 0, 1, 2], titles: { 0: "a", 1: "b" }, paths: [[]], within: [],
  sorts: [leaf, { kind: "operation", op: "multiply", title: "×", rules: ["m:0", "m:1"] }, { kind: "operation", op: "add", title: "+", rules: ["a:0", "a:1"] }],
  live: [null, null, 0, 1], grids: [{ shape: [2], dtype: "float64", rows: 1, cols: 2, block: [1, 1] }],
  snapshots: [{ label: "now", values: [2, 3, 6, 8], grads: [4, 2, 1, 1], terms: null }],
};
const data = unpack(packed, compiled);

test("nodes that share what is said of them have inputs and names of their own", () => {
  assert.deepEqual(data.nodes.map(({ title }) => title), ["a", "b", "×", "+"]);
  assert.deepEqual(data.nodes[3].inputs, [2, 0]);
  assert.deepEqual(data.steps, [3, 2]);
});

test("terms that a page computes itself", () => {
  assert.deepEqual(data.snapshots[0].terms, { 3: [{ local: 1, product: 1 }, { local: 1, product: 1 }], 2: [{ local: 3, product: 3 }, { local: 2, product: 2 }] });
  const edited = computed(data, [5, 3]);
  assert.deepEqual([edited.values, edited.grads], [[5, 3, 15, 20], [4, 5, 1, 1]]);
  assert.deepEqual(backwardPass(data, forwardPass(data, [2, 3])).grads, [4, 2, 1, 1]);
});

test("terms and arrays that a page holds", () => {
  const held = { ...packed, snapshots: [{ ...packed.snapshots[0], grads: [[0, [1, 3, 2, 0, 0, 1], [1, 3]], 2, 1, 1], terms: [[[3, null, { to: [0], from: [0], by: [3] }], 0], [1, [null, 2]]] }] };
  held.snapshots.push({ ...held.snapshots[0], terms: [[[3, null, { by: [4] }], 0], [1, 1]] });
  const [first, second] = unpack(held, []).snapshots;
  assert.deepEqual(first.grads[0], { ...packed.grids[0], cells: [1, 3], stats: { min: 1, max: 3, mean: 2, zero: 0, nan: 0, inf: 1, finite: 1 } });
  assert.deepEqual(first.terms[2], [{ local: 3, product: null, factors: { to: [0], from: [0], by: [3] } }, null]);
  assert.deepEqual(first.terms[3], [{ local: null, product: null }, { local: null, product: 2 }]);
  assert.deepEqual(second.terms[2][0].factors, { to: [0], from: [0], by: [4] });
});

test("the line of steps, and what has arrived", () => {
  const { users, terms, order, ahead, madeAt } = outline(data);
  assert.deepEqual(users, [[2, 3], [2], [3], []]);
  assert.deepEqual(terms[0], [{ user: 3, i: 1 }, { user: 2, i: 0 }]);
  assert.deepEqual([ahead, madeAt[3], order[3]], [[2, 3], 1, 0]);
  assert.deepEqual([0, 1, 2].map((step) => arrived(terms[0], order, step)), [0, 1, 2]);
});

test("broadcasting", () => {
  assert.deepEqual(axesOf([3], [2, 3]).map(({ own, stretched }) => [own, stretched]), [[null, true], [3, false]]);
  assert.equal(axesWords(axesOf([3], [2, 3])), "axis 0");
  assert.equal(axesWords(axesOf([1, 3, 1], [4, 3, 5])), "axes 0 and 2");
  assert.equal(axesWords(axesOf([], [4, 3, 5])), "axes 0, 1 and 2");
});

test("colours", () => {
  assert.deepEqual(mix(["#000000", "#ffffff"], 0.5), [128, 128, 128]);
  assert.equal(colourOf("nan", 1), "var(--nan)");
  assert.equal(colourOf("inf", 1), "var(--infinite)");
  assert.equal(colourOf(0, 0), colourOf(0, 5));
  assert.notEqual(colourOf(-1, 1), colourOf(1, 1));
  assert.deepEqual([isLight(0, 1), isLight(-1, 1), isLight("nan", 1)], [true, false, false]);
});
