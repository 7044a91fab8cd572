// Elementwise programs on the executor thread, and on helpers where they are large. Plain JavaScript, like run-worker.js.
import { MessageChannel, Worker } from "node:worker_threads";
import { CONTROL_BYTES, INSIDE, IS_OPEN, IS_STOPPING, NEXT_CHUNK, REQUEST_OFFSET, SEQUENCE } from "./program-crew-layout.js";
import { knownPrograms, readRequest, runChunks } from "./program-work.js";

// Below this many chunks of 4096 elements, waking a helper takes as long as it saves.
const CHUNKS_WORTH_HELP = 24;

/** @typedef {{ cells: Int32Array, request: BigInt64Array, programPorts: import("node:worker_threads").MessagePort[], toldPrograms: number }} Crew */

/** @type {Crew | undefined} */
let crew;

/**
 * @param {import("./program-work.js").NativeView} view
 * @param {bigint} address of a request
 * @param {number} bytes of the request
 * @param {number} helperCount threads that may help
 */
export function runProgram(view, address, bytes, helperCount) {
  const work = readRequest(view, address, bytes);
  if (helperCount === 0 || work.chunks < CHUNKS_WORTH_HELP) {
    let chunk = 0;
    runChunks(work, () => chunk++);
    return;
  }
  crew ??= startCrew(helperCount);
  tellPrograms(crew);
  const { cells, request } = crew;
  request[0] = address;
  request[1] = BigInt(bytes);
  Atomics.store(cells, NEXT_CHUNK, 0);
  Atomics.store(cells, IS_OPEN, 1);
  Atomics.add(cells, SEQUENCE, 1);
  Atomics.notify(cells, SEQUENCE);
  runChunks(work, () => Atomics.add(cells, NEXT_CHUNK, 1));
  Atomics.store(cells, IS_OPEN, 0);
  for (let inside = Atomics.load(cells, INSIDE); inside > 0; inside = Atomics.load(cells, INSIDE)) Atomics.wait(cells, INSIDE, inside);
}

/** Ends the helpers. */
export function stopHelpers() {
  if (crew === undefined) return;
  Atomics.store(crew.cells, IS_STOPPING, 1);
  Atomics.add(crew.cells, SEQUENCE, 1);
  Atomics.notify(crew.cells, SEQUENCE);
}

/**
 * @param {number} count
 * @returns {Crew}
 */
function startCrew(count) {
  const control = new SharedArrayBuffer(CONTROL_BYTES);
  const programPorts = Array.from({ length: count }, (_, index) => {
    const { port1, port2 } = new MessageChannel();
    const helper = new Worker(new URL("./program-helper.js", import.meta.url), {
      workerData: { control, newPrograms: port2 },
      transferList: [port2],
      execArgv: [],
      name: `lightning-ts helper ${index + 1}`,
    });
    helper.unref();
    return port1;
  });
  return { cells: new Int32Array(control, 0, REQUEST_OFFSET / 4), request: new BigInt64Array(control, REQUEST_OFFSET, 2), programPorts, toldPrograms: 0 };
}

/** @param {Crew} told */
function tellPrograms(told) {
  const programs = knownPrograms();
  for (const program of programs.slice(told.toldPrograms)) for (const port of told.programPorts) port.postMessage(program);
  told.toldPrograms = programs.length;
}
