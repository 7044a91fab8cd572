import { watchWalks } from "../autograd/watch-walks.js";
import { classNameOf } from "../errors/class-name.js";
import type { TapeNode } from "../tensor/engine-internals/tape.js";
import { currentTape } from "../tensor/recording.js";
import { aroundForward } from "./around-forward.js";
import type { Module } from "./module.js";

/** Which layer computes something, and whether in its forward or for its gradient. */
export interface LayerOrigin {
  /**
   * Where the layer stands in the model, as in the keys of the state dict: `encoder.0`; "" for the model itself. Absent
   * for gradients of what no layer has computed.
   */
  readonly layer?: string;
  /** Its class. */
  readonly type?: string;
  readonly pass: "forward" | "backward";
}

/**
 * Knows in which layer of a model the program is. It puts itself around each layer's `forward` until it is closed, and
 * follows the operations that were recorded there through backward. What an asynchronous `forward` does after its first
 * `await` counts for whoever called it.
 * @example
 * ```ts
 * import { LayerTrace, nn, tf } from "@lightning-ts/core";
 *
 * class Loud extends nn.Linear {
 *   override forward(x: tf.Tensor) {
 *     console.log(trace.current); // { layer: "0", type: "Loud", pass: "forward" }
 *     return super.forward(x);
 *   }
 * }
 * const net = new nn.Sequential(new Loud(2, 1));
 * const trace = new LayerTrace(net);
 * net.forward(tf.ones([1, 2]));
 * trace.close();
 * ```
 */
export class LayerTrace {
  readonly #open: LayerOrigin[] = [];
  readonly #recordedIn = new WeakMap<TapeNode, LayerOrigin>();
  readonly #undo: (() => void)[] = [];

  constructor(model: Module) {
    for (const [layer, module] of model.namedModules()) {
      const origin: LayerOrigin = { layer, type: classNameOf(module), pass: "forward" };
      this.#undo.push(aroundForward(module, (_, forward) => this.#enter(origin, forward)));
    }
    this.#undo.push(
      watchWalks((node, propagate) => {
        this.#within({ ...this.#recordedIn.get(node), pass: "backward" }, propagate);
      }),
    );
  }

  /** The innermost layer; undefined outside of all. */
  get current(): LayerOrigin | undefined {
    return this.#open.at(-1);
  }

  /** Leaves the model as it was. A second call is harmless. */
  close(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
  }

  #enter(origin: LayerOrigin, forward: () => unknown): unknown {
    const tape = currentTape();
    const last = tape?.at(-1);
    try {
      return this.#within(origin, forward);
    } finally {
      this.#note(tape, last, origin);
    }
  }

  #within<TResult>(origin: LayerOrigin, body: () => TResult): TResult {
    this.#open.push(origin);
    try {
      return body();
    } finally {
      this.#open.pop();
    }
  }

  /** What was recorded since `last` belongs to the layer, unless a layer within it has claimed it. */
  #note(tape: readonly TapeNode[] | undefined, last: TapeNode | undefined, origin: LayerOrigin): void {
    for (let i = (tape?.length ?? 0) - 1; i >= 0; i -= 1) {
      const node = tape?.[i];
      if (node === undefined || node === last) return;
      if (!this.#recordedIn.has(node)) this.#recordedIn.set(node, origin);
    }
  }
}
