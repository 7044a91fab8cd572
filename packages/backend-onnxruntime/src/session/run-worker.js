// The executor thread: runs graphs one after the other on pointers that the main thread hands over.
// Plain JavaScript, because Node 20 cannot start a worker from TypeScript. Types are checked through JSDoc.
import { parentPort, workerData } from "node:worker_threads";
import { runProgram, stopHelpers } from "./run-program.js";

// Cells of the Int32 part of the control block; run-queue.ts repeats the layout. Counters wrap around at 2^32.
const SUBMITTED = 0;
const COMPLETED = 1;
const IS_MESSAGE_WANTED = 2;
const HAS_FAILED = 3;
const HAS_LOADED = 4;
const HEADER_BYTES = 64;
const SLOT_FIELDS = 8;
// Stands in the place of a session: the slot names a program's request, by address and size.
const PROGRAM = -1n;

/** @typedef {{ control: SharedArrayBuffer, slots: number, libraryPath: string, runAddress: bigint, helpers: number }} RunWorkerData */

/** @type {RunWorkerData} */
const { control, slots, libraryPath, runAddress, helpers } = workerData;
const cells = new Int32Array(control, 0, HEADER_BYTES / 4);
const ring = new BigInt64Array(control, HEADER_BYTES);

/** @type {object[]} */
const keptLibraries = [];

/** @typedef {(...args: (bigint | number)[]) => bigint | null} NativeRun ONNX Runtime's C function `Run` */
/** @typedef {(address: bigint, bytes: number) => ArrayBuffer} NativeView */

try {
  const { default: koffi } = await import("koffi");
  // Without loading the library in this thread too, calling its functions crashes; it stays loaded as long as it is referenced.
  keptLibraries.push(koffi.load(libraryPath));
  const runProto = koffi.proto("void *(void *, void *, void *, void *, size_t, void *, size_t, void *)");
  const run = koffi.decode(runAddress, runProto);
  Atomics.store(cells, HAS_LOADED, 1);
  Atomics.notify(cells, HAS_LOADED);
  serve(run, koffi.view);
} catch (error) {
  Atomics.store(cells, HAS_FAILED, 1);
  Atomics.notify(cells, COMPLETED);
  Atomics.store(cells, HAS_LOADED, 1);
  Atomics.notify(cells, HAS_LOADED);
  throw error;
}

/**
 * @param {NativeRun} run
 * @param {NativeView} view
 */
function serve(run, view) {
  let done = 0;
  for (;;) {
    Atomics.wait(cells, SUBMITTED, done);
    if (Atomics.load(cells, SUBMITTED) === done) continue;
    if (!runSlot(run, view, ((done >>> 0) % slots) * SLOT_FIELDS)) return;
    done = (done + 1) | 0;
    Atomics.store(cells, COMPLETED, done);
    Atomics.notify(cells, COMPLETED);
    if (Atomics.exchange(cells, IS_MESSAGE_WANTED, 0) === 1) parentPort?.postMessage(done);
  }
}

/**
 * @param {NativeRun} run
 * @param {NativeView} view
 * @param {number} slot
 * @returns {boolean} false if the slot asks the thread to end: it names no session
 */
function runSlot(run, view, slot) {
  const [session = 0n, inputNames = 0n, inputValues = 0n, inputCount = 0n, outputNames = 0n, outputCount = 0n, outputValues = 0n] = ring.subarray(slot, slot + 7);
  if (session === 0n) {
    stopHelpers();
    return false;
  }
  if (session === PROGRAM) {
    runProgram(view, inputNames, Number(inputCount), helpers);
    ring[slot + 7] = 0n;
    return true;
  }
  ring[slot + 7] = run(session, 0n, inputNames, inputValues, Number(inputCount), outputNames, Number(outputCount), outputValues) ?? 0n;
  return true;
}
