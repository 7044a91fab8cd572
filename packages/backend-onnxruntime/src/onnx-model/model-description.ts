import type { OnnxAttribute } from "../contract/graph-builder.js";
import type { GraphDtype } from "../contract/graph-dtype.js";
import type { GraphValueSpec } from "../contract/graph-runner.js";

/** One operation of an ONNX graph. */
export interface ModelNode {
  /** Shown in ONNX Runtime's errors; say here which kernel the node comes from. */
  readonly name?: string | undefined;
  readonly type: string;
  /** `""` is ONNX's own domain. @default "" */
  readonly domain?: string | undefined;
  /** Names of values; `""` leaves an optional input out. */
  readonly inputs: readonly string[];
  /** Names of values; `""` leaves an optional output out. */
  readonly outputs: readonly string[];
  readonly attrs?: Readonly<Record<string, OnnxAttribute | ModelGraph>> | undefined;
  /** Values of the graph around it that graphs in `attrs` read, beside `inputs`. */
  readonly captures?: readonly string[] | undefined;
}

/** A graph as an attribute: what a `Scan` repeats. */
export interface ModelGraph {
  readonly graph: PortableModel;
}

/** A constant of the graph. */
export interface ModelInitializer {
  readonly name: string;
  readonly dtype: GraphDtype;
  readonly shape: readonly number[];
  /** Little-endian elements in row-major order. */
  readonly data: Uint8Array;
}

/** An input or output of a model for other runtimes; a name stands for a size that is known when the model runs. */
export interface ModelValue {
  readonly name: string;
  readonly dtype: GraphDtype;
  readonly shape: readonly (number | string)[];
}

/** A model with inputs and outputs of any size. */
export interface PortableModel extends Omit<ModelDescription, "inputs" | "outputs"> {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
}

/** An ONNX model as plain data. Nodes must be in topological order. */
export interface ModelDescription {
  /** @default "step" */
  readonly name?: string | undefined;
  readonly nodes: readonly ModelNode[];
  readonly initializers: readonly ModelInitializer[];
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
  /** Names of nodes that a device is to leave to the processor. @default none */
  readonly onProcessor?: readonly string[] | undefined;
}
