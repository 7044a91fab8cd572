import { refuseMore } from "../../../errors/refuse-more.js";
import { allocateValues, copyValues, type HostTensor } from "../../../data/host-tensor.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../../errors/shape-error.js";
import { tf } from "../../../tensor/tf.js";

export interface PadSequenceOptions {
  /** Whether the result is [B, T, ...] instead of [T, B, ...]. @default false */
  readonly batchFirst?: boolean | undefined;
  /** @default 0 */
  readonly paddingValue?: number | undefined;
  /** @default "right" */
  readonly paddingSide?: "left" | "right" | undefined;
  /**
   * T is rounded up to a multiple of this, so that batches of many lengths have few shapes: the engine compiles a graph
   * for each. PyTorch has no such option. @default 1
   */
  readonly multipleOf?: number | undefined;
}

/**
 * A batch of sequences [L, ...] of several lengths, the shorter ones padded to the longest: [T, B, ...]. Takes tensors,
 * or values on the host (`tf.buffer`), as a collate function has them, and gives the same.
 * @throws ShapeError for sequences that differ in more than their length
 */
export function padSequence(sequences: readonly HostTensor[], options?: PadSequenceOptions): HostTensor;
export function padSequence(sequences: readonly tf.Tensor[], options?: PadSequenceOptions): tf.Tensor;
export function padSequence(
  sequences: readonly tf.Tensor[] | readonly HostTensor[],
  options: PadSequenceOptions = {},
  ...more: readonly never[]
): tf.Tensor | HostTensor {
  rejectUnknownOptions("padSequence", options, ["batchFirst", "paddingValue", "paddingSide", "multipleOf"]);
  refuseMore("padSequence", more);
  const { batchFirst = false, paddingValue = 0, paddingSide = "right", multipleOf = 1 } = options;
  const shapes = sequences.map(({ shape }) => shape);
  checkSequences(
    shapes,
    sequences.map(({ dtype }) => dtype),
    paddingSide,
    multipleOf,
  );
  const longest = Math.max(...shapes.map(([length = 0]) => length));
  const plan = { steps: Math.ceil(longest / multipleOf) * multipleOf, batchFirst, paddingValue, paddingSide };
  return isOnHost(sequences) ? padOnHost(sequences, plan) : padTensors(sequences, plan);
}

interface Plan {
  readonly steps: number;
  readonly batchFirst: boolean;
  readonly paddingValue: number;
  readonly paddingSide: "left" | "right";
}

function padTensors(sequences: readonly tf.Tensor[], plan: Plan): tf.Tensor {
  const padded = sequences.map((sequence) => {
    const missing = plan.steps - (sequence.shape[0] ?? 0);
    if (missing === 0) return sequence;
    const [before, after] = plan.paddingSide === "left" ? [missing, 0] : [0, missing];
    const rest = sequence.shape.slice(1).map(() => [0, 0] satisfies [number, number]);
    return tf.pad(sequence, [[before, after], ...rest], plan.paddingValue);
  });
  return tf.stack(padded, plan.batchFirst ? 0 : 1);
}

function padOnHost(sequences: readonly HostTensor[], plan: Plan): HostTensor {
  const [first] = sequences;
  const rest = first?.shape.slice(1) ?? [];
  const width = tf.util.sizeFromShape(rest);
  const batch = sequences.length;
  const dtype = first?.dtype ?? "float32";
  const values = allocateValues(dtype, batch * plan.steps * width);
  fillNumbers(values, plan.paddingValue);
  sequences.forEach((sequence, b) => {
    const [length = 0] = sequence.shape;
    const start = plan.paddingSide === "left" ? plan.steps - length : 0;
    for (let i = 0; i < length; i += 1) {
      const row = plan.batchFirst ? b * plan.steps + start + i : (start + i) * batch + b;
      copyValues(sequence.values, i * width, width, values, row * width);
    }
  });
  return tf.buffer(plan.batchFirst ? [batch, plan.steps, ...rest] : [plan.steps, batch, ...rest], dtype, values);
}

/** Strings stay empty. */
function fillNumbers(values: ReturnType<typeof allocateValues>, value: number): void {
  if (Array.isArray(values)) return;
  for (let i = 0; i < values.length; i += 1) values[i] = value;
}

function isOnHost(sequences: readonly tf.Tensor[] | readonly HostTensor[]): sequences is readonly HostTensor[] {
  return sequences.every((sequence) => sequence instanceof tf.TensorBuffer);
}

function checkSequences(
  shapes: readonly (readonly number[])[],
  dtypes: readonly string[],
  side: string,
  multiple: number,
): void {
  if (side !== "left" && side !== "right")
    throw new MisconfigurationError({
      message: "padSequence: there is no such side.",
      expected: '"left" or "right"',
      received: JSON.stringify(side),
    });
  if (!Number.isInteger(multiple) || multiple < 1)
    throw new MisconfigurationError({
      message: "padSequence: no length is a multiple of this.",
      expected: "an integer of at least 1 as multipleOf",
      received: String(multiple),
    });
  const [first = []] = shapes;
  const isAlike = (shape: readonly number[]): boolean =>
    shape.length > 0 && tf.util.arraysEqual(shape.slice(1), first.slice(1));
  if (shapes.length > 0 && shapes.every(isAlike) && dtypes.every((dtype) => dtype === dtypes[0])) return;
  throw new ShapeError({
    message: "padSequence: the sequences cannot be one batch.",
    expected: "at least one sequence, and [L, ...] of one dtype that differ in L alone",
    received: shapes.length === 0 ? "none" : shapes.map((shape, i) => `${dtypes[i]} ${formatShape(shape)}`).join(", "),
    shapes,
  });
}
