#!/usr/bin/env node
import { LightningError } from "@lightning-ts/core";
import { Command } from "commander";
import type { RunFlags } from "./run-plan.js";
import { runScript } from "./run-script.js";

const program = new Command("fabric").description("Run training scripts that use Fabric.");

program
  .command("run")
  .description("Run a script and tell its Fabric what to compute on.")
  .argument("<script>", "JavaScript or TypeScript file")
  .argument("[args...]", "arguments of the script")
  .option("--accelerator <name>", "auto, cpu, or a backend: onnxruntime, tensorflow, wasm")
  .option("--strategy <name>", "auto, single_device")
  .option("--devices <devices>", "how many devices per node, or which", "1")
  .option("--num-nodes <count>", "how many machines", "1")
  .option("--node-rank <rank>", "which machine this is, from 0", "0")
  .option("--main-address <address>", "host name or address of machine 0", "127.0.0.1")
  .option("--main-port <port>", "port on machine 0", "29400")
  .option("--precision <name>", "32-true, 16-mixed, bf16-mixed, …")
  .passThroughOptions()
  .action(async (script: string, scriptArguments: string[], flags: RunFlags) => {
    process.exitCode = await runScript(script, scriptArguments, flags);
  });
program.enablePositionalOptions();

try {
  await program.parseAsync();
} catch (error) {
  if (!LightningError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
