// Reads what a program's request asks for and does it part by part, on the executor thread and on its helpers.
// Plain JavaScript, like run-worker.js.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { loadElementwise, readElementwise, runShares } from "./elementwise-work.js";
import { finishScatter, prepareScatter, readScatter, runUnits, unitsOf } from "./scatter-work.js";
import { layout } from "./thread-layout.js";

const { REQUEST } = layout;

// Views are cheap to make again; a bound keeps addresses that are gone from piling up.
const MOST_VIEWS = 4096;
// Below this many numbers or units, waking a helper takes as long as it saves.
const NUMBERS_WORTH_HELP = 98_304;
const UNITS_WORTH_HELP = 2;

/** @typedef {(address: bigint, bytes: number) => ArrayBuffer} NativeView */
/**
 * @typedef {{ id: number, kind: "scatter", module: Uint8Array<ArrayBuffer>, layout:
 * import("../contract/scatter-program.js").ScatterLayout }} ScatterMessage
 */
/** @typedef {import("./elementwise-work.js").ElementwiseMessage | ScatterMessage} ProgramMessage */
/**
 * @typedef {{ kind: "scatter", message: ScatterMessage, program: import("./scatter-work.js").ScatterProgram }}
 * LoadedScatter
 */
/**
 * @typedef {() => number} Claim gives the number of a share or unit that nobody else does, ascending; when all are
 * taken, numbers beyond the last
 */
/**
 * @typedef {{ isWorthHelp: boolean, run: (claim: Claim) => void, finish: () => bigint }} ProgramWork the executor
 * thread calls `finish` when everything has run, and gets the status of the slot
 */

/** @type {Map<number, import("./elementwise-work.js").LoadedElementwise | LoadedScatter>} */
const programs = new Map();
/** @type {Map<bigint, Float32Array>} */
const views = new Map();
/** @type {{ programMemory: import("./program-memory.js").ProgramMemory, thread: number }} */
const { programMemory, thread } = workerData;
const { memory, base } = programMemory;
const scratch = programMemory.scratch[thread] ?? 0;
// A thread that starts just when the memory grows sees its old size until the next time. Growing by nothing looks again.
memory.grow(0);

/**
 * The executor thread reads a request first, and prepares it; the helpers read it then.
 * @param {NativeView} view
 * @param {bigint} address of a request
 * @param {number} bytes of the request
 * @param {number} threadsToPrepareFor 0 on a helper
 * @returns {ProgramWork}
 */
export function readRequest(view, address, bytes, threadsToPrepareFor) {
  const { buffer } = floatsAt(view, address, bytes / 4);
  const fields = new BigInt64Array(buffer, 0, Math.floor(bytes / 8));
  const program = findProgram(Number(fields[REQUEST.program]));
  const arrayAt = (/** @type {bigint} */ where, /** @type {number} */ count) => floatsAt(view, where, count);
  if (program.kind === "elementwise") {
    // It grows while buffers are made, which threads see at different times; what this one does not see yet is copied.
    const surroundings = { memory, base, reachBytes: memory.buffer.byteLength, scratch };
    const work = readElementwise(fields, program, surroundings, arrayAt);
    const isWorthHelp = work.numbers >= NUMBERS_WORTH_HELP;
    return { isWorthHelp, run: (claim) => runShares(work, claim), finish: () => 0n };
  }
  const scatter = readScatter(fields, arrayAt);
  if (threadsToPrepareFor > 0) prepareScatter(scatter, program.message.layout, threadsToPrepareFor);
  return {
    isWorthHelp: unitsOf(scatter) >= UNITS_WORTH_HELP,
    run: (claim) => runUnits(scatter, program.program, claim),
    finish: () => finishScatter(scatter),
  };
}

/**
 * @param {NativeView} view
 * @param {bigint} address
 * @param {number} count
 * @returns {Float32Array<ArrayBuffer>} of at least that many elements
 */
function floatsAt(view, address, count) {
  const known = views.get(address);
  if (known !== undefined && known.length >= count) return /** @type {Float32Array<ArrayBuffer>} */ (known);
  if (views.size >= MOST_VIEWS) views.clear();
  const made = new Float32Array(view(address, count * 4));
  views.set(address, made);
  return made;
}

/**
 * A port of its own, because Deno's `parentPort` is none that can be read at once.
 * @type {import("node:worker_threads").MessagePort}
 */
const newPrograms = workerData.newPrograms;

/** Every program that this thread knows. @returns {ProgramMessage[]} */
export function knownPrograms() {
  return [...programs.values()].map(({ message }) => message);
}

/** @param {number} id */
function findProgram(id) {
  if (!programs.has(id)) learnPrograms();
  const known = programs.get(id);
  // Whoever sends requests posted the program before the first of them.
  if (known === undefined) throw new Error(`This thread does not know the program ${id}.`);
  return known;
}

/** Takes in every program that was sent since. */
export function learnPrograms() {
  for (let next = receiveMessageOnPort(newPrograms); next !== undefined; next = receiveMessageOnPort(newPrograms))
    load(next.message);
}

/** @param {ProgramMessage} message */
function load(message) {
  if (message.kind === "scatter") loadScatter(message);
  else programs.set(message.id, loadElementwise(message, memory));
}

/** @param {ScatterMessage} message */
function loadScatter(message) {
  const own = new WebAssembly.Memory({ initial: message.layout.pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(message.module), { env: { memory: own } });
  const functions = /** @type {Record<string, (...args: number[]) => void>} */ (exports);
  programs.set(message.id, {
    kind: "scatter",
    message,
    program: { buffer: own.buffer, layout: message.layout, exports: functions },
  });
}
