import type { BackendValues } from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/value-spec.js";
import { mergeComplex } from "./complex-values.js";
import type { GraphEngine } from "./graph-engine.js";
import { arrayOfSingle, copyFromBuffer, viewOf } from "./host-copies.js";
import type { LazyData } from "./lazy-data.js";

/** Hands contents to the host. Asynchronous reads of one turn of the event loop share a graph. */
export class Reader {
  readonly #engine: GraphEngine;
  #wanted = new Set<LazyData>();
  #turn: Promise<void> | undefined;

  constructor(engine: GraphEngine) {
    this.#engine = engine;
  }

  /** A copy of the content; blocks until it has been computed. */
  readSync(data: LazyData): BackendValues {
    if (data.node !== undefined) this.#engine.runFor(new Set([data]));
    const { run } = data;
    if (run !== undefined) {
      this.#engine.queue.join(run);
      this.#engine.queue.throwFailureOf(run);
    }
    return contentOf(data);
  }

  /** Like `readSync` with the event loop free; the tensor may be disposed meanwhile. */
  async read(data: LazyData): Promise<BackendValues> {
    data.users++;
    try {
      if (data.node !== undefined) await this.#runSoon(data);
      const { run } = data;
      if (run !== undefined) {
        await this.#engine.queue.wait(run);
        this.#engine.queue.throwFailureOf(run);
      }
      return contentOf(data);
    } finally {
      data.users--;
      this.#engine.liveness.release(data);
    }
  }

  /** Numbers that came from the host; `undefined` if a graph computes them. */
  knownValues(data: LazyData): Iterable<number> | undefined {
    if (data.single !== undefined) return [data.single];
    const { buffer, run } = data;
    return buffer === undefined || run !== undefined ? undefined : viewOf(buffer, data.dtype, sizeOf(data.shape));
  }

  #runSoon(data: LazyData): Promise<void> {
    this.#wanted.add(data);
    this.#turn ??= Promise.resolve().then(() => {
      const wanted = this.#wanted;
      this.#wanted = new Set();
      this.#turn = undefined;
      this.#engine.runFor(wanted);
    });
    return this.#turn;
  }
}

function contentOf(data: LazyData): BackendValues {
  const { host, single, buffer } = data;
  if (host !== undefined) return host.kind === "string" ? host.values : mergeComplex(host.real, host.imag);
  if (single !== undefined) return arrayOfSingle(single, data.dtype);
  if (buffer === undefined) throw new Error("Tensor is disposed.");
  return copyFromBuffer(buffer, data.dtype, sizeOf(data.shape));
}
