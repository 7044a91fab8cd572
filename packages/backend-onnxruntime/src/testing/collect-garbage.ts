import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: unknown = runInNewContext("gc");

/** Runs garbage collection and the finalizers that follow it. */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    if (typeof gc === "function") Reflect.apply(gc, undefined, []);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
