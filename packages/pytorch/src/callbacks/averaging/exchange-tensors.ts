import { holdsNaN, MisconfigurationError, noGrad, type nn, tf } from "@lightning-ts/core";
import { savedTensors } from "../../checkpoint/codecs/checkpoint-tree.js";

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

/**
 * Gives a module the tensors in an entry of a checkpoint.
 * @param callback whose entry it is, for the error
 * @throws MisconfigurationError for NaN where the module has none, and for another type: no training can go on from it
 */
export function takeSaved(
  module: nn.Module,
  state: unknown,
  { callback, strict = true }: { readonly callback: string; readonly strict?: boolean },
): void {
  const saved = savedTensors(state);
  for (const [name, own] of module.stateDict()) {
    const tensor = saved[name];
    if (tensor === undefined) continue;
    if (tensor.dtype !== own.dtype) throw unusable(callback, name, own.dtype, tensor.dtype);
    if (holdsNaN(tensor.values) && !holdsNaN(own.dataSync())) throw unusable(callback, name, "numbers", "NaN");
  }
  module.loadStateDict(saved, { strict });
}

function unusable(callback: string, name: string, expected: string, received: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `What the checkpoint's state of ${callback} has for ${name} cannot be averaged.`,
    expected,
    received,
    tryThis: "an earlier checkpoint.",
  });
}

function tensorsOf(module: nn.Module): (nn.Parameter | nn.Buffer)[] {
  return [...module.parameters(), ...module.buffers()];
}
