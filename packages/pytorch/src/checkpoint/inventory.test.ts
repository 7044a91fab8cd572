import { resolveBackend, tf } from "@lightning-ts/core";
import { CheckpointFormatError } from "@lightning-ts/fabric";
import { beforeAll, describe, expect, it } from "vitest";
import { findLost, INVENTORY_KEY, takeInventory } from "./inventory.js";

beforeAll(() => resolveBackend("cpu"));

const lost = (tree: object): string | undefined => {
  const found = findLost(Object(tree), "/run/a.ckpt");
  if (found !== undefined) expect(found).toBeInstanceOf(CheckpointFormatError);
  return found?.message;
};

describe("an inventory", () => {
  it("counts what each entry holds, by its kind", () => {
    const checkpoint = {
      epoch: 3,
      name: "net",
      flags: [true, false, null, undefined],
      nested: new Map<string, unknown>([["a", { b: [1, 2], c: undefined }]]),
      weights: { w: tf.ones([2, 3]), v: tf.buffer([4]) },
      bytes: [new Uint8Array(5), new Uint8Array(2)],
      nothing: undefined,
      [INVENTORY_KEY]: { version: 1 },
    };
    expect(takeInventory(Object(checkpoint))).toEqual({
      version: 2,
      epoch: { numbers: 1 },
      name: { texts: 1, characters: 3 },
      flags: { lists: 1, flags: 2, nothings: 2 },
      nested: { objects: 2, lists: 1, numbers: 2 },
      weights: { objects: 1, tensors: 2, elements: 10, "elements of float32": 10 },
      bytes: { lists: 1, bytes: 7 },
    });
  });

  it("says nothing of a checkpoint that is as it was, or that has more than it had", () => {
    const checkpoint = { epoch: 1, list: [1, "two", true, null], empty: {} };
    const inventory = takeInventory(Object(checkpoint));
    expect(lost({ ...checkpoint, [INVENTORY_KEY]: inventory })).toBeUndefined();
    expect(lost({ ...checkpoint, later: 1, [INVENTORY_KEY]: inventory })).toBeUndefined();
    expect(lost(checkpoint)).toBeUndefined();
  });

  it.each<[object, string]>([
    [
      { list: [1, 2] },
      'its entry "list" is not as the run has written it. Expected 1 lists, 1 texts, 2 numbers, 5 characters. Received 1 lists, 2 numbers.',
    ],
    [
      {},
      'its entry "list" is not as the run has written it. Expected 1 lists, 1 texts, 2 numbers, 5 characters. Received nothing.',
    ],
    [{ list: "gone" }, "Received 1 texts, 4 characters."],
    [{ list: [1, 2, "thre"] }, "Received 1 lists, 1 texts, 2 numbers, 4 characters."],
  ])("misses what %o has lost", (tree, message) => {
    const inventory = takeInventory(Object({ list: [1, 2, "three"] }));
    const said = lost({ ...tree, [INVENTORY_KEY]: inventory });
    expect(said).toContain("/run/a.ckpt");
    expect(said).toContain(message);
    expect(said).toContain('If it was changed on purpose, remove the entry "inventory" too.');
  });

  it.each<[unknown, string]>([
    [3, 'its entry "inventory" is not as the run has written it. Expected version 1 or 2. Received another.'],
    [
      { version: 3 },
      'its entry "inventory" is not as the run has written it. Expected version 1 or 2. Received another.',
    ],
    [{ version: 2, epoch: {} }, "Expected nothing. Received 1 numbers."],
    [{ version: 1, epoch: null }, "Expected nothing readable. Received 1 numbers."],
    [{ version: 1, epoch: "many" }, "Expected nothing readable. Received 1 numbers."],
    [{ version: 1, epoch: {} }, "Expected nothing. Received 1 numbers."],
  ])("that is %o itself is refused", (inventory, message) => {
    expect(lost({ epoch: 1, [INVENTORY_KEY]: inventory })).toContain(message);
  });

  it("of version 1 counts no characters of texts, and no elements by their type", () => {
    const inventory = { version: 1, name: { texts: 1 }, w: { tensors: 1, elements: 2 } };
    expect(lost({ name: "net", w: tf.ones([2]), [INVENTORY_KEY]: inventory })).toBeUndefined();
    expect(lost({ name: "net", w: tf.ones([3]), [INVENTORY_KEY]: inventory })).toContain(
      "Received 1 tensors, 3 elements.",
    );
  });

  it("is the same in whatever order things come", () => {
    const inventory = { version: 1, all: { texts: 1, lists: 1, numbers: 1 } };
    expect(lost({ all: [1, "a"], [INVENTORY_KEY]: inventory })).toBeUndefined();
  });
});
