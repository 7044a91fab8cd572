/** Runs steps in order. Goes on synchronously as long as none of them returns a promise. */
export function runSteps(steps: readonly (() => unknown)[], start = 0): void | Promise<void> {
  for (let i = start; i < steps.length; i += 1) {
    const pending = steps[i]?.();
    if (pending instanceof Promise) return pending.then(() => runSteps(steps, i + 1));
  }
}
