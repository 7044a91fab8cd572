/**
 * Runs every Nth test of tfjs-core's own suite on a backend: `conformance.mjs <backend> <N>`. Prints a line of JSON
 * after every 25 tests, so that something is known where the rest hangs.
 */
import { createRequire } from "node:module";
import { registerOnnxRuntime } from "../../../packages/backend-onnxruntime/src/index.js";
import { runJasmine } from "../../conformance/run-jasmine.js";
import { EXCEPTIONS } from "../../conformance/exceptions.js";

const REPORT_EVERY = 25;
const SHOWN_FAILURES = 30;
const [backendName = "", every = "10"] = process.argv.slice(2);
const require = createRequire(import.meta.url);

const device = (["webgpu", "cuda"] as const).find((name) => backendName.endsWith(name));
// Without core, which gives some of tfjs' kernels the gradients that PyTorch has.
registerOnnxRuntime({ device, onWarning: () => {} });
console.warn = () => {};
let position = 0;
const failures: string[] = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
await runJasmine({
  jasmine: require("jasmine"),
  load: () => require(`./tests-${backendName}.cjs`),
  isChosen: (name) => !EXCEPTIONS.some(({ test }) => name.includes(test)) && position++ % Number(every) === 0,
  onResult: ({ fullName, status, failedExpectations }) => {
    if (status === "passed") totals.passed += 1;
    else if (status === "failed") {
      totals.failed += 1;
      failures.push(`${fullName}: ${shortened(failedExpectations[0]?.message ?? "")}`);
    } else totals.skipped += 1;
    if ((totals.passed + totals.failed) % REPORT_EVERY === 0 && status !== "excluded") report();
  },
});
report();
process.exit(totals.failed > 0 ? 1 : 0);

/** Its beginning says what was called, its end why that failed. */
function shortened(message: string): string {
  return message.length <= 400 ? message : `${message.slice(0, 200)} … ${message.slice(-200)}`;
}

function report(): void {
  process.stdout.write(`${JSON.stringify({ ...totals, failures: failures.slice(0, SHOWN_FAILURES) })}\n`);
}
