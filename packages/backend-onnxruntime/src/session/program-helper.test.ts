import { MessageChannel, Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { CREW, CREW_BYTES, CREW_REQUEST_OFFSET, EXECUTOR_LAYOUT } from "./executor-layout.js";
import { loadKoffi } from "./load-koffi.js";
import { giveProgramMemory, takeProgramMemory } from "./program-memory.js";

it("that dies says so before it counts itself out, so that nobody takes its share for done", async () => {
  const programMemory = takeProgramMemory(2);
  const { port1, port2 } = new MessageChannel();
  const control = new SharedArrayBuffer(CREW_BYTES);
  const cells = new Int32Array(control, 0, CREW_REQUEST_OFFSET / 4);
  const request = new BigInt64Array(control, CREW_REQUEST_OFFSET, 2);
  // A request for a program that nobody has told it of.
  const block = new ArrayBuffer(64);
  request.set([loadKoffi().address(block), 64n]);
  cells[CREW.isOpen] = 1;
  cells[CREW.sequence] = 1;
  const helper = new Worker(new URL("program-helper.js", import.meta.url), {
    workerData: { control, layout: EXECUTOR_LAYOUT, newPrograms: port2, programMemory, thread: 1 },
    transferList: [port2],
  });
  const error = await new Promise((resolve) => helper.once("error", resolve));
  expect(String(error)).toContain("does not know the program 0");
  expect([cells[CREW.hasFailed], cells[CREW.inside]]).toEqual([1, 0]);
  port1.close();
  giveProgramMemory(programMemory);
});
