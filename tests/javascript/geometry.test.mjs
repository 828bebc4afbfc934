import assert from "node:assert/strict";
import { test } from "node:test";
import { around, beyond, boxAround, boxesOf, edgeOf, finder, headOf, neighbour, pathOf } from "../../autograd/draw/explore/assets/geometry.mjs";

test("boxes out of the page's list", () => {
  const given = { keys: [3, 5], sizes: [[10, 20], [30, 40]], boxes: [1, 2, 1, 7, 8, 0] };
  assert.deepEqual([...boxesOf(given)], [[3, [1, 2, 30, 40]], [5, [7, 8, 10, 20]]]);
  assert.deepEqual([...boxesOf({ ...given, keys: null }).keys()], [0, 1]);
});

test("what is in sight is what touches it: as looking at every box says", () => {
  let seed = 1;
  const random = (most) => { seed = (seed * 16807) % 2147483647; return seed % most; };
  const boxes = new Map(Array.from({ length: 500 }, (_, key) => [key, [random(9000) - 500, random(9000) - 500, 20 + random(900), 20 + random(60)]]));
  const within = finder(boxes);
  for (let i = 0; i < 50; i++) {
    const [x, y, w, h] = [random(9000), random(9000), random(2000), random(2000)];
    const expected = [...boxes].filter(([, [l, t, a, b]]) => l <= x + w && x <= l + a && t <= y + h && y <= t + b).map(([key]) => key);
    assert.deepEqual([...within([x, y, w, h])].sort((a, b) => a - b), expected);
  }
});

test("the box around boxes, and how far to scroll", () => {
  assert.deepEqual(around([[0, 5, 10, 10], [-3, 8, 2, 20]]), [-3, 5, 13, 23]);
  assert.deepEqual([beyond(5, 8, 0, 10), beyond(-5, 8, 0, 10), beyond(5, 18, 0, 10)], [0, -5, 8]);
});

test("an edge of Graphviz's: a curve, its tip, its label", () => {
  const curve = [0, 0, 1, 1, 2, 2, 3, 3];
  assert.deepEqual(edgeOf([...curve, 9, 9], null, null, "LR"), { points: curve, tip: [9, 9], label: null, stub: false });
  assert.deepEqual(edgeOf([...curve, 9, 9, 5, 5], null, null, "LR").label, [5, 5]);
  assert.equal(pathOf(curve), "M0,0C1,1 2,2 3,3");
  assert.equal(headOf([0, 0, 0, 0, 0, 0, 0, 0], [10, 0]), "0.0,-2.2 10.0,0.0 0.0,2.2");
});

test("an arc goes from side to side, whichever way the picture runs", () => {
  const [from, to] = [[0, 0, 10, 10], [100, 50, 20, 10]];
  assert.deepEqual([edgeOf(null, from, to, "LR").points.slice(0, 2), edgeOf(null, from, to, "LR").tip], [[10, 5], [100, 55]]);
  assert.deepEqual(edgeOf(null, to, from, "RL").tip, [10, 5]);
  assert.deepEqual(edgeOf(null, from, to, "TB").tip, [110, 50]);
  assert.deepEqual(edgeOf(null, to, from, "BT").tip, [5, 10]);
  const [x, y, w, h] = boxAround(edgeOf(null, from, to, "LR"));
  assert.ok(x <= 10 && y <= 5 && x + w >= 100 && y + h >= 55);
});

test("from far away only the end of an edge is drawn", () => {
  const far = edgeOf(null, [0, 0, 10, 10], [5000, 50, 20, 10], "LR", 0);
  assert.ok(far.stub);
  assert.ok(boxAround(far)[2] < 50);
  assert.notDeepEqual(edgeOf(null, [0, 0, 10, 10], [5000, 50, 20, 10], "LR", 1).tip, far.tip);
});

test("the neighbour above or below is the nearest that is about as far along", () => {
  const boxes = new Map([[0, [0, 0, 10, 10]], [1, [0, 30, 10, 10]], [2, [200, 20, 10, 10]], [3, [0, 90, 10, 10]]]);
  assert.equal(neighbour(boxes, 0, 1), 1);
  assert.equal(neighbour(boxes, 1, -1), 0);
  assert.equal(neighbour(boxes, 3, 1), null);
});
