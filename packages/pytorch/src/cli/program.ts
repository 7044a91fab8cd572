import { Command, type OutputConfiguration } from "commander";
import { VERSION } from "@lightning-ts/fabric";
import { convertCommand } from "./commands/convert.js";
import { runCommand } from "./commands/run.js";

/**
 * The `lightning` program. Each command is one file, listed here.
 * @param output where help and complaints go. @default the process's streams
 */
export function lightningProgram(output: OutputConfiguration = {}): Command {
  const program = new Command("lightning")
    .description("Run training scripts, and look after what they leave.")
    .version(VERSION)
    .enablePositionalOptions();
  for (const command of [runCommand(), convertCommand()]) program.addCommand(command);
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureOutput(output)
      .showHelpAfterError(`(${nameOf(command)} --help says what there is)`);
  return program;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
}
