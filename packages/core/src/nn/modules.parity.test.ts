import { it } from "vitest";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { expectAsRecorded, moduleCases } from "./modules-under-test.js";

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(moduleCases)("$title", expectAsRecorded);
});
