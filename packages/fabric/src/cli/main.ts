import { LightningError } from "@lightning-ts/core";
import { nodeFiles } from "../node/node-files.js";
import { consolidate } from "./consolidate.js";
import { fabricProgram } from "./program.js";
import { runScript } from "./run-script.js";

try {
  await fabricProgram(
    async (...request) => {
      process.exitCode = await runScript(...request);
    },
    async (folder, flags) => {
      process.stdout.write(`${await consolidate(nodeFiles(), folder, flags)}\n`);
    },
  ).parseAsync();
} catch (error) {
  if (!LightningError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
