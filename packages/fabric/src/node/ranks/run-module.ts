// What processes that `spawnRanks` starts run, the other ranks too: a function of a module.
import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { CALL_VARIABLE, describeSpawned, readCall, writeOutcome, type SpawnedCall } from "./spawned-call.js";

const folder = process.env[CALL_VARIABLE] ?? "";
const call = readCall(folder);
const isFirst = (process.env["LOCAL_RANK"] ?? "0") === "0";
try {
  const run = await functionOf(call);
  const result = await run(...call.args);
  if (isFirst) writeOutcome(folder, { isDone: true, result }, call);
} catch (error) {
  if (isFirst) writeOutcome(folder, { isDone: false, error: cloneable(error) }, call);
  throw error;
}

async function functionOf({ name, url }: SpawnedCall): Promise<(...args: readonly unknown[]) => unknown> {
  const exported: Readonly<Record<string, unknown>> = await import(url);
  const found = exported[name];
  if (isFunction(found)) return found;
  const functions = Object.keys(exported).filter((key) => isFunction(exported[key]));
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: `There is no function ${describeSpawned(call)}.`,
    expected: functions.length === 0 ? "an exported function" : `one of ${functions.join(", ")}`,
    received: describeValue(found),
  });
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === "function";
}

/** An error as another process can have it: its class and fields that are no data stay here. */
function cloneable(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const copy = new Error(error.message);
  Object.assign(copy, { stack: error.stack, ...("code" in error && { code: String(error.code) }) });
  Object.defineProperty(copy, "name", { value: error.name });
  return copy;
}
