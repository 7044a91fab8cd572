import { runCommand, type CommandOptions, type CommandResult } from "./run-command.js";

/** Runs the pnpm that started us; where npm or nobody did, fetches the one that the project is made with. */
export function runPnpm(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  const caller = process.env["npm_execpath"];
  return caller !== undefined && /pnpm(\.exe)?$/.test(caller)
    ? runCommand(caller, args, options)
    : runCommand("npx", ["--yes", "pnpm@12", ...args], options);
}
