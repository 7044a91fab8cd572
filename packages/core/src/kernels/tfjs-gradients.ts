/**
 * Gradients of tfjs' own products and convolutions that tfjs refuses or gets wrong. Importing it registers them, on
 * every backend.
 */
import { engine, getGradient, type GradConfig, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";
import { registerLastingGradient } from "../tensor/gradients/index.js";
import { replaceCustomGradients } from "../tensor/replace-custom-gradients.js";
import { tf } from "../tensor/tf.js";
import { firstOf } from "./fused-kernel.js";
import { sumTo } from "./mat-mul.js";
import { gradientsOfConvolution } from "./tfjs-convolution-gradient.js";

for (const [name, isDepthwise] of [
  ["Conv2D", false],
  ["Conv3D", false],
  ["DepthwiseConv2dNative", true],
] as const) {
  replaceGradient(name, (dy, saved, attrs) => {
    if (!isDilated(attrs)) return undefined;
    const [x, filter] = saved;
    return { ...gradientsOfConvolution(dy, present(x), present(filter), attrs, isDepthwise) };
  });
}

// tfjs gives the gradient the shape of the product's batch; where an operand was broadcast, its own is the sum.
replaceGradient("BatchMatMul", (dy, saved, attrs) => {
  const [a, b] = [present(saved[0]), present(saved[1])];
  if (isSameBatch(a, b)) return undefined;
  return gradientsOfProduct(dy, a, b, attrs);
});

registerLastingGradient({
  kernelName: "Conv3DBackpropInputV2",
  inputsToSave: ["dy", "filter"],
  gradFunc: (dx, [dy, filter], attrs) => {
    const given = firstOf(Array.isArray(dx) ? dx : [dx]);
    const { inputShape: _, ...windows } = attrs;
    return {
      dy: () => run("Conv3D", { x: given, filter: present(filter) }, { ...windows, dataFormat: "NDHWC", dilations: 1 }),
      filter: () =>
        run(
          "Conv3DBackpropFilterV2",
          { x: given, dy: present(dy) },
          { ...windows, filterShape: present(filter).shape },
        ),
    };
  },
});

// tfjs' fused operations bring gradients of their own, which refuse the same cases.
replaceCustomGradients({
  fusedConv2d__op: {
    kernelName: "FusedConv2D",
    gradient: (dy, saved, attrs) => fusedConvolution(dy, saved, attrs, false),
  },
  fusedDepthwiseConv2d__op: {
    kernelName: "FusedDepthwiseConv2D",
    gradient: (dy, saved, attrs) => fusedConvolution(dy, saved, attrs, true),
  },
  fusedMatMul__op: {
    kernelName: "_FusedMatMul",
    gradient: (dy, [a, b, y, bias], attrs) => {
      if (isSameBatch(present(a), present(b))) return undefined;
      const gradient = tf.reshape(dy, present(y).shape);
      const { a: left, b: right } = gradientsOfProduct(gradient, present(a), present(b), attrs);
      return [left(), right(), ...biasGradient(gradient, bias)];
    },
  },
});

type Gradients = Record<string, () => Tensor>;

/** Puts a gradient before tfjs' own, which goes on where the new one is undefined. */
function replaceGradient(
  kernelName: string,
  gradient: (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => Gradients | undefined,
): void {
  const known: GradConfig = getGradient(kernelName);
  registerLastingGradient({
    ...known,
    gradFunc: (dy, saved, attrs) =>
      gradient(firstOf(Array.isArray(dy) ? dy : [dy]), saved, attrs) ?? known.gradFunc(dy, saved, attrs),
  });
}

function isDilated({ dilations }: NamedAttrMap): boolean {
  const steps: unknown[] = Array.isArray(dilations) ? dilations : [dilations ?? 1];
  return steps.some((step) => step !== 1);
}

function fusedConvolution(
  dy: Tensor,
  [filter, x, y, bias]: Tensor[],
  attrs: NamedAttrMap,
  isDepthwise: boolean,
): Tensor[] | undefined {
  if (!isDilated(attrs)) return undefined;
  // What the operation returns has the shape of its input: of one image, no batch.
  const gradient = tf.reshape(dy, present(y).shape);
  const gradients = gradientsOfConvolution(gradient, present(x), present(filter), attrs, isDepthwise);
  return [gradients.x(), gradients.filter(), ...biasGradient(gradient, bias)];
}

/** Fused operations differentiate a linear activation only: dy is what flows into the bias too. */
function biasGradient(dy: Tensor, bias: Tensor | undefined): Tensor[] {
  return bias === undefined ? [] : [sumTo(dy, bias.shape)];
}

function isSameBatch(a: Tensor, b: Tensor): boolean {
  return tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));
}

function gradientsOfProduct(
  dy: Tensor,
  a: Tensor,
  b: Tensor,
  { transposeA, transposeB }: NamedAttrMap,
): { a: () => Tensor; b: () => Tensor } {
  const [flipA, flipB] = [transposeA === true, transposeB === true];
  return {
    a: () => sumTo(flipA ? tf.matMul(b, dy, flipB, true) : tf.matMul(dy, b, false, !flipB), a.shape),
    b: () => sumTo(flipB ? tf.matMul(dy, a, true, flipA) : tf.matMul(a, dy, !flipA, false), b.shape),
  };
}

function run(kernelName: string, inputs: Record<string, Tensor>, attrs: NamedAttrMap): Tensor {
  const result: Tensor | Tensor[] = engine().runKernel(kernelName, inputs, attrs);
  return firstOf(Array.isArray(result) ? result : [result]);
}

function present(saved: Tensor | undefined): Tensor {
  if (saved === undefined) throw new RangeError("a saved tensor is missing");
  return saved;
}
