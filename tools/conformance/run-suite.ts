/**
 * Runs one suite against a backend; started by run.ts, which says what the words on the command line mean.
 */
import { createRequire } from "node:module";
import { registerOnnxRuntime } from "../../packages/backend-onnxruntime/src/index.js";
import { openGraphRunner } from "../../packages/backend-onnxruntime/src/runners/open-graph-runner.js";
import { bundleTests } from "./bundle-tests.js";
import { coreSuite } from "./core-suite.js";
import { EXCEPTIONS } from "./exceptions.js";
import { layersSuite } from "./layers-suite.js";

/** The part of jasmine 3 that is used; it has no types of its own. */
interface Jasmine {
  readonly env: {
    configure(options: {
      random: boolean;
      failSpecWithNoExpectations: boolean;
      specFilter: (spec: Spec) => boolean;
    }): void;
  };
  clearReporters(): void;
  addReporter(reporter: { specDone(result: SpecResult): void; suiteDone(result: SpecResult): void }): void;
  exitOnCompletion: boolean;
  execute(): Promise<unknown>;
}

interface Spec {
  getFullName(): string;
}

interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string; readonly stack?: string }[];
}

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const words = process.argv.slice(2);
const backendName = optionOf("backend") ?? "onnxruntime";
const sample = Number(optionOf("sample") ?? "1");
const filters = words.filter((word) => !word.startsWith("--"));
const runner = openGraphRunner({ interface: optionOf("interface") === "javascript" ? "javascript" : "c-api" });
registerOnnxRuntime({ runner, onWarning: words.includes("--verbose") ? console.warn : () => {} });

const require = createRequire(import.meta.url);
const JasmineRunner: new () => Jasmine = require("jasmine");
const jasmine = new JasmineRunner();
let position = 0;
jasmine.env.configure({ random: false, failSpecWithNoExpectations: false, specFilter: isChosen });
jasmine.clearReporters();
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
jasmine.addReporter({
  specDone: count,
  suiteDone: (result) => result.failedExpectations.length > 0 && count({ ...result, status: "failed" }),
});
const layers = optionOf("layers");
const suite = layers === undefined ? coreSuite() : layersSuite(layers);
const bundle = await bundleTests(suite, backendName);
console.warn = () => {};
require(bundle);
jasmine.exitOnCompletion = false;
await jasmine.execute();
await runner.close();
console.log(
  `${suite.title} on ${backendName}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`,
);
process.exitCode = totals.failed > 0 ? 1 : 0;

function optionOf(name: string): string | undefined {
  return words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function isChosen(spec: Spec): boolean {
  const name = spec.getFullName();
  if (filters.some((filter) => !name.includes(filter))) return false;
  if (EXCEPTIONS.some((exception) => name.includes(exception.test))) return false;
  return position++ % sample === 0;
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
