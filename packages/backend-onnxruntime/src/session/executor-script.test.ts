import { expect, it } from "vitest";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { requireExecutorScript } from "./executor-script.js";

it("is there as the package is built", () => {
  expect(() => requireExecutorScript()).not.toThrow();
});

it("was left behind by a bundler: says so, and what to do", () => {
  const missing = () => requireExecutorScript(new URL("file:///srv/bundle/run-worker.js"));
  expect(missing).toThrow(EngineUnavailableError);
  expect(missing).toThrow(/\/srv\/bundle\/run-worker\.js is not there: a bundler left it behind\..*--external/);
});
