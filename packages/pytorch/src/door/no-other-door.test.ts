import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { LightningModule } from "../contract/lightning-module.js";

const SOURCE = join(import.meta.dirname, "..");

/** Methods that the user calls, and that no run calls. */
const FOR_USERS = [
  ...["constructor", "forward", "log", "logDict", "manualBackward", "clipGradients", "optimizers", "lrSchedulers"],
  ...["toggleOptimizer", "untoggleOptimizer", "print", "freeze", "unfreeze", "saveHyperparameters", "loadCheckpoint"],
  "describe",
];

/** Calls of methods that are named like hooks and are something else. */
const ALLOWED = [
  // What a module's default does, and what a data module does for its user.
  'contract/lightning-module.ts: requireRuntime(this, "").backward(',
  ...["trainDataloader", "valDataloader", "testDataloader", "predictDataloader"].map(
    (name) => `contract/lightning-data-module.ts: this.${name}(`,
  ),
  // Strategies and Fabric.
  "contract/fabric-runtime.ts: fabric.backward(",
  "run/stages/runtime-of-session.ts: connection.strategy.backward(",
  "run/optimization/optimizer-stepper.ts: connection.strategy.optimizerStep(",
  "trainer/open-session.ts: connection.teardown(",
  // A callback runs inside the door, and calls what it is given as one of the user's would.
  "callbacks/averaging/weight-averaging.ts: ...this.#average.stateDict(",
  "callbacks/averaging/stochastic-weight-averaging.ts: this.#scheduler?.stateDict(",
  "callbacks/averaging/stochastic-weight-averaging.ts: average.module.stateDict(",
  "callbacks/averaging/exchange-tensors.ts: module.stateDict(",
  "callbacks/averaging/exchange-tensors.ts: module.loadStateDict(",
];

/** Every method that a run calls: of modules, data modules and callbacks, and the states of all of them. */
function hookNames(): string[] {
  const prototypes = [LightningModule.prototype, LightningDataModule.prototype, Callback.prototype];
  const names = prototypes.flatMap((prototype) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([, { value }]) => typeof value === "function")
      .map(([name]) => name),
  );
  return [...new Set([...names, "stateDict", "loadStateDict"])].filter((name) => !FOR_USERS.includes(name));
}

/** Text that calls a method of one of these names: `a?.b.setup(`, `this.#module.setup.call(`. */
function callsOf(names: readonly string[]): RegExp {
  const [receiver, end] = [String.raw`[\w.?#]+(?:\([^()]*\))?`, String.raw`(?:\?\.)?(?:\.(?:call|apply|bind))?\(`];
  return new RegExp(String.raw`${receiver}(?:\?\.|\.)(?:${names.join("|")})${end}`, "g");
}

/**
 * `file: receiver.hook(` for each call of a method with a hook's name, or with a name that is a variable. What a hook
 * asks of its own base class is part of that hook.
 */
function callsIn(path: string, names: readonly string[]): string[] {
  const source = readFileSync(join(SOURCE, path), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*/g, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');
  const byVariable = /\b(?:module|datamodule|callback|hook|owner|logger)\w*\[\w[\w.]*\](?:\?\.)?\(/gi;
  return [...source.matchAll(callsOf(names)), ...source.matchAll(byVariable)]
    .map(([text]) => `${path}: ${text}`)
    .filter((call) => !/\bsuper\.\w+\($/.test(call));
}

function sources(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter(
      (path) => path.endsWith(".ts") && !/(\.test(-d)?|-under-test)\.ts$/.test(path) && !path.startsWith("door/"),
    );
}

it("nothing but the door calls a method of the user's", () => {
  const names = hookNames();
  expect(names.length).toBeGreaterThan(60);
  const calls = sources().flatMap((path) => callsIn(path, names));
  expect([...new Set(calls)].toSorted()).toEqual(ALLOWED.toSorted());
});

it("loggers are called by fabric's group, which reports those that fail", () => {
  const calls = sources().flatMap((path) => callsIn(path, ["logMetrics", "logHyperparams", "finalize"]));
  expect(calls.length).toBeGreaterThan(3);
  expect(calls.filter((call) => !/\bloggers\.\w+\($/.test(call))).toEqual([]);
});

it.each(["module.setup(", "a?.onFitEnd?.(", "this.#module.backward.call(", "get(a).stateDict("])(
  "the search finds %s",
  (call) => {
    expect(`x = ${call}1)`.match(callsOf(hookNames()))).toEqual([call]);
  },
);
