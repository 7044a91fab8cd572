import { readFileSync } from "node:fs";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { describeRecordedSteps, type RecordedSteps } from "./testing/describe-recorded-steps.js";

const recorded: RecordedSteps = JSON.parse(
  readFileSync(new URL("./fixtures/optimizer-steps.json", import.meta.url), "utf8"),
);

for (const backend of await backendsUnderTest()) describeRecordedSteps(recorded, backend);
