import type { DataType, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { ElementwiseProgram } from "./elementwise-program.js";
import type { PiecesProgram } from "./pieces-program.js";
import type { ScatterProgram } from "./scatter-program.js";
import type { GraphBuilder, GraphValue } from "./graph-builder.js";

/** What a kernel promises about one of its results. */
export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Attributes that shape the graph. They are part of its key, so they must be few and stable from step to step. */
export type StructuralAttributes = Readonly<Record<string, StructuralValue>>;
export type StructuralValue = string | number | boolean | null | readonly StructuralValue[];

/** One call of a kernel, as it is recorded. */
export interface Recording {
  /** In the order in which `lower` receives them. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly OutputSpec[];
  readonly attrs?: StructuralAttributes;
  /**
   * Numbers that may differ from step to step (a fill value, a learning rate): float32 scalar inputs of the graph,
   * never part of its key.
   */
  readonly scalars?: readonly number[];
  /** Inputs that may be means which nobody has computed: the call can do that itself. */
  readonly means?: MeanInputs | undefined;
}

/** A list of inputs, in place of which a call can take the lists that they are the means of. */
export interface MeanInputs {
  readonly start: number;
  readonly count: number;
  /** @param lists how many lists there are in place of the one */
  of(lists: number): Required<Pick<Recording, "attrs" | "scalars">>;
}

/** Looks at numbers that the host has written; `undefined` for those that a graph computes. */
export type KnownValues = (info: TensorInfo) => ArrayLike<number> | undefined;

/** A call whose results nobody has computed yet. */
export interface PendingCall {
  readonly kernel: LazyKernel;
  readonly attrs: StructuralAttributes;
  /** Equal contents are the same object. */
  readonly inputs: readonly object[];
}

/** Which input of a call holds indices, and how many things they choose from. */
export interface IndexInput {
  readonly input: number;
  readonly count: number;
  /** An index that stands for nothing. */
  readonly ignored?: number | undefined;
}

/**
 * A kernel that the engine can put into a graph.
 * `record` runs for every call and must be quick; `lower` runs once per compiled graph.
 */
export interface LazyKernel {
  /** The tfjs kernel's name, e.g. `"Relu"` or `"lit.Linear"`. */
  readonly name: string;
  /** The kernel gives a list of tensors, however many there are. @default true if a recording has several outputs */
  readonly returnsList?: boolean;
  /**
   * Its results are the means of lists of inputs, and are computed only where somebody reads them: what else is started
   * leaves them recorded, however long they live.
   */
  readonly isMeanOnDemand?: boolean;
  /**
   * Validates, infers shapes and dtypes. Returns `null` when this call has no lowering (it then falls back to the cpu
   * kernel).
   */
  record(inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined, known: KnownValues): Recording | null;
  /**
   * Emits ONNX nodes; returns one value per recorded output, of that shape and dtype. `scalars` are graph values of
   * shape [].
   */
  lower(
    graph: GraphBuilder,
    inputs: readonly GraphValue[],
    attrs: StructuralAttributes,
    scalars: readonly GraphValue[],
  ): readonly GraphValue[];
  /**
   * The attributes with which the call that makes the first input does this one as well, from its own inputs and with
   * the same bits; `undefined` where it does not.
   */
  readonly absorbedBy?: (producer: PendingCall, inputs: readonly object[]) => StructuralAttributes | undefined;
  /** Where its indices are, so that an error can name a wrong one. @param shapes of the inputs */
  readonly indices?: (attrs: StructuralAttributes, shapes: readonly (readonly number[])[]) => IndexInput | undefined;
  /**
   * What runs it outside of graphs, where the runner can; `undefined` if a call with these attributes is better off in
   * a graph. Elementwise work over lists of tensors has inputs and outputs of equal length in the order of
   * `ProgramRequest`, float32; a scatter has updates and indices as its inputs and the table as its output. `lower`
   * gives the bits of these two; those of a graph over pieces may come from another order of the sum.
   */
  readonly program?: (attrs: StructuralAttributes) => ElementwiseProgram | ScatterProgram | PiecesProgram | undefined;
}
