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

const packageFolder = await buildTensorflowBinding(join(process.cwd(), ".cache", "tensorflow"), (line) => console.log(line));
mkdirSync(dirname(link), { recursive: true });
if (isLink(link)) rmSync(link);
symlinkSync(packageFolder, link);
try {
  const tests = paths.length > 0 ? paths : ["tests/parity", "packages/core"];
  const { exitCode, output } = await runCommand("vitest", ["run", ...tests], {
    environment: { LIGHTNING_TEST_BACKEND: "tensorflow", TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  console.log(output);
  process.exitCode = exitCode;
} finally {
  rmSync(link);
}

function isLink(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
