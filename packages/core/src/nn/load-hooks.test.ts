import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tf } from "../tensor/tf.js";
import { Linear } from "./layers/linear.js";
import { Module } from "./module.js";

/** As many layers as were made, or as a state dict has. */
class Growing extends Module {
  readonly count = this.registerBuffer("count", tf.scalar(0, "int32"));
  constructor() {
    super();
    this.registerLoadStateDictPreHook((entries, prefix) => {
      for (let i = 0; entries.has(`${prefix}${i}.weight`); i += 1) this.registerModule(String(i), new Linear(2, 1));
      entries.delete(`${prefix}old`);
    });
  }
}

class Holder extends Module {
  readonly inner = new Growing();
}

describe("a hook before loading", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("makes what the entries are for, and leaves entries out, under the module's own prefix", () => {
    const saved = new Holder();
    for (const name of ["0", "1"]) saved.inner.registerModule(name, new Linear(2, 1));
    const entries = saved.stateDict();
    entries.set("inner.old", tf.scalar(1));
    const loaded = new Holder();
    expect(loaded.loadStateDict(entries)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(entries.has("inner.old")).toBe(true);
    const values = (module: Module) => [...module.stateDict()].map(([key, value]) => [key, ...value.dataSync()]);
    expect(values(loaded)).toEqual(values(saved));
  });

  it("is asked by every load, of objects too", () => {
    const module = new Growing();
    const layer = { shape: [1, 2], values: [1, 2] };
    const entries = { count: { shape: [], values: [0] }, "0.weight": layer, "0.bias": { shape: [1], values: [3] } };
    for (let turn = 0; turn < 2; turn += 1) module.loadStateDict(entries);
    expect([...module.stateDict().keys()].toSorted()).toEqual(["0.bias", "0.weight", "count"]);
  });
});
