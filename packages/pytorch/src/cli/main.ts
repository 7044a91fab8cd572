import { LightningError } from "@lightning-ts/core";
import { CommanderError } from "commander";
import { lightningProgram } from "./program.js";

/** What a program ends with that was called the wrong way. */
const USAGE = 2;

try {
  await lightningProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else if (LightningError.isInstance(error)) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = USAGE;
  } else throw error;
}
