import { checkKinds } from "./check-kinds.js";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";

/**
 * Options of PyTorch's optimizers that choose between its implementations. They are accepted where they ask for
 * nothing, so that a call carries over; anything else is refused.
 */
export interface TorchOnlyOptions {
  readonly foreach?: false | null | undefined;
  readonly fused?: false | null | undefined;
  readonly capturable?: false | undefined;
  readonly differentiable?: false | undefined;
}

export type TorchOnlyOption = keyof TorchOnlyOptions;

/** What PyTorch writes into a state where nothing is asked for. */
export const TORCH_ONLY_DEFAULTS = { foreach: null, fused: null, capturable: false, differentiable: false } as const;

/**
 * The options of an optimizer with its defaults in place of those that are left out.
 * @throws MisconfigurationError for an option that it does not have, and for what only PyTorch has
 */
export function completeOptions<TDefaults extends object>(
  owner: string,
  options: object,
  defaults: TDefaults,
  torchOnly: readonly TorchOnlyOption[],
): TDefaults {
  rejectUnknownOptions(owner, options, [...Object.keys(defaults), ...torchOnly]);
  const given = givenOptions(owner, options, torchOnly);
  checkKinds(owner, defaults, given);
  return { ...defaults, ...given };
}

/** The options that are given and are not only PyTorch's. */
export function givenOptions(owner: string, options: object, torchOnly: readonly string[]): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!torchOnly.includes(name)) given[name] = value;
    else if (value !== false && value !== null)
      throw new MisconfigurationError({
        message: `${owner} has no ${name}: it chooses between PyTorch's implementations.`,
        expected: "false, null or nothing",
        received: describeValue(value),
        tryThis: "leave it out; every update of a list of parameters is one kernel here.",
      });
  }
  return given;
}
