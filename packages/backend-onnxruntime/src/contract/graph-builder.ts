import type { GraphDtype } from "./graph-dtype.js";

/** A named value of the ONNX graph under construction. */
export interface GraphValue {
  readonly name: string;
  readonly dtype: GraphDtype;
  readonly shape: readonly number[];
}

export type OnnxAttribute =
  | number
  | string
  | { readonly float: number }
  | readonly number[]
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

export interface NodeRequest {
  readonly type: string;
  /** `""` is ONNX's own domain; `"com.microsoft"` and `"com.microsoft.nchwc"` are ONNX Runtime's. @default "" */
  readonly domain?: string;
  /** `undefined` leaves an optional input out. */
  readonly inputs: readonly (GraphValue | undefined)[];
  /** Integers are written as INT, arrays of numbers as INTS; floats need `{ float }` or `{ floats }`. */
  readonly attrs?: Readonly<Record<string, OnnxAttribute>>;
  /** dtype and shape of every output; `undefined` leaves an optional output out. */
  readonly outputs: readonly ({ readonly dtype: GraphDtype; readonly shape: readonly number[] } | undefined)[];
}

/** Values between one step of a repetition and the next, and what each step gives besides. */
export interface ScanValues {
  readonly states: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** A part of the graph that is computed once for every entry of its inputs' first axis (ONNX's `Scan`). */
export interface ScanRequest {
  /** What the first step finds. */
  readonly states: readonly GraphValue[];
  /** Each step gets the next entry of each. */
  readonly inputs: readonly GraphValue[];
  /** From the last entry to the first. */
  readonly isReversed: boolean;
  /**
   * Emits one step; it may read values of the graph around it, and cannot `check`. The states that it returns have the
   * shapes of those that it got.
   */
  readonly step: (graph: GraphBuilder, states: readonly GraphValue[], inputs: readonly GraphValue[]) => ScanValues;
}

/**
 * Collects the nodes of one ONNX graph. Values are immutable; equal constants are shared; equal nodes may be shared.
 */
export interface GraphBuilder {
  /** Adds a node and returns its outputs (an absent output keeps its place as `undefined`). */
  node(request: NodeRequest): readonly (GraphValue | undefined)[];
  /** Adds a node with one output. `dtype` and `shape` default to those of the first input. */
  op(
    type: string,
    inputs: readonly (GraphValue | undefined)[],
    result?: { dtype?: GraphDtype; shape?: readonly number[]; attrs?: NodeRequest["attrs"]; domain?: string },
  ): GraphValue;
  /** Adds a repetition. Returns the states after the last step, and every step's outputs along a new first axis. */
  scan(request: ScanRequest): ScanValues;
  /** A constant that is part of the graph (shapes, axes, small structural numbers). */
  constant(values: readonly number[] | number, dtype: GraphDtype, shape?: readonly number[]): GraphValue;
  /**
   * The run counts as failed where `isBad` (bool, shape []) is true, whoever needs what the kernel computes: an index
   * is out of range, for instance. ONNX Runtime throws for some of these, but not where nothing reads the value, nor on
   * every device.
   */
  check(isBad: GraphValue): void;
  /**
   * Matrix products and convolutions compute in this type when autocast is on (inputs are cast, results cast back to
   * float32).
   */
  readonly computeDtype: "float32" | "float16" | "bfloat16";
  /**
   * Channels in a block of ONNX Runtime's blocked layout (`com.microsoft.nchwc`) on this machine, as a numeric probe
   * found it.
   * @default 0: the layout must not be used
   */
  readonly blockedChannels?: number;
  /** Whether one thread runs the graph: operators that share their work among threads have no advantage then. */
  readonly hasOneThread?: boolean | undefined;
  /** What the graph is for. @default `undefined`: the processor */
  readonly target?: GraphTarget | undefined;
  /**
   * The graph is for other runtimes and for any size of its inputs: only operators of ONNX's own, and none chosen by
   * how large a value is.
   * @default false
   */
  readonly isPortable?: boolean;
  /**
   * What is emitted belongs to a step of a repetition that is emitted step by step: every node costs as often.
   * @default false
   */
  readonly isRepetition?: boolean;
}

/**
 * Emits other operators that compute the same.
 * @param plain adds a node as it stands, where the operator itself is part of what is emitted
 * @returns the outputs of the request, or `undefined` if it can stay as it is
 */
export type Rewrite = (
  graph: GraphBuilder,
  request: NodeRequest,
  plain: (request: NodeRequest) => readonly (GraphValue | undefined)[],
) => readonly (GraphValue | undefined)[] | undefined;

/** What a graph is compiled for, where that is not the processor: which operators its device has. */
export interface GraphTarget {
  /**
   * For operators that the device has not, or that lose NaN or infinities there, by their type; those of other domains
   * as `domain:type`.
   */
  readonly rewrites: Readonly<Record<string, Rewrite>>;
  /** Whether a long sum is exact in one operator; otherwise it goes in blocks, as on the processor. */
  readonly sumsExactly: boolean;
  /** Whether a part of a graph can be repeated on the device; otherwise each step of a `scan` is emitted by itself. */
  readonly repeats: boolean;
  /** Whether an optimizer computes on all parameters side by side: arrays can be joined and split at little cost. */
  readonly packsUpdates: boolean;
  /** Nodes that the device says it has and does not, or that are quicker beside those they belong to. */
  readonly onProcessor?: ((node: NodeRequest) => boolean) | undefined;
  /**
   * Products that the device computes in these types, by operator, if its hardware has them. Otherwise autocast rounds
   * what they read and give, and they compute in float32.
   */
  readonly halves?: Readonly<Record<"float16" | "bfloat16", readonly string[]>> | undefined;
  /** Whether rows can be added into a table by index, in a fixed order. Otherwise a product with ones does it. */
  readonly scatters: boolean;
}
