import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { GraphBuffer } from "../contract/graph-runner.js";
import type { LazyNode } from "./lazy-node.js";
import type { Run } from "./run-queue.js";

/** tfjs' `dataId`: what tensors hold. It leads to the data as long as they are alive. */
export class DataHandle {
  data: LazyData | undefined;

  constructor(data: LazyData) {
    this.data = data;
  }
}

/** Values that never enter a graph. */
export type HostValues =
  | { readonly kind: "string"; readonly values: BackendValues }
  | { readonly kind: "complex"; readonly real: Float32Array; readonly imag: Float32Array };

/**
 * The content of one tensor (and of those that share it by `clone`, `reshape`, …).
 * It is one of: a result that a pending node will compute, a buffer, a single number, or values kept on the host.
 */
export class LazyData {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly specId: number;
  /** tfjs' reference count; 0 once it was disposed. */
  refs = 1;
  /** Pending nodes and reads that need the content. */
  users = 0;
  /** tfjs itself took a reference: the content of a variable. */
  isVariable = false;
  /** The last read at which an open scope was going to free every tensor of it. */
  temporaryIn = -1;
  /** The node that will compute it; `undefined` once it is materialised. */
  node: LazyNode | undefined;
  /** Which of the node's outputs it is. */
  outputIndex = 0;
  /** Held while the result is pending or young: garbage collection waits until there is something worth giving back. */
  pendingHandle: DataHandle | undefined;
  buffer: GraphBuffer | undefined;
  /** The run that writes `buffer`, until somebody has waited for it. */
  run: Run | undefined;
  /** The content of a tensor of one element that was written by the host. */
  single: number | undefined;
  host: HostValues | undefined;
  /** Scratch of the flush with this number: the position among the graph's inputs. */
  flush = -1;
  slot = -1;

  constructor(dtype: DataType, shape: readonly number[], specId: number) {
    this.dtype = dtype;
    this.shape = shape;
    this.specId = specId;
  }
}
