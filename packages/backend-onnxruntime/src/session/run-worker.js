// The executor thread: runs graphs one after the other on pointers that the main thread hands over.
// Plain JavaScript, because Node 20 cannot start a worker from TypeScript. Types are checked through JSDoc.
import { parentPort, workerData } from "node:worker_threads";
import { layout } from "./thread-layout.js";
import { runProgram, stopHelpers } from "./run-program.js";

const { CELL, HEADER_BYTES, KIND, NO_EPOCH, SKIPPED, SLOT, SLOT_FIELDS, SLOTS } = layout;

/** @typedef {{ control: SharedArrayBuffer, libraryPath: string, runAddress: bigint, helpers: number }} RunWorkerData */

/** @type {RunWorkerData} */
const { control, libraryPath, runAddress, helpers } = workerData;
const cells = new Int32Array(control, 0, HEADER_BYTES / 4);
const ring = new BigInt64Array(control, HEADER_BYTES);

/** @type {object[]} */
const keptLibraries = [];
/** The newest epoch in which something failed. */
let failedEpoch = NO_EPOCH;

/** @typedef {(...args: (bigint | number)[]) => bigint | null} NativeRun ONNX Runtime's C function `Run` */
/** @typedef {(address: bigint, bytes: number) => ArrayBuffer} NativeView */

try {
  const { default: koffi } = await import("koffi");
  // Without loading the library in this thread too, calling its functions crashes. koffi gives this reference back when
  // the thread ends; the process has one that nobody gives back (load-library.ts).
  keptLibraries.push(koffi.load(libraryPath));
  const runProto = koffi.proto("void *(void *, void *, void *, void *, size_t, void *, size_t, void *)");
  const run = koffi.decode(runAddress, runProto);
  Atomics.store(cells, CELL.hasLoaded, 1);
  Atomics.notify(cells, CELL.hasLoaded);
  serve(run, koffi.view);
} catch (error) {
  Atomics.store(cells, CELL.hasFailed, 1);
  Atomics.notify(cells, CELL.completed);
  Atomics.store(cells, CELL.hasLoaded, 1);
  Atomics.notify(cells, CELL.hasLoaded);
  throw error;
}

/**
 * @param {NativeRun} run
 * @param {NativeView} view
 */
function serve(run, view) {
  let done = 0;
  for (;;) {
    Atomics.wait(cells, CELL.submitted, done);
    if (Atomics.load(cells, CELL.submitted) === done) continue;
    if (!runSlot(run, view, ((done >>> 0) % SLOTS) * SLOT_FIELDS)) return;
    done = (done + 1) | 0;
    Atomics.store(cells, CELL.completed, done);
    Atomics.notify(cells, CELL.completed);
    if (Atomics.exchange(cells, CELL.isMessageWanted, 0) === 1) parentPort?.postMessage(done);
  }
}

/**
 * Runs a slot, unless its epoch has failed: what was started before a failure became known would compute with garbage.
 * @param {NativeRun} run
 * @param {NativeView} view
 * @param {number} slot
 * @returns {boolean} false if the slot asks the thread to end
 */
function runSlot(run, view, slot) {
  if (ring[slot + SLOT.kind] === KIND.end) {
    stopHelpers();
    return false;
  }
  const epoch = ring[slot + SLOT.epoch] ?? NO_EPOCH;
  const isWorthless = epoch !== NO_EPOCH && epoch <= failedEpoch;
  const isMeasuring = cells[CELL.isMeasuring] === 1;
  if (isMeasuring) ring[slot + SLOT.startedAt] = isWorthless ? 0n : process.hrtime.bigint();
  const status = isWorthless ? SKIPPED : statusAfter(run, view, slot);
  if (isMeasuring) ring[slot + SLOT.endedAt] = process.hrtime.bigint();
  if (status !== 0n && epoch > failedEpoch) failedEpoch = epoch;
  ring[slot + SLOT.status] = status;
  return true;
}

/**
 * @param {NativeRun} run
 * @param {NativeView} view
 * @param {number} slot
 * @returns {bigint} what the slot's status becomes
 */
function statusAfter(run, view, slot) {
  const field = (/** @type {number} */ name) => ring[slot + name] ?? 0n;
  if (field(SLOT.kind) === KIND.program) {
    return runProgram(view, field(SLOT.requestAddress), Number(field(SLOT.requestBytes)), helpers);
  }
  const inputs = /** @type {const} */ ([
    field(SLOT.inputNames),
    field(SLOT.inputValues),
    Number(field(SLOT.inputCount)),
  ]);
  const outputs = /** @type {const} */ ([
    field(SLOT.outputNames),
    Number(field(SLOT.outputCount)),
    field(SLOT.outputValues),
  ]);
  const status = run(field(SLOT.session), 0n, ...inputs, ...outputs) ?? 0n;
  return status === 0n ? -flagValue(view, field(SLOT.flag)) : status;
}

/**
 * @param {NativeView} view
 * @param {bigint} address of the flag, or 0
 */
function flagValue(view, address) {
  return address === 0n ? 0n : BigInt(new Int32Array(view(address, 4))[0] ?? 0);
}
