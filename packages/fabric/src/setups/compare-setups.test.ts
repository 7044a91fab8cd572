import { describe, expect, it } from "vitest";
import { compareOptimizers, compareSchedulers, compareSetups } from "./compare-setups.js";
import type { RunSetup, SchedulerSetup } from "./run-setup.js";

const SETUP: RunSetup = {
  version: 1,
  model: { layer: "Linear(2, 1)" },
  optimizers: [{ name: "SGD", groups: [{ lr: 0.1, momentum: 0 }] }],
  schedulers: [{ name: "StepLR", optimizer: 0, options: { gamma: 0.5 } }],
  loaders: [{ batchSize: 4, shuffle: true }],
  run: { precision: "32-true", seed: 1 },
};

describe("what differs between two setups", () => {
  const changed = (changes: Partial<RunSetup>, before: Partial<RunSetup> = {}) =>
    compareSetups({ ...SETUP, ...before }, { ...SETUP, ...changes });

  it("is nothing between equal ones, whatever the order of keys and the kind of zero", () => {
    expect(changed({})).toEqual([]);
    const nested = { run: { a: { x: [1, null], y: true }, b: Number.NaN } };
    expect(changed({ run: { b: Number.NaN, a: { y: true, x: [1, null] } } }, nested)).toEqual([]);
    expect(changed({ run: { a: 0 } }, { run: { a: -0 } })).toEqual([]);
  });

  it("is each option with both values, where both sides know it", () => {
    expect(changed({ run: { precision: "16-mixed", seed: 1, more: 2 } })).toEqual([
      { what: "precision", saved: "32-true", now: "16-mixed", about: "run", wins: "code" },
    ]);
    expect(changed({ run: {} })).toEqual([]);
    expect(changed({ run: { seed: 2 } })).toEqual([
      { what: "seed", saved: "1", now: "2", about: "run", wins: "checkpoint" },
    ]);
  });

  it("is shown as people read it", () => {
    const values = [
      [null, 1, "none", "1"],
      [[1, ["a", null]], true, "[1, [a, null]]", "true"],
      [{ b: 1, a: { c: "d" } }, "text", "{ a: { c: d }, b: 1 }", "text"],
    ] as const;
    for (const [before, value, saved, now] of values)
      expect(changed({ run: { option: value } }, { run: { option: before } })).toEqual([
        { what: "option", saved, now, about: "run", wins: "code" },
      ]);
  });

  it("is named by the loader, and by its number where there are several", () => {
    expect(changed({ loaders: [{ batchSize: 8, shuffle: true }] })).toEqual([
      { what: "batchSize of the training loader", saved: "4", now: "8", about: "loader", wins: "code" },
    ]);
    const two = [{ batchSize: 4 }, { batchSize: 2 }];
    expect(changed({ loaders: two }, { loaders: [{ batchSize: 4 }, { batchSize: 3 }] })).toMatchObject([
      { what: "batchSize of training loader 1", saved: "3", now: "2" },
    ]);
    expect(changed({ loaders: two })).toEqual([]);
  });

  it("is the layers, those that are gone and those that are new too", () => {
    const model = { layer: "Linear(2, 3)", head: "Linear(3, 1)" };
    expect(changed({ model }, { model: { layer: "Linear(2, 1)", tail: "ReLU()" } })).toEqual([
      { what: "layer layer", saved: "Linear(2, 1)", now: "Linear(2, 3)", about: "model", wins: "code" },
      { what: "layer head", saved: "none", now: "Linear(3, 1)", about: "model", wins: "code" },
      { what: "layer tail", saved: "ReLU()", now: "none", about: "model", wins: "code" },
    ]);
  });

  it("is the first eight layers, and the number of the others", () => {
    const layers = (count: number, text: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`layer${i}`, text]));
    expect(changed({ model: layers(8, "a") }, { model: layers(8, "b") })).toHaveLength(8);
    const many = changed({ model: layers(11, "a") }, { model: layers(11, "b") });
    expect(many).toHaveLength(9);
    expect(many[7]).toMatchObject({ what: "layer layer7" });
    expect(many[8]).toEqual({ what: "other layers", saved: "3", now: "3 that differ", about: "model", wins: "code" });
  });
});

describe("what differs between two optimizers", () => {
  it("is named by the optimizer, and by the group where it has several; the checkpoint's value goes on", () => {
    const one = { name: "Adam", groups: [{ lr: 0.1 }] };
    expect(compareOptimizers({ name: "Adam", groups: [{ lr: 0.2 }] }, one)).toEqual([
      { what: "lr of Adam", saved: "0.2", now: "0.1", about: "optimizer", wins: "checkpoint" },
    ]);
    const two = { name: "Adam", groups: [{ lr: 0.1 }, { lr: 0.3 }] };
    expect(compareOptimizers({ name: "Adam", groups: [{ lr: 0.1 }, { lr: 0.2 }] }, two)).toMatchObject([
      { what: "lr of group 1 of Adam", saved: "0.2", now: "0.3" },
    ]);
    expect(compareOptimizers({ name: "Adam", groups: [{ lr: 0.1 }] }, two)).toEqual([]);
    expect(compareOptimizers(undefined, two)).toEqual([]);
  });
});

describe("what differs between schedules", () => {
  const schedule = (name: string, options = {}): SchedulerSetup => ({ name, optimizer: 0, options });

  it("is their options, where they are the same", () => {
    expect(compareSchedulers([schedule("StepLR", { gamma: 0.5 })], [schedule("StepLR", { gamma: 0.1 })])).toEqual([
      { what: "gamma of StepLR", saved: "0.5", now: "0.1", about: "schedule", wins: "code" },
    ]);
    for (const [was, is, name] of [
      ["", "StepLR", "StepLR"],
      ["StepLR", "", "a schedule"],
    ] as const)
      expect(compareSchedulers([schedule(was, { a: 1 })], [schedule(is, { a: 2 })])).toMatchObject([
        { what: `a of ${name}`, saved: "1", now: "2" },
      ]);
    expect(compareSchedulers([], [])).toEqual([]);
  });

  it("is their names, where they are others or more", () => {
    const all = (saved: readonly string[], now: readonly string[]) =>
      compareSchedulers(
        saved.map((name) => schedule(name)),
        now.map((name) => schedule(name)),
      );
    expect(all(["StepLR"], ["CosineAnnealingLR"])).toEqual([
      { what: "learning-rate schedules", saved: "StepLR", now: "CosineAnnealingLR", about: "schedule", wins: "code" },
    ]);
    expect(all([], ["StepLR", ""])).toMatchObject([{ saved: "none", now: "StepLR, a schedule" }]);
    expect(all(["StepLR", "A"], ["StepLR"])).toMatchObject([{ saved: "StepLR, A", now: "StepLR" }]);
    expect(all(["StepLR", "A"], ["StepLR", "B"])).toHaveLength(1);
  });
});
