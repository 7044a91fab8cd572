import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { CompiledGraph, GraphRunner, RunTicket } from "../../contract/graph-runner.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { openGraphRunner } from "../open-graph-runner.js";
import { memoryOf } from "../../testing/memory-of.js";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

function forceCollection(): void {
  if (typeof collectGarbage === "function") collectGarbage();
}

/** A value that a run computes, and the number that all its elements must have. */
interface Held {
  readonly buffer: GraphBuffer;
  readonly length: number;
  readonly expected: number;
  readonly ticket: RunTicket | undefined;
}

const LENGTHS = [1, 3, 17, 1000, 70_000];
const MOST_GRAPHS = 3;
const MOST_HELD = 40;

/**
 * Random work whose every result is known: adds what is held, drops or frees some, evicts graphs, reads in mid-flight.
 */
class Stress {
  readonly held: Held[] = [];
  readonly #graphs = new Map<number, CompiledGraph>();
  #seed = 1;
  reads = 0;

  constructor(readonly runner: GraphRunner) {
    for (const length of LENGTHS) this.#upload(length);
  }

  async step(): Promise<void> {
    const choice = this.#random(100);
    if (choice < 60) this.#add();
    else if (choice < 70) this.#upload(this.#pick(LENGTHS));
    else if (choice < 80) this.#drop(true);
    else if (choice < 90) this.#drop(false);
    else if (choice < 95) this.#read();
    else await this.#readLater();
    while (this.held.length > MOST_HELD) this.#drop(this.#random(2) === 0);
    if (this.held.length === 0) this.#upload(17);
  }

  #random(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * limit);
  }

  #pick<TItem>(items: readonly [TItem, ...TItem[]] | readonly TItem[]): TItem {
    const item = items[this.#random(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  #upload(length: number): void {
    const buffer = this.runner.allocate(length * 4);
    const expected = this.#random(100);
    new Float32Array(memoryOf(buffer), 0, length).fill(expected);
    this.held.push({ buffer, length, expected, ticket: undefined });
  }

  #add(): void {
    const a = this.#pick(this.held);
    const b = this.#pick(this.held.filter((other) => other.length === a.length));
    const buffer = this.runner.allocate(a.length * 4);
    const ticket = this.runner.start(this.#graph(a.length), [a.buffer, b.buffer], [buffer]);
    this.held.push({ buffer, length: a.length, expected: Math.fround((a.expected + b.expected) * 0.5), ticket });
  }

  #graph(length: number): CompiledGraph {
    const found = this.#graphs.get(length);
    if (found !== undefined) return found;
    const inputs = ["a", "b"].map((name) => ({ name, dtype: "float32" as const, shape: [length] }));
    const outputs = [{ name: "y", dtype: "float32" as const, shape: [length] }];
    const nodes = [
      { type: "Sum", inputs: ["a", "b"], outputs: ["s"] },
      { type: "Mul", inputs: ["s", "half"], outputs: ["y"] },
    ];
    const initializers = [
      { name: "half", dtype: "float32" as const, shape: [], data: new Uint8Array(Float32Array.of(0.5).buffer) },
    ];
    const graph = this.runner.compile({
      model: encodeModel({ nodes, initializers, inputs, outputs }),
      inputs,
      outputs,
    });
    for (const [oldLength, old] of this.#graphs) {
      if (this.#graphs.size < MOST_GRAPHS) break;
      this.#graphs.delete(oldLength);
      this.runner.release(old);
    }
    this.#graphs.set(length, graph);
    return graph;
  }

  #drop(isFreed: boolean): void {
    const [dropped] = this.held.splice(this.#random(this.held.length), 1);
    if (isFreed && dropped !== undefined) this.runner.free(dropped.buffer);
  }

  #read(): void {
    const held = this.#pick(this.held);
    if (held.ticket !== undefined) this.runner.join(held.ticket);
    this.#check(held);
  }

  async #readLater(): Promise<void> {
    const held = this.#pick(this.held);
    if (held.ticket !== undefined) await this.runner.wait(held.ticket);
    this.#check(held);
  }

  #check(held: Held): void {
    const values = new Float32Array(memoryOf(held.buffer), 0, held.length);
    this.reads += 1;
    expect(values.every((value) => value === held.expected)).toBe(true);
  }
}

describe("CpuRunner under stress", () => {
  it("keeps every value through collections, evictions and reads in mid-flight", async () => {
    const runner = openGraphRunner();
    const stress = new Stress(runner);
    for (let index = 0; index < 6000; index += 1) {
      await stress.step();
      if (index % 100 === 0) forceCollection();
    }
    for (const { ticket } of stress.held) if (ticket !== undefined) runner.join(ticket);
    expect(stress.reads).toBeGreaterThan(400);
    expect(runner.statistics()).toMatchObject({ liveGraphs: MOST_GRAPHS });
    await runner.close();
  });

  it("gets back the memory of buffers that were dropped without being freed", async () => {
    const runner = openGraphRunner();
    const start = runner.statistics().allocatedBytes;
    for (let index = 0; index < 200; index += 1) {
      const buffer = runner.allocate(1_000_000);
      new Float32Array(memoryOf(buffer))[0] = index;
      if (index % 20 !== 0) continue;
      forceCollection();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(runner.statistics().allocatedBytes - start).toBeLessThan(60_000_000);
    await runner.close();
  });
});
