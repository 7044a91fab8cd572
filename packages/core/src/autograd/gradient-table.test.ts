import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  newScopeRecord,
  pushScopeRecord,
  removeScopeRecord,
  type ScopeRecord,
} from "../tensor/engine-internals/scope-stack.js";
import { tf } from "../tensor/tf.js";
import { GradientTable } from "./gradient-table.js";

let scope: ScopeRecord;

beforeAll(async () => {
  await tf.setBackend("cpu");
});
beforeEach(() => {
  scope = newScopeRecord("walk");
  pushScopeRecord(scope);
});
afterEach(() => {
  removeScopeRecord(scope);
  for (const tensor of scope.track) tensor.dispose();
});

const valueOf = (tensor: tf.Tensor | undefined) => tensor?.dataSync()[0];

describe("a table of gradients", () => {
  it("adds up what flows into one tensor", () => {
    const table = new GradientTable(scope);
    expect(table.get(1)).toBeUndefined();
    for (const value of [1, 2, 4]) table.add(1, tf.scalar(value));
    table.add(2, tf.scalar(8));
    expect([valueOf(table.get(1)), valueOf(table.get(2))]).toEqual([7, 8]);
  });

  it("frees what was made since a mark and holds no gradient, and nothing that is kept or older", () => {
    const older = tf.scalar(0);
    const table = new GradientTable(scope);
    const mark = table.mark();
    expect(mark).toBe(1);
    const [held, kept, loose, disposed] = [tf.scalar(1), tf.keep(tf.scalar(2)), tf.scalar(3), tf.scalar(4)];
    scope.track.push(kept);
    table.add(1, held);
    table.add(2, disposed);
    disposed.dispose();
    table.freeSince(mark);
    expect([older, held, kept, loose].map((tensor) => tensor.isDisposed)).toEqual([false, false, false, true]);
    expect(scope.track.slice(0, 2)).toEqual([older, held]);
    expect(scope.track).not.toContain(loose);
    expect(scope.track).not.toContain(disposed);
    kept.dispose();
  });

  it("frees a gradient of its own as soon as a sum takes its place, or nobody holds it", () => {
    const table = new GradientTable(scope);
    const first = tf.scalar(1);
    table.add(1, first);
    table.freeSince(0);
    const second = tf.scalar(2);
    table.add(1, second);
    expect([first.isDisposed, valueOf(table.get(1))]).toEqual([true, 3]);
    table.freeSince(0);
    expect(second.isDisposed).toBe(true);
    const sum = table.get(1);
    table.drop(1);
    expect([sum?.isDisposed, table.get(1)]).toEqual([true, undefined]);
  });

  it("frees in the end what a sum replaced within one step", () => {
    const table = new GradientTable(scope);
    const [first, second] = [tf.scalar(1), tf.scalar(2)];
    table.add(1, first);
    table.add(1, second);
    expect(first.isDisposed).toBe(false);
    table.freeSince(0);
    expect([first.isDisposed, second.isDisposed, valueOf(table.get(1))]).toEqual([true, true, 3]);
  });

  it("keeps a gradient that several tensors share until the last one is dropped", () => {
    const table = new GradientTable(scope);
    const shared = tf.scalar(1);
    for (const id of [1, 2, 3]) table.add(id, shared);
    table.freeSince(0);
    for (const id of [1, 2]) {
      table.drop(id);
      expect(shared.isDisposed).toBe(false);
    }
    table.drop(3);
    expect(shared.isDisposed).toBe(true);
  });

  it("frees no gradient that it did not see being made", () => {
    const table = new GradientTable(scope);
    const given = tf.scalar(1);
    table.add(1, given);
    table.drop(1);
    table.drop(2);
    expect(given.isDisposed).toBe(false);
  });

  it("forgets and frees nothing without a scope", () => {
    const table = new GradientTable(undefined);
    const [held, loose] = [tf.scalar(1), tf.scalar(2)];
    table.add(1, held);
    expect(table.mark()).toBe(0);
    table.freeSince(0);
    table.drop(1);
    expect([loose.isDisposed, valueOf(table.get(1))]).toEqual([false, 1]);
  });
});
