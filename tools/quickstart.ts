/** Builds what the first example needs and trains it: a classifier of handwritten digits. Options go to the example. */
import { spawn } from "node:child_process";
import { runCommand } from "./checks/run-command.js";

console.log("\nlightning-ts: building the packages, then training a classifier of handwritten digits.");
const start = performance.now();
const build = await runCommand("turbo", ["run", "build", "--output-logs=errors-only", "--filter=@apps/mnist..."]);
if (build.exitCode !== 0) {
  console.error(build.output);
  process.exit(build.exitCode);
}
console.log(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.\n`);

// Ctrl-C reaches the example too, which ends its run in order; this process waits for it.
process.on("SIGINT", () => undefined);
// In one process: the command `tsx` would pass the signal on a second time, which ends the run at once.
spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...process.argv.slice(2)], {
  cwd: "apps/mnist",
  stdio: "inherit",
})
  .on("error", (error) => {
    throw error;
  })
  .on("close", (code) => {
    process.exitCode = code ?? 1;
  });
