import { runCommand, type CommandOptions, type CommandResult } from "./run-command.js";

/** What one check found, in the unit that the last line of a run adds up. */
export interface CheckOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly output: string;
  /** Shown in any case, beside the name. */
  readonly note?: string | undefined;
}

export interface Check {
  readonly name: string;
  run(): Promise<CheckOutcome>;
}

/** A check that passes when its command exits with 0; it counts once. */
export function commandCheck(name: string, command: string, args: readonly string[], options?: CommandOptions): Check {
  return { name, run: async () => outcomeOf(await runCommand(command, args, options)) };
}

/** One passed or one failed check. */
export function outcomeOf({ exitCode, output }: CommandResult): CheckOutcome {
  return exitCode === 0 ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
}
