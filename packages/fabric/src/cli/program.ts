import { Command } from "commander";
import type { ConsolidateFlags } from "./consolidate.js";
import type { RunFlags } from "./run-plan.js";

type Run = (script: string, scriptArguments: readonly string[], flags: RunFlags) => Promise<void>;

type Consolidate = (folder: string, flags: ConsolidateFlags) => Promise<void>;

/** The `fabric` command. Options that `run` does not know belong to the script, wherever they stand. */
export function fabricProgram(run: Run, consolidate: Consolidate): Command {
  const program = new Command("fabric").description(
    "Run training scripts that use Fabric, and put their checkpoints together.",
  );
  program
    .command("run")
    .description("Run a script and tell its Fabric what to compute on. Other options are the script's.")
    .argument("<script>", "JavaScript or TypeScript file")
    .argument("[args...]", "arguments of the script")
    .option("--accelerator <name>", "auto, cpu, or a backend: onnxruntime, tensorflow, wasm")
    .option("--strategy <name>", "auto, single_device, ddp, fsdp")
    .option("--devices <devices>", "how many devices per node, or which", "1")
    .option("--num-nodes <count>", "how many machines", "1")
    .option("--node-rank <rank>", "which machine this is, from 0", "0")
    .option("--main-address <address>", "host name or address of machine 0", "127.0.0.1")
    .option("--main-port <port>", "port on machine 0", "29400")
    .option("--precision <name>", "32-true, 16-mixed, bf16-mixed, 16-true, bf16-true")
    .allowUnknownOption()
    .action((script: string, scriptArguments: string[], flags: RunFlags) => run(script, scriptArguments, flags));
  program
    .command("consolidate")
    .description("Put the shards of a checkpoint together in one file.")
    .argument("<folder>", "a checkpoint that several ranks have written, each its own part")
    .option("--output-file <path>", "the new file; the folder's name with .consolidated behind it where left out")
    .action((folder: string, flags: ConsolidateFlags) => consolidate(folder, flags));
  return program;
}
