import { aroundForward, isPlainObject, mapTree, nn, noGrad, tf } from "@lightning-ts/core";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

/** What went through a layer. */
export interface LayerMeasure {
  /** Shapes as text: `[8, 3]`, or a list of them. */
  readonly inSize: string;
  readonly outSize: string;
  /** Multiplications and additions of linear layers and convolutions, in the layer and those inside it. */
  readonly flops: number;
}

export const UNKNOWN_SIZE = "?";

/**
 * Runs a model in evaluation mode on an example, without gradients, and measures every layer whose `forward` is called.
 * Layers of a model whose `forward` is asynchronous are not measured.
 * @param example what `forward` takes; an array for several arguments
 * @returns by the names of the modules; the model itself is ""
 */
export function measureLayers(model: nn.Module, example: unknown): ReadonlyMap<string, LayerMeasure> {
  const measured = new Map<string, LayerMeasure>();
  const modules = model.namedModules();
  const modes = modules.map(([, module]) => module.training);
  const restores = modules.map(([name, module]) => watch(name, module, measured));
  model.eval();
  try {
    noGrad(() =>
      tf.tidy(() => {
        const input = mapTree(example, (leaf) => (leaf instanceof TensorBuffer ? leaf.toTensor() : leaf));
        callForward(model, Array.isArray(input) ? input : [input]);
      }),
    );
  } finally {
    for (const restore of restores) restore();
    for (const [i, [, module]] of modules.entries()) module.training = modes[i] ?? module.training;
  }
  return measured;
}

/** Operations that the layers inside the one that runs have needed so far; one entry for each layer on the stack. */
const running: number[] = [];

/** Measures a module's calls, until the function that is returned is called. */
function watch(name: string, module: nn.Module, measured: Map<string, LayerMeasure>): () => void {
  return aroundForward(module, (inputs, forward) => {
    running.push(0);
    let inside = 0;
    let output: unknown;
    try {
      output = forward();
    } finally {
      inside = running.pop() ?? 0;
    }
    const flops = inside + operationsOf(module, inputs[0], output);
    const above = running.pop();
    if (above !== undefined) running.push(above + flops);
    const before = measured.get(name);
    const [inSize, outSize] = [shapeText(inputs.length === 1 ? inputs[0] : inputs), shapeText(output)];
    measured.set(name, before === undefined ? { inSize, outSize, flops } : { ...before, flops: before.flops + flops });
    return output;
  });
}

function callForward(model: nn.Module, inputs: readonly unknown[]): void {
  const forward: unknown = Reflect.get(model, "forward");
  if (typeof forward === "function") Reflect.apply(forward, model, [...inputs]);
}

/** A multiplication and an addition for each weight that an element of the output (or input) meets, as torch counts. */
function operationsOf(module: nn.Module, input: unknown, output: unknown): number {
  const weight: unknown = Reflect.get(module, "weight");
  if (!(weight instanceof Tensor) || !(input instanceof Tensor) || !(output instanceof Tensor)) return 0;
  const shape: readonly number[] = weight.shape;
  const perElement = 2 * shape.slice(1).reduce((product, size) => product * size, 1);
  if (FORWARD.some((known) => module instanceof known)) return perElement * output.size;
  return TRANSPOSED.some((known) => module instanceof known) ? perElement * input.size : 0;
}

const FORWARD = [nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d];
const TRANSPOSED = [nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d];

function shapeText(value: unknown): string {
  if (value instanceof Tensor) return `[${value.shape.join(", ")}]`;
  if (Array.isArray(value)) return `[${value.map(shapeText).join(", ")}]`;
  if (isPlainObject(value))
    return `{${Object.entries(value)
      .map(([name, one]) => `${name}: ${shapeText(one)}`)
      .join(", ")}}`;
  return UNKNOWN_SIZE;
}
