/** Frames of an error's stack: an operation of tfjs alone takes the ten that V8 shows. */
const FRAMES = 40;

let runs = 0;
let before: number | undefined;

/**
 * Lets the stacks of errors reach down to the user's code while a run is under way. @returns what ends that, once for
 * each run
 */
export function deepenStacks(): () => void {
  // Other engines than V8 have no limit to set.
  const limit: unknown = Reflect.get(Error, "stackTraceLimit");
  const isLow = runs === 0 && typeof limit === "number" && limit < FRAMES;
  // Under Node's --frozen-intrinsics the limit cannot be set, and stacks stay short.
  if (isLow && Reflect.set(Error, "stackTraceLimit", FRAMES)) before = limit;
  runs += 1;
  let hasEnded = false;
  return () => {
    if (hasEnded) return;
    hasEnded = true;
    runs -= 1;
    if (runs > 0 || before === undefined) return;
    if (Error.stackTraceLimit === FRAMES) Reflect.set(Error, "stackTraceLimit", before);
    before = undefined;
  };
}
