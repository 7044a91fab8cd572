import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs every example in its short form, one after the other; fails when one misses its promise. */
for (const name of ["autoencoder", "image-classifier", "gan", "transformer", "lstm"]) {
  const script = fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
  console.log(`\n— ${name}`);
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, [...process.execArgv, script, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  console.log(`${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  if (status !== 0) process.exitCode = 1;
}
