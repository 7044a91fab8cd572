import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

/** Set in processes that run a function of a module: the folder of their call. */
export const CALL_VARIABLE = "LT_SPAWNED_CALL";

/** Which function runs with what. All ranks read it. */
export interface SpawnedCall {
  readonly url: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** How it ended on rank 0. */
export type SpawnedOutcome =
  | { readonly isDone: true; readonly result: unknown }
  | { readonly isDone: false; readonly error: unknown };

/** For messages: `train() of file:///home/me/train.js`. */
export function describeSpawned({ name, url }: SpawnedCall): string {
  return `${name === "default" ? "the default export" : `${name}()`} of ${url}`;
}

export function writeCall(folder: string, call: SpawnedCall): void {
  writeFileSync(join(folder, "call"), bytesOf(call, `An argument of ${describeSpawned(call)}`));
}
export function readCall(folder: string): SpawnedCall {
  return deserialize(readFileSync(join(folder, "call")));
}

export function writeOutcome(folder: string, outcome: SpawnedOutcome, call: SpawnedCall): void {
  writeFileSync(join(folder, "outcome"), bytesOf(outcome, `What ${describeSpawned(call)} returned`));
}
export function readOutcome(folder: string): SpawnedOutcome | undefined {
  const path = join(folder, "outcome");
  return existsSync(path) ? deserialize(readFileSync(path)) : undefined;
}

/** @throws MisconfigurationError for what no other process can have */
function bytesOf(value: unknown, what: string): Uint8Array {
  refuseTensors(value, what);
  try {
    return serialize(value);
  } catch (cause) {
    throw notCloneable(what, String(cause), cause);
  }
}

function refuseTensors(value: unknown, what: string): void {
  if (value instanceof Tensor) throw notCloneable(what, describeValue(value));
  if (value instanceof Map) for (const each of value.values()) refuseTensors(each, what);
  else if (Array.isArray(value)) for (const each of value) refuseTensors(each, what);
  else if (isPlainObject(value)) for (const each of Object.values(value)) refuseTensors(each, what);
}

function notCloneable(what: string, received: string, cause?: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: `${what} cannot go from one process to another.`,
    expected: "numbers, strings, arrays, typed arrays, plain objects, maps and sets",
    received,
    tryThis:
      "for a tensor its values (await tensor.data()), for a model its state: a checkpoint, or encodeSafetensors.",
    cause,
  });
}
