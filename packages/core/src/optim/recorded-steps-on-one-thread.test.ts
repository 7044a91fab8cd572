import { readFileSync } from "node:fs";
import { it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { describeRecordedSteps, type RecordedSteps } from "./testing/describe-recorded-steps.js";

const recorded: RecordedSteps = JSON.parse(
  readFileSync(new URL("./fixtures/optimizer-steps.json", import.meta.url), "utf8"),
);

// The engine's threads belong to the process, and this file has one of its own.
if ((await backendsUnderTest()).includes("onnxruntime")) describeRecordedSteps(recorded, "onnxruntime", 1);
else it.skip("has no engine on this machine");
