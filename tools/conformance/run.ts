/**
 * Runs the test-suites of tfjs against the onnxruntime backend and prints `N passed, N failed, N skipped` for each:
 * tfjs-core's, which its npm package contains, and tfjs-layers', with `--layers=FOLDER` (or the environment variable
 * `TFJS_SOURCES`), a checkout of github.com/tensorflow/tfjs at the version in use.
 * Words on the command line choose tests by name; `--sample=N` runs every Nth test, `--offset=M` from the
 * Mth on (counted from 0); `--backend=cpu` compares;
 * `--interface=javascript` runs the graphs through onnxruntime-node's JavaScript interface, `--device=webgpu` on a GPU,
 * a software one where there is no other.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const words = process.argv.slice(2);
const checkout =
  words.find((word) => word.startsWith("--layers="))?.slice("--layers=".length) ?? process.env["TFJS_SOURCES"];
const others = words.filter((word) => !word.startsWith("--layers="));

/** Suites change what is registered globally: each has a process of its own. */
function runSuite(options: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL("run-suite.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, ...others, ...options], { stdio: "inherit" });
  return new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}

const codes = [await runSuite([])];
if (checkout !== undefined) codes.push(await runSuite([`--layers=${checkout}`]));
else
  console.log(
    "tfjs-layers' suite did not run: its npm package holds no tests. --layers=FOLDER names a checkout of github.com/tensorflow/tfjs.",
  );
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
