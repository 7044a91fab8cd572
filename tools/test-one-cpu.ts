/**
 * The engine's tests and its stress with one thread, and as on a machine with one CPU (Linux). Paths narrow the tests.
 */
import { runCommand, type CommandOptions } from "./checks/run-command.js";

const paths = process.argv.slice(2);
/** Whatever else runs on the machine takes its share of the one CPU. */
const TIMEOUT_MS = 180_000;
const tests = [
  "node_modules/vitest/vitest.mjs",
  "run",
  `--testTimeout=${TIMEOUT_MS}`,
  ...(paths.length === 0 ? ["packages/backend-onnxruntime/", "tests/reliability/bad-steps/"] : paths),
];
const stress = [
  "--conditions=lightning-ts-source",
  "--import",
  "tsx",
  "tests/reliability/engine-stress/main.ts",
  "--steps=4000",
];
const ONE_THREAD: CommandOptions = { environment: { LIGHTNING_TEST_THREADS: "1" } };

interface Way {
  readonly name: string;
  run(args: readonly string[]): ReturnType<typeof runCommand>;
}

const ways: readonly Way[] = [
  { name: "one thread", run: (args) => runCommand(process.execPath, args, ONE_THREAD) },
  ...(process.platform === "linux"
    ? [
        {
          name: "one CPU",
          run: (args: readonly string[]) => runCommand("taskset", ["-c", "0", process.execPath, ...args]),
        },
      ]
    : []),
];

for (const { name, run } of ways) {
  for (const [what, args] of [
    ["tests", tests],
    ["stress", stress],
  ] as const) {
    const { exitCode, output } = await run(args);
    console.log(exitCode === 0 ? `✓ ${name}: ${what}` : `✗ ${name}: ${what}\n${output}`);
    for (const line of output.split("\n"))
      if (/^\s*(Test Files|Tests)\s|steps,|weights differ/.test(line)) console.log(line);
    if (exitCode !== 0) process.exitCode = 1;
  }
}
