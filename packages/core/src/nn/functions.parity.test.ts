import { it } from "vitest";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { expectResultAsRecorded, functionCases } from "./functions-under-test.js";

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(functionCases)("$title", expectResultAsRecorded);
});
