/** As much of Node's process as has handlers of failures. */
interface ProcessWithListeners {
  listeners(event: string): unknown[];
  removeListener(event: string, listener: unknown): void;
}

const FAILURES = ["uncaughtException", "unhandledRejection"] as const;
/** A function that does nothing but throw what it is given, or what is no exit of a WebAssembly program. */
const RETHROWS =
  /^function\s*\w*\s*\((\w+)\)\s*\{\s*(?:if\s*\(!\(\1 instanceof \w+\)\)\s*)?\{?\s*throw \1;?\s*\}?\s*\}$/;

/**
 * Starts a program that was made with Emscripten. Its loader makes every failure of the whole process, a rejection that
 * the application handles itself among them, end the process with code 7: such handlers are taken away again.
 */
export async function withoutRethrowing<TResult>(start: () => Promise<TResult>): Promise<TResult> {
  const process: unknown = Reflect.get(globalThis, "process");
  if (!hasListeners(process)) return start();
  const before = new Set(FAILURES.flatMap((event) => process.listeners(event)));
  try {
    return await start();
  } finally {
    for (const event of FAILURES)
      for (const listener of process.listeners(event))
        if (!before.has(listener) && RETHROWS.test(String(listener))) process.removeListener(event, listener);
  }
}

function hasListeners(value: unknown): value is ProcessWithListeners {
  return (
    typeof value === "object" &&
    value !== null &&
    "listeners" in value &&
    typeof value.listeners === "function" &&
    "removeListener" in value &&
    typeof value.removeListener === "function"
  );
}
