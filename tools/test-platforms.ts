/**
 * Runs the tests on other versions of Node, which come from the npm package `node`. Paths on the command line narrow
 * the tests.
 */
import { runCommand } from "./checks/run-command.js";

const VERSIONS = ["22", "24", "26"];
const paths = process.argv.slice(2);

for (const version of VERSIONS) {
  const { exitCode, output } = await runCommand("npx", [
    "--yes",
    "--package",
    `node@${version}`,
    "--",
    "node",
    "node_modules/vitest/vitest.mjs",
    "run",
    ...paths,
  ]);
  const summary = output.split("\n").filter((line) => /^\s*(Test Files|Tests)\s/.test(line));
  console.log(exitCode === 0 ? `✓ Node ${version}` : `✗ Node ${version}\n${output}`);
  for (const line of summary) console.log(line);
  if (exitCode !== 0) process.exitCode = 1;
}
