/**
 * Builds tfjs-node against PyPI's TensorFlow (once) and runs the tests of numbers on the `tensorflow` backend.
 * Paths on the command line replace the tests that are run.
 */
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCommand } from "./checks/run-command.js";
import { buildTensorflowBinding } from "./tensorflow/build-binding.js";

/** Where an application would have the package; taken away again afterwards, so that other runs do not find it. */
const link = join(process.cwd(), "node_modules", "@tensorflow", "tfjs-node");
const paths = process.argv.slice(2);

const packageFolder = await buildTensorflowBinding(join(process.cwd(), ".cache", "tensorflow"), (line) =>
  console.log(line),
);
mkdirSync(dirname(link), { recursive: true });
if (isLink(link)) rmSync(link);
symlinkSync(packageFolder, link);
try {
  // Tests that hold on every backend ask which ones the machine has, and find this one.
  const tests = paths.length > 0 ? paths : ["packages/core"];
  const node = ["node_modules/vitest/vitest.mjs", "run", ...tests];
  const { exitCode, output } = await runCommand(process.execPath, node, { environment: { TF_CPP_MIN_LOG_LEVEL: "2" } });
  console.log(output);
  process.exitCode = exitCode;
} finally {
  rmSync(link);
}

function isLink(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
