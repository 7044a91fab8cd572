import type { TensorInfo } from "@tensorflow/tfjs-core";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** Names of the inputs that a call must bring; any name where the contract has lists. */
type RequiredNames<TInputs> = string extends keyof TInputs
  ? string
  : { [TName in keyof TInputs]-?: object extends Pick<TInputs, TName> ? never : TName }[keyof TInputs] & string;

export function requiredInput<TInputs extends Inputs>(
  kernel: string,
  inputs: TInputs,
  name: RequiredNames<TInputs>,
): TensorInfo {
  const input = inputs[name];
  if (input === undefined)
    throw new FusedKernelError(
      `${kernel} was called without its input "${name}". Expected a tensor. Received ${Object.keys(inputs).join(", ") || "no inputs"}.`,
    );
  return input;
}

/** Inputs `p0, p1, …` of a kernel over a list. */
export function listInput(kernel: string, inputs: Inputs, prefix: string, count: number): TensorInfo[] {
  const names = namesOf(prefix, count);
  const list: TensorInfo[] = [];
  for (let i = 0; i < count; i++) list.push(requiredInput(kernel, inputs, names[i] ?? prefix));
  return list;
}

const listNames = new Map<string, string[]>();

/** Built once: every step asks for all of them, and new strings are slow to look up. */
function namesOf(prefix: string, count: number): readonly string[] {
  let names = listNames.get(prefix);
  if (names === undefined) listNames.set(prefix, (names = []));
  while (names.length < count) names.push(`${prefix}${names.length}`);
  return names;
}
