import { AsyncLocalStorage } from "node:async_hooks";
import type { AsyncContext } from "@lightning-ts/core";

/** Node's way to follow asynchronous code; Deno and Bun have it too. */
export function nodeAsyncContext(): AsyncContext {
  const storage = new AsyncLocalStorage<object>();
  return { run: (value, body) => storage.run(value, body), current: () => storage.getStore() };
}
