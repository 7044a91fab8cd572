import { noGrad, type nn, tf } from "@lightning-ts/core";

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

function tensorsOf(module: nn.Module): (nn.Parameter | nn.Buffer)[] {
  return [...module.parameters(), ...module.buffers()];
}
