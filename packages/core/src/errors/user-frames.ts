/**
 * Code that is neither the user's nor ours: the platform's, and installed packages, this one among them. Source maps
 * put tfjs' own files beside the program.
 */
const FOREIGN = /\bnode:|[\\/]node_modules[\\/]|[\\/]tfjs-[\w-]+[\\/]src[\\/]|\bnative\b|<anonymous>\)?$/;

/**
 * The folder of this package and of its siblings, where it is not installed but built or run from its repository; a
 * bundle that is no ES module has none.
 */
const REPOSITORY_PACKAGES = packagesFolder(import.meta.url);

/**
 * Leaves out the frames of this library, of tfjs and of the platform that stand above the user's own in an error's
 * stack, so that it begins with a line that the reader can change. A stack without any frame of the user's stays.
 * @param error its stack is changed
 * @param source an error whose frames take the place of its own. @default error
 */
export function showUserFirst(error: Error, source: Error = error): void {
  if (error.stack === undefined || source.stack === undefined) return;
  const { frames } = partsOf(source.stack);
  const first = frames.findIndex(isUsers);
  if (first < 0 || (first === 0 && source === error)) return;
  error.stack = [partsOf(error.stack).head, ...frames.slice(first)].join("\n");
}

/** Whether an error's stack leads to the user's code. */
export function hasUserFrame({ stack }: Error): boolean {
  return stack !== undefined && partsOf(stack).frames.some(isUsers);
}

/** A stack as V8 writes it; elsewhere it is all head. */
function partsOf(stack: string): { readonly head: string; readonly frames: readonly string[] } {
  const start = stack.search(/^\s+at .*:\d+:\d+\)?$/m);
  if (start < 0) return { head: stack, frames: [] };
  return { head: stack.slice(0, start).trimEnd(), frames: stack.slice(start).split("\n").filter(Boolean) };
}

function isUsers(frame: string): boolean {
  const isOurs = REPOSITORY_PACKAGES !== undefined && frame.includes(REPOSITORY_PACKAGES);
  return /:\d+:\d+\)?$/.test(frame) && !FOREIGN.test(frame) && !isOurs;
}

/** From `…/packages/core/src/errors/user-frames.ts`, or, built, from `…/packages/core/dist/index.js`. */
function packagesFolder(moduleUrl: string | undefined): string | undefined {
  if (moduleUrl === undefined) return undefined;
  const names = moduleUrl.replace(/^file:\/\//, "").split("/");
  return `${names.slice(0, names.at(-2) === "errors" ? -4 : -3).join("/")}/`;
}
