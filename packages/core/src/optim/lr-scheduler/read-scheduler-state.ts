import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { isAmount } from "../../errors/saved-numbers.js";

/** For each entry of a state: whether a value can be one. */
type Fields<TState> = { readonly [TKey in keyof TState]: (value: unknown) => value is TState[TKey] };

/** @throws MisconfigurationError that names the entry which is missing or unusable, and what it is */
export function readSchedulerState<TState extends object>(
  owner: string,
  state: unknown,
  expected: string,
  fields: Fields<TState>,
): TState {
  const refuse = (field: string, received: unknown): never => {
    throw new MisconfigurationError({
      code: "LIT_SCHEDULER_STATE",
      message: `${owner} cannot take over this state: ${field} is not usable.`,
      expected,
      received: typeof received === "number" ? String(received) : describeValue(received),
      tryThis: "an earlier checkpoint.",
    });
  };
  if (typeof state !== "object" || state === null) return refuse("it", state);
  const values = new Map<string, unknown>(Object.entries(state));
  if (values.get("version") !== 1) return refuse("version", values.get("version"));
  for (const [name, isUsable] of Object.entries<(value: unknown) => boolean>(fields))
    if (!isUsable(values.get(name))) refuse(name, values.get(name));
  return hasFields(state, fields) ? state : refuse("it", state);
}

function hasFields<TState extends object>(state: object, fields: Fields<TState>): state is TState {
  return Object.keys(fields).every((name) => name in state);
}

/** So many learning rates. */
export function ratesOf(count: number): (value: unknown) => value is readonly number[] {
  const isLong = ratesOfAll(count);
  return (value): value is readonly number[] => isLong(value) && value.length === count;
}

/** Learning rates of at least so many groups: some may have been added since the scheduler was made. */
export function ratesOfAll(count: number): (value: unknown) => value is readonly number[] {
  return (value): value is readonly number[] =>
    Array.isArray(value) && value.length >= count && value.every((rate) => isAmount(rate));
}

/** So many states of other schedulers, which look at them themselves. */
export function statesOf<TState>(count: number): (value: unknown) => value is readonly TState[] {
  return (value): value is readonly TState[] => Array.isArray(value) && value.length === count;
}
