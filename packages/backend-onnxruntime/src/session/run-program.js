// Runs programs on the executor thread, and large ones on helpers too. Plain JavaScript, like run-worker.js.
import { MessageChannel, Worker, workerData } from "node:worker_threads";
import { layout } from "./thread-layout.js";
import { knownPrograms, readRequest } from "./program-work.js";

const { CREW, CREW_BYTES, CREW_REQUEST_OFFSET } = layout;

// A helper takes a processor for some 30 ms to start: the first steps of a program are sooner done without.
const REQUESTS_BEFORE_HELP = 4;

/**
 * @typedef {{ cells: Int32Array, request: BigInt64Array, programPorts: import("node:worker_threads").MessagePort[],
 * toldPrograms: number }} Crew
 */

/** @type {Crew | undefined} */
let crew;
let requestsWorthHelp = 0;

/**
 * @param {import("./program-work.js").NativeView} view
 * @param {bigint} address of a request
 * @param {number} bytes of the request
 * @param {number} helperCount threads that may help
 * @returns {bigint} the status of the slot
 */
export function runProgram(view, address, bytes, helperCount) {
  const work = readRequest(view, address, bytes, helperCount + 1);
  if (work.isWorthHelp) requestsWorthHelp += 1;
  if (helperCount === 0 || !work.isWorthHelp || requestsWorthHelp <= REQUESTS_BEFORE_HELP) {
    let share = 0;
    work.run(() => share++);
    return work.finish();
  }
  crew ??= startCrew(helperCount);
  tellPrograms(crew);
  const { cells, request } = crew;
  request[0] = address;
  request[1] = BigInt(bytes);
  Atomics.store(cells, CREW.nextShare, 0);
  Atomics.store(cells, CREW.isOpen, 1);
  Atomics.add(cells, CREW.sequence, 1);
  Atomics.notify(cells, CREW.sequence);
  work.run(() => Atomics.add(cells, CREW.nextShare, 1));
  Atomics.store(cells, CREW.isOpen, 0);
  for (let inside = Atomics.load(cells, CREW.inside); inside > 0; inside = Atomics.load(cells, CREW.inside))
    Atomics.wait(cells, CREW.inside, inside);
  if (Atomics.load(cells, CREW.hasFailed) === 1) throw new Error("A helper has died in the middle of a program.");
  return work.finish();
}

/** Ends the helpers. */
export function stopHelpers() {
  if (crew === undefined) return;
  Atomics.store(crew.cells, CREW.isStopping, 1);
  Atomics.add(crew.cells, CREW.sequence, 1);
  Atomics.notify(crew.cells, CREW.sequence);
}

/**
 * @param {number} count
 * @returns {Crew}
 */
function startCrew(count) {
  const control = new SharedArrayBuffer(CREW_BYTES);
  const programPorts = Array.from({ length: count }, (_, index) => {
    const { port1, port2 } = new MessageChannel();
    const helper = new Worker(new URL("./program-helper.js", import.meta.url), {
      workerData: { control, layout, newPrograms: port2, programMemory: workerData.programMemory, thread: 1 + index },
      transferList: [port2],
      execArgv: [],
      name: `lightning-ts helper ${index + 1}`,
    });
    helper.unref();
    return port1;
  });
  return {
    cells: new Int32Array(control, 0, CREW_REQUEST_OFFSET / 4),
    request: new BigInt64Array(control, CREW_REQUEST_OFFSET, 2),
    programPorts,
    toldPrograms: 0,
  };
}

/** @param {Crew} told */
function tellPrograms(told) {
  const programs = knownPrograms();
  for (const program of programs.slice(told.toldPrograms))
    for (const port of told.programPorts) port.postMessage(program);
  told.toldPrograms = programs.length;
}
