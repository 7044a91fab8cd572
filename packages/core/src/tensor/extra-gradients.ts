import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";

/** Gradients that tfjs-core 4.22 lacks, for operations that models use. */
const EXTRA: readonly GradConfig[] = [
  {
    kernelName: "Einsum",
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => einsumGradients(single(dy), saved, text(attrs, "equation")),
  },
  {
    kernelName: "GatherNd",
    inputsToSave: ["params", "indices"],
    gradFunc: (dy, [params, indices]) => ({
      params: () => tf.scatterND(orScalar(indices), single(dy), orScalar(params).shape),
      indices: () => tf.zerosLike(orScalar(indices)),
    }),
  },
  {
    kernelName: "ScatterNd",
    inputsToSave: ["indices"],
    gradFunc: (dy, [indices]) => ({
      updates: () => tf.gatherND(single(dy), orScalar(indices)),
      indices: () => tf.zerosLike(orScalar(indices)),
    }),
  },
  {
    kernelName: "TopK",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dy, [x, indices]) => ({ x: () => topKGradient(single(dy), orScalar(x), orScalar(indices)) }),
  },
  {
    kernelName: "DepthToSpace",
    gradFunc: (dy, _, attrs) => ({
      x: () => spaceToDepth(single(dy), Number(attrs["blockSize"]), text(attrs, "dataFormat")),
    }),
  },
];

/** Registers these gradients, except where the application has registered its own. */
export function registerExtraGradients(): void {
  for (const config of EXTRA)
    if ((tf.getGradient(config.kernelName) ?? undefined) === undefined) tf.registerGradient(config);
}

function einsumGradients(dy: Tensor, operands: readonly Tensor[], equation: string): Record<number, () => Tensor> {
  const [left = "", output = ""] = equation.replaceAll(" ", "").split("->");
  const subscripts = left.split(",");
  return Object.fromEntries(
    operands.map((operand, i) => [i, (): Tensor => operandGradient(i, { dy, output, operands, subscripts, operand })]),
  );
}

interface EinsumParts {
  readonly dy: Tensor;
  readonly output: string;
  readonly operands: readonly Tensor[];
  readonly subscripts: readonly string[];
  readonly operand: Tensor;
}

/** dy and the other operands, contracted to this operand's letters; letters that only it has are repeated. */
function operandGradient(index: number, { dy, output, operands, subscripts, operand }: EinsumParts): Tensor {
  const own = [...(subscripts[index] ?? "")];
  const others = subscripts.filter((_, i) => i !== index);
  const known = new Set([...output, ...others.join("")]);
  const present = own.filter((letter) => known.has(letter)).join("");
  const contracted =
    others.length === 0
      ? transposed(dy, output, present)
      : tf.einsum(`${[output, ...others].join(",")}->${present}`, dy, ...operands.filter((_, i) => i !== index));
  const expanded = tf.reshape(
    contracted,
    own.map((letter, axis) => (known.has(letter) ? (operand.shape[axis] ?? 1) : 1)),
  );
  return tf.broadcastTo(expanded, operand.shape);
}

function transposed(tensor: Tensor, from: string, to: string): Tensor {
  return from === to
    ? tf.clone(tensor)
    : tf.transpose(
        tensor,
        [...to].map((letter) => from.indexOf(letter)),
      );
}

/** Puts dy [..., k] back at the positions [..., k] of the largest values of x [..., n], with zeros elsewhere. */
function topKGradient(dy: Tensor, x: Tensor, indices: Tensor): Tensor {
  if (x.shape.at(-1) === 1) return tf.reshape(dy, x.shape); // oneHot refuses a single class
  const places = tf.oneHot(tf.cast(indices, "int32"), x.shape.at(-1) ?? 1); // [..., k, n]
  return tf.sum(tf.mul(tf.cast(places, "float32"), tf.expandDims(dy, -1)), -2);
}

function spaceToDepth(dy: Tensor, block: number, dataFormat: string): Tensor {
  const isNhwc = dataFormat === "NHWC";
  const [batch = 0, height = 0, width = 0, channels = 0] = isNhwc
    ? dy.shape
    : [dy.shape[0], dy.shape[2], dy.shape[3], dy.shape[1]];
  const [rows, columns] = [height / block, width / block];
  if (isNhwc)
    return tf.reshape(
      tf.transpose(tf.reshape(dy, [batch, rows, block, columns, block, channels]), [0, 1, 3, 2, 4, 5]),
      [batch, rows, columns, block * block * channels],
    );
  return tf.reshape(tf.transpose(tf.reshape(dy, [batch, channels, rows, block, columns, block]), [0, 3, 5, 1, 2, 4]), [
    batch,
    block * block * channels,
    rows,
    columns,
  ]);
}

function single(dy: Tensor | Tensor[]): Tensor {
  return orScalar(Array.isArray(dy) ? dy[0] : dy);
}

function orScalar(tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw new RangeError("a saved tensor is missing");
  return tensor;
}

function text(attrs: NamedAttrMap, name: string): string {
  return String(attrs[name]);
}
