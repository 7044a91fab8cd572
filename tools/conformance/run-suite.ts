/**
 * Runs one suite against a backend; started by run.ts, which says what the words on the command line mean.
 */
import { createRequire } from "node:module";
import { backendNameOf, DEVICE_NAMES, registerOnnxRuntime } from "../../packages/backend-onnxruntime/src/index.js";
import { openGraphRunner } from "../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { bundleTests } from "./bundle-tests.js";
import { coreSuite } from "./core-suite.js";
import { EXCEPTIONS } from "./exceptions.js";
import { layersSuite } from "./layers-suite.js";
import { runJasmine, type SpecResult } from "./run-jasmine.js";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const words = process.argv.slice(2);
const device = DEVICE_NAMES.find((name) => name === (optionOf("device") ?? "cpu"));
if (device === undefined) throw new RangeError(`--device is one of ${DEVICE_NAMES.join(", ")}.`);
if (device === "webgpu") useSoftwareGpu();
const backendName = optionOf("backend") ?? backendNameOf(device);
const sample = Number(optionOf("sample") ?? "1");
const offset = Number(optionOf("offset") ?? "0");
const filters = words.filter((word) => !word.startsWith("--"));
const runner = openGraphRunner({ device, interface: optionOf("interface") === "javascript" ? "javascript" : "c-api" });
registerOnnxRuntime({ device, runner, onWarning: words.includes("--verbose") ? console.warn : () => {} });

const require = createRequire(import.meta.url);
let position = 0;
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const layers = optionOf("layers");
const suite = layers === undefined ? coreSuite() : layersSuite(layers);
const bundle = await bundleTests(suite, backendName);
console.warn = () => {};
await runJasmine({ jasmine: require("jasmine"), load: () => require(bundle), isChosen, onResult: count });
await runner.close();
console.log(
  `${suite.title} on ${backendName}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`,
);
process.exitCode = totals.failed > 0 ? 1 : 0;

function optionOf(name: string): string | undefined {
  return words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function isChosen(name: string): boolean {
  if (filters.some((filter) => !name.includes(filter))) return false;
  if (EXCEPTIONS.some((exception) => name.includes(exception.test))) return false;
  return position++ % sample === offset % sample;
}

function count({ fullName, status, failedExpectations }: SpecResult): void {
  if (status === "passed") totals.passed++;
  else if (status === "failed") {
    totals.failed++;
    console.log(`FAILED ${fullName}`);
    for (const { message, stack } of failedExpectations.slice(0, 2))
      console.log(`  ${message.slice(0, 400)}\n${sourceOf(stack)}`);
  } else totals.skipped++;
}

function sourceOf(stack: string | undefined): string {
  const lines = (stack ?? "").split("\n").filter((line) => line.includes("backend-onnxruntime/src"));
  return lines.slice(0, words.includes("--verbose") ? 20 : 2).join("\n");
}
