import { beforeAll, describe, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { expectResultAsRecorded, functionCases } from "./functions-under-test.js";
import { expectAsRecorded, moduleCases } from "./modules-under-test.js";

/** Every case would take a minute; `pnpm test:recorded` runs all of them. */
const STEP = 5;

/**
 * A sample of the recorded layers and functions, and one case of each at least, with the engine on so many threads.
 * These belong to the process, so a test file has one number.
 */
export async function describeRecordedOn(threads: number): Promise<void> {
  if (!(await backendsUnderTest()).includes("onnxruntime")) {
    it.skip("has no engine on this machine");
    return;
  }
  describe(`on ${threads} of the engine's threads, as in PyTorch`, () => {
    beforeAll(async () => {
      await resolveBackend("onnxruntime", { threads });
    });
    it.each(sample(moduleCases, ({ layer }) => layer))("$title", expectAsRecorded);
    it.each(sample(functionCases, ({ name }) => name))("$title", expectResultAsRecorded);
  });
}

function sample<TCase>(cases: readonly TCase[], nameOf: (recorded: TCase) => string): TCase[] {
  const names = cases.map(nameOf);
  return cases.filter((_, i) => i % STEP === 0 || names.indexOf(names[i] ?? "") === i);
}
