/** Prints the result and whether it is what the README promises. The process fails when it is not. */
export function report(name: string, isReached: boolean, result: string, promise: string): void {
  console.log(`${name}: ${result} (promised: ${promise}) ${isReached ? "✓" : "✗"}`);
  if (!isReached) process.exitCode = 1;
}

/** True when the program was started with `--full`: longer training, better results. */
export const isFull = process.argv.includes("--full");
