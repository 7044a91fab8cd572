import { LightningError } from "@lightning-ts/core";
import { fabricProgram } from "./program.js";
import { runScript } from "./run-script.js";

try {
  await fabricProgram(async (...request) => {
    process.exitCode = await runScript(...request);
  }).parseAsync();
} catch (error) {
  if (!LightningError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
