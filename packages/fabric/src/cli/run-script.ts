import { requireScript, runScriptProcess } from "../node/run-script-process.js";
import { runVariables, type RunFlags } from "./run-plan.js";

/**
 * Runs the script in a process of its own, with this one's streams.
 * @returns its exit code; 128 + the signal's number when a signal ended it
 */
export async function runScript(script: string, scriptArguments: readonly string[], flags: RunFlags): Promise<number> {
  requireScript(script);
  const { code } = await runScriptProcess({ script, args: scriptArguments, variables: runVariables(flags) });
  return code;
}
