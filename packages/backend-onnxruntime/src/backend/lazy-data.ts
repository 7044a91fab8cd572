import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { LazyNode } from "./lazy-node.js";
import type { Run } from "./run.js";

/** tfjs' `dataId`: what tensors hold. It leads to the data as long as they are alive. */
export class DataHandle {
  data: LazyData | undefined;

  constructor(data: LazyData) {
    this.data = data;
  }

  /** `console.log(tensor)` shows fields of the tensor, and not how the engine keeps its numbers. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return {};
  }
}

/** Values that never enter a graph. */
export type HostValues =
  | { readonly kind: "string"; readonly values: BackendValues }
  | { readonly kind: "complex"; readonly real: Float32Array; readonly imag: Float32Array };

/** Where the content of a tensor is. The engine's README draws the ways from one to the other. */
export enum DataState {
  /** A recorded node will compute it. */
  Pending,
  /** In a buffer of the runner; `run` writes it, until somebody has waited for that. */
  Stored,
  /** One number that the host wrote. */
  Single,
  /** Strings or complex numbers, which stay on the host. */
  Host,
  /** The flush that should have computed it failed; reading it throws. */
  Failed,
  /** Nobody needs it, or its buffer has gone over to another. */
  Gone,
}

/** The content of one tensor (and of those that share it by `clone`, `reshape`, …). */
export class LazyData {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly specId: number;

  /** tfjs' reference count; 0 once it was disposed. */
  refs = 1;
  /** Pending nodes and reads that need the content. */
  users = 0;
  /** Flushes that have not been committed and need the content in case they fail. */
  holds = 0;
  /** tfjs itself took a reference: the content of a variable. */
  isVariable = false;
  /** The last read at which an open scope was going to free a tensor of it. */
  temporaryIn = -1;
  /** How many of its tensors open scopes were going to free then. */
  temporaries = 0;
  /** Held while the result is pending or young: garbage collection waits until there is something worth giving back. */
  youngHandle: DataHandle | undefined;

  /** Where the result is to be, while the flush that computes it starts. */
  place: GraphBuffer | undefined;

  /** Scratch of the flush with this number: the position among the graph's inputs. */
  flush = -1;
  slot = -1;

  #state = DataState.Gone;
  #node: LazyNode | undefined;
  #outputIndex = 0;
  #buffer: GraphBuffer | undefined;
  #run: Run | undefined;
  #isFromHost = false;
  #single = 0;
  #host: HostValues | undefined;
  #failure: unknown;

  constructor(dtype: DataType, shape: readonly number[], specId: number) {
    this.dtype = dtype;
    this.shape = shape;
    this.specId = specId;
  }

  get state(): DataState {
    return this.#state;
  }

  /** The node that will compute it, while it is pending. */
  get node(): LazyNode | undefined {
    return this.#node;
  }

  /** Which of its node's outputs it is. */
  get outputIndex(): number {
    return this.#outputIndex;
  }

  get buffer(): GraphBuffer | undefined {
    return this.#buffer;
  }

  /** The run that writes the buffer, until somebody has waited for it. */
  get run(): Run | undefined {
    return this.#run;
  }

  /** The buffer holds what the host wrote, so that the host can look at it without waiting for anything. */
  get isFromHost(): boolean {
    return this.#isFromHost;
  }

  get single(): number | undefined {
    return this.#state === DataState.Single ? this.#single : undefined;
  }

  get host(): HostValues | undefined {
    return this.#host;
  }

  /** Why reading it throws, when it has failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether somebody will still ask for the content. */
  get isNeeded(): boolean {
    return this.refs > 0 || this.users > 0 || this.holds > 0;
  }

  awaitNode(node: LazyNode, outputIndex: number): void {
    this.#clear(DataState.Pending);
    this.#node = node;
    this.#outputIndex = outputIndex;
  }

  store(buffer: GraphBuffer, run?: Run): void {
    this.#clear(DataState.Stored);
    this.#buffer = buffer;
    this.#run = run;
    this.#isFromHost = run === undefined;
  }

  /** The same content has another buffer from here on. */
  move(buffer: GraphBuffer): void {
    this.#buffer = buffer;
  }

  /** Somebody has waited for the run that wrote the buffer, and it went well. */
  settle(): void {
    this.#run = undefined;
  }

  writeSingle(value: number): void {
    this.#clear(DataState.Single);
    this.#single = value;
  }

  keepOnHost(values: HostValues): void {
    this.#clear(DataState.Host);
    this.#host = values;
  }

  fail(failure: unknown): void {
    this.#clear(DataState.Failed);
    this.#failure = failure;
  }

  /** Notes that an open scope will free one of its tensors. */
  stampTemporary(stamp: number): void {
    this.temporaries = this.temporaryIn === stamp ? this.temporaries + 1 : 1;
    this.temporaryIn = stamp;
  }

  /** Whether all that refers to it will be freed by scopes that were open at that read. */
  isTemporary(stamp: number): boolean {
    return this.temporaryIn === stamp && this.refs <= this.temporaries;
  }

  /** Lets the content go. @returns its buffer, which is the caller's from here on */
  release(): GraphBuffer | undefined {
    const buffer = this.#buffer;
    this.#clear(DataState.Gone);
    return buffer;
  }

  #clear(next: DataState): void {
    this.#state = next;
    this.#node = undefined;
    this.#buffer = undefined;
    this.#run = undefined;
    this.#isFromHost = false;
    this.#host = undefined;
    this.#failure = undefined;
  }
}

/** @throws RangeError where the content is gone */
export function bufferOf(data: LazyData): GraphBuffer {
  if (data.buffer === undefined) throw new RangeError("A graph reads a tensor that was freed.");
  return data.buffer;
}
