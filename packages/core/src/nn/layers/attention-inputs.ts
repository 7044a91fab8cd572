import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";
import { checkFloats } from "../functional/check-dtype.js";

interface Widths {
  readonly embedDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly batchFirst: boolean;
}

type Inputs = Readonly<Record<"query" | "key" | "value", tf.Tensor>>;

/** @throws ShapeError unless queries, keys and values are sequences of the layer's widths that fit each other */
export function checkAttentionInputs(
  { query, key, value }: Inputs,
  { embedDim, kdim, vdim, batchFirst }: Widths,
): void {
  checkFloats("attention", { query, key, value });
  const { rank } = query;
  const isSequence = rank === 2 || rank === 3;
  const [time, batch] = rank === 2 ? [0, -1] : batchFirst ? [1, 0] : [0, 1];
  const isAlike =
    key.rank === rank &&
    value.rank === rank &&
    key.shape[time] === value.shape[time] &&
    (rank === 2 || [key, value].every(({ shape }) => shape[batch] === query.shape[batch]));
  const hasWidths = query.shape.at(-1) === embedDim && key.shape.at(-1) === kdim && value.shape.at(-1) === vdim;
  if (isSequence && isAlike && hasWidths) return;
  const shape = (length: string, width: number) =>
    batchFirst ? `[N, ${length}, ${width}]` : `[${length}, N, ${width}]`;
  throw new ShapeError({
    message: "attention: queries, keys and values do not fit the layer or each other.",
    expected: `${shape("T", embedDim)}, ${shape("S", kdim)} and ${shape("S", vdim)}, or all without N`,
    received: [query, key, value].map((tensor) => formatShape(tensor.shape)).join(", "),
    shapes: [query, key, value].map((tensor) => tensor.shape),
    tryThis: "{ batchFirst: true } for [N, T, width]; PyTorch's default is [T, N, width].",
  });
}
