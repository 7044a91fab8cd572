// A thread that helps the executor with large programs; run-program.js tells when. Plain JavaScript, like
// run-worker.js.
import { workerData } from "node:worker_threads";
import { layout } from "./thread-layout.js";
import { learnPrograms, readRequest } from "./program-work.js";

const { CREW, CREW_REQUEST_OFFSET } = layout;

/** @type {{ control: SharedArrayBuffer }} */
const { control } = workerData;
const cells = new Int32Array(control, 0, CREW_REQUEST_OFFSET / 4);
const request = new BigInt64Array(control, CREW_REQUEST_OFFSET, 2);
const { default: koffi } = await import("koffi");

let seen = 0;
while (Atomics.load(cells, CREW.isStopping) === 0) {
  Atomics.wait(cells, CREW.sequence, seen);
  seen = Atomics.load(cells, CREW.sequence);
  // While it learns, nobody waits for it.
  learnPrograms();
  // A helper counts itself in before it looks: the executor closes first and then waits until nobody is inside.
  Atomics.add(cells, CREW.inside, 1);
  try {
    if (Atomics.load(cells, CREW.isOpen) === 1)
      readRequest(koffi.view, request[0] ?? 0n, Number(request[1]), 0).run(() => Atomics.add(cells, CREW.nextShare, 1));
  } catch (error) {
    Atomics.store(cells, CREW.hasFailed, 1);
    throw error;
  } finally {
    Atomics.sub(cells, CREW.inside, 1);
    Atomics.notify(cells, CREW.inside);
  }
}
