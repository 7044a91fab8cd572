import { type HostTensor, noGrad, type nn, tf } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";

/** Exchanges the values of all parameters and buffers of two modules of one structure. */
export function swapTensors(one: nn.Module, other: nn.Module): void {
  const others = tensorsOf(other);
  for (const [i, own] of tensorsOf(one).entries()) {
    const theirs = others[i];
    if (theirs === undefined) continue;
    const before = noGrad(() => tf.clone(own));
    own.assign(theirs);
    theirs.assign(before);
    before.dispose();
  }
}

/** Gives a module the values of all parameters and buffers of another one of the same structure. */
export function takeTensors(module: nn.Module, from: nn.Module): void {
  const sources = tensorsOf(from);
  for (const [i, own] of tensorsOf(module).entries()) {
    const source = sources[i];
    if (source !== undefined) own.assign(source);
  }
}

/** Gives a module the parameters of another one of the same structure, and no buffers. */
export function takeParameters(module: nn.Module, from: nn.Module): void {
  const sources = from.parameters();
  for (const [i, own] of module.parameters().entries()) {
    const source = sources[i];
    if (source !== undefined) own.assign(source);
  }
}

/** The tensors in an entry of a checkpoint. */
export function hostTensorsOf(state: unknown): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(state ?? {}).filter((entry): entry is [string, HostTensor] => entry[1] instanceof TensorBuffer),
  );
}

function tensorsOf(module: nn.Module): (nn.Parameter | nn.Buffer)[] {
  return [...module.parameters(), ...module.buffers()];
}
