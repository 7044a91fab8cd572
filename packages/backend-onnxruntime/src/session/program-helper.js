// A thread that helps the executor with the chunks of large programs; program-crew.js tells when. Plain JavaScript, like run-worker.js.
import { workerData } from "node:worker_threads";
import { INSIDE, IS_OPEN, IS_STOPPING, NEXT_CHUNK, REQUEST_OFFSET, SEQUENCE } from "./program-crew-layout.js";
import { readRequest, runChunks } from "./program-work.js";

/** @type {{ control: SharedArrayBuffer }} */
const { control } = workerData;
const cells = new Int32Array(control, 0, REQUEST_OFFSET / 4);
const request = new BigInt64Array(control, REQUEST_OFFSET, 2);
const { default: koffi } = await import("koffi");

let seen = 0;
while (Atomics.load(cells, IS_STOPPING) === 0) {
  Atomics.wait(cells, SEQUENCE, seen);
  seen = Atomics.load(cells, SEQUENCE);
  // Inside first, then look: the executor closes first and then waits until nobody is inside.
  Atomics.add(cells, INSIDE, 1);
  try {
    if (Atomics.load(cells, IS_OPEN) === 1) runChunks(readRequest(koffi.view, request[0] ?? 0n, Number(request[1])), () => Atomics.add(cells, NEXT_CHUNK, 1));
  } finally {
    Atomics.sub(cells, INSIDE, 1);
    Atomics.notify(cells, INSIDE);
  }
}
