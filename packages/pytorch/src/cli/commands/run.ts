import { isProgram, nodeFiles, requireScript, runLauncherProcess, runScriptProcess } from "@lightning-ts/fabric/node";
import { Command, InvalidArgumentError } from "commander";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JOURNAL_VARIABLE, LAUNCHER_VARIABLE, RunJournal } from "../../checkpoint/run-journal.js";
import { supervise, type Start } from "../supervise.js";

const MAX_RESTARTS = 3;

/** Loaded before the script. It stands beside `src` and `dist`. */
function recordErrorsUrl(): string {
  return new URL("bin/record-errors.js", import.meta.resolve("@lightning-ts/pytorch/package.json")).href;
}

/** `lightning run`. */
export function runCommand(): Command {
  return new Command("run")
    .description(
      "Run a training script, and start it again when it crashes or is killed. Each of its fits goes on from its newest " +
        "checkpoint that can be read. What stands behind the script is the script's.",
    )
    .argument("<script>", "JavaScript or TypeScript file; or what starts its ranks: mpirun -n 4 node train.js")
    .argument("[args...]", "arguments of the script")
    .option("--max-restarts <count>", "how often at most", wholeNumber, MAX_RESTARTS)
    .passThroughOptions()
    .addHelpText(
      "after",
      "\nIt is not started again after Ctrl-C or a signal to this program, nor when it\n" +
        "has written no newer checkpoint since it was started. The exit code is that of\n" +
        "the script.",
    )
    .action(async (script: string, args: string[], options: { maxRestarts: number }) => {
      process.exitCode = await runAgain(script, args, options.maxRestarts);
    });
}

async function runAgain(script: string, args: readonly string[], maxRestarts: number): Promise<number> {
  const isLauncher = isProgram(script);
  if (!isLauncher) requireScript(script);
  const folder = await mkdtemp(join(tmpdir(), "lightning-run-"));
  try {
    const journal = new RunJournal(nodeFiles(), join(folder, "checkpoints.jsonl"));
    return await supervise({
      script: isLauncher ? [script, ...args].join(" ") : script,
      maxRestarts,
      start: isLauncher ? startsOfRanks(script, args, folder) : startsOf(script, args, folder),
      entries: () => journal.entries(),
      now: () => performance.now(),
      say: (text) => void process.stderr.write(`${text}\n`),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The launcher ends all ranks where one fails, and each has written its error by then. */
function startsOfRanks(program: string, args: readonly string[], folder: string): Start {
  const variables = { [JOURNAL_VARIABLE]: join(folder, "checkpoints.jsonl"), [LAUNCHER_VARIABLE]: program };
  return async () => ({ ...(await runLauncherProcess({ program, args, variables })), error: "" });
}

function startsOf(script: string, args: readonly string[], folder: string): Start {
  return async (attempt) => {
    const errors = join(folder, `errors-${attempt}.txt`);
    const end = await runScriptProcess({
      script,
      args,
      imports: [recordErrorsUrl()],
      variables: { [JOURNAL_VARIABLE]: join(folder, "checkpoints.jsonl"), LT_RUN_ERRORS: errors },
    });
    // A process that was killed has written no error.
    const error = await readFile(errors, "utf8").catch(() => "");
    return { ...end, error: error.trim() };
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("It must be a whole number of at least 0.");
  return value;
}
