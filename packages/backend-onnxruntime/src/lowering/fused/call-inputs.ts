import type { TensorInfo } from "@tensorflow/tfjs-core";

/** What a fused kernel throws when it is called with something that its contract does not allow. */
export class FusedKernelError extends Error {
  override readonly name = "FusedKernelError";
  readonly code = "LIT_ENGINE_FUSED_KERNEL";
}

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
  return Array.from({ length: count }, (_, index) => requiredInput(kernel, inputs, `${prefix}${index}`));
}
