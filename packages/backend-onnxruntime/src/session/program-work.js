// Reads what a program's request asks for and does it part by part, on the executor thread and on its helpers.
// Plain JavaScript, like run-worker.js.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { finishScatter, prepareScatter, readScatter, runUnits, unitsOf } from "./scatter-work.js";
import { layout } from "./thread-layout.js";

const { REQUEST, REQUEST_HEAD_FIELDS } = layout;

// A program's memory: what every ElementwiseProgram may count on.
const MEMORY_PAGES = 4;
// Views are cheap to make again; a bound keeps addresses that are gone from piling up.
const MOST_VIEWS = 4096;
// Below this many chunks or units, waking a helper takes as long as it saves.
const CHUNKS_WORTH_HELP = 24;
const UNITS_WORTH_HELP = 2;

/** @typedef {(address: bigint, bytes: number) => ArrayBuffer} NativeView */
/**
 * @typedef {{ id: number, kind: "elementwise", inputCount: number, outputCount: number, chunkElements: number, module:
 * Uint8Array<ArrayBuffer> }} ElementwiseMessage
 */
/**
 * @typedef {{ id: number, kind: "scatter", module: Uint8Array<ArrayBuffer>, layout:
 * import("../contract/scatter-program.js").ScatterLayout }} ScatterMessage
 */
/** @typedef {ElementwiseMessage | ScatterMessage} ProgramMessage */
/**
 * @typedef {{ kind: "scatter", message: ScatterMessage, program: import("./scatter-work.js").ScatterProgram }}
 * LoadedScatter
 */
/**
 * @typedef {{ kind: "elementwise", message: ElementwiseMessage, memory: Float32Array<ArrayBuffer>[], run: (bytes:
 * number, ...scalars: number[]) => void }} LoadedProgram
 */
/**
 * @typedef {{ arrays: Float32Array[], count: number, endChunk: number }} Part one tensor's arrays, and the number of
 * the first chunk behind it
 */
/** @typedef {{ program: LoadedProgram, scalars: number[], parts: Part[], chunks: number }} ElementwiseWork */
/**
 * @typedef {() => number} Claim gives the number of a chunk or unit that nobody else does, ascending; when all are
 * taken, numbers beyond the last
 */
/**
 * @typedef {{ isWorthHelp: boolean, run: (claim: Claim) => void, finish: () => bigint }} ProgramWork the executor
 * thread calls `finish` when everything has run, and gets the status of the slot
 */

/** @type {Map<number, LoadedProgram | LoadedScatter>} */
const programs = new Map();
/** @type {Map<bigint, Float32Array>} */
const views = new Map();

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
  if (program.kind === "elementwise") {
    const work = readElementwise(view, buffer, fields, program);
    return { isWorthHelp: work.chunks >= CHUNKS_WORTH_HELP, run: (claim) => runChunks(work, claim), finish: () => 0n };
  }
  const scatter = readScatter(fields, (where, count) => floatsAt(view, where, count));
  if (threadsToPrepareFor > 0) prepareScatter(scatter, program.message.layout, threadsToPrepareFor);
  return {
    isWorthHelp: unitsOf(scatter) >= UNITS_WORTH_HELP,
    run: (claim) => runUnits(scatter, program.program, claim),
    finish: () => finishScatter(scatter),
  };
}

/**
 * @param {NativeView} view
 * @param {ArrayBuffer} buffer
 * @param {BigInt64Array} fields
 * @param {LoadedProgram} program
 * @returns {ElementwiseWork}
 */
function readElementwise(view, buffer, fields, program) {
  const tensors = Number(fields[REQUEST.tensors]);
  const scalarCount = Number(fields[REQUEST.scalars]);
  const counts = REQUEST_HEAD_FIELDS + scalarCount;
  /** @type {Part[]} */
  const parts = [];
  let chunks = 0;
  for (let tensor = 0; tensor < tensors; tensor += 1) {
    const count = Number(fields[counts + tensor]);
    if (count === 0) continue;
    chunks += Math.ceil(count / program.message.chunkElements);
    const arrays = program.memory.map((_, k) =>
      floatsAt(view, fields[counts + tensors * (k + 1) + tensor] ?? 0n, count),
    );
    parts.push({ arrays, count, endChunk: chunks });
  }
  // An array, which a call spreads without iterating over it.
  const scalars = Array.from(new Float64Array(buffer, REQUEST_HEAD_FIELDS * 8, scalarCount));
  return { program, scalars, parts, chunks };
}

/**
 * @param {ElementwiseWork} work
 * @param {Claim} claim
 */
function runChunks({ program, scalars, parts, chunks }, claim) {
  const { chunkElements } = program.message;
  let position = 0;
  let firstChunk = 0;
  for (let chunk = claim(); chunk < chunks; chunk = claim()) {
    let part = parts[position];
    while (part !== undefined && chunk >= part.endChunk) {
      firstChunk = part.endChunk;
      position += 1;
      part = parts[position];
    }
    if (part === undefined) return;
    const start = (chunk - firstChunk) * chunkElements;
    runChunk(program, scalars, part.arrays, start, Math.min(part.count, start + chunkElements));
  }
}

/**
 * @param {LoadedProgram} program
 * @param {number[]} scalars
 * @param {Float32Array[]} arrays
 * @param {number} start
 * @param {number} end
 */
function runChunk({ message, memory, run }, scalars, arrays, start, end) {
  const { inputCount, chunkElements } = message;
  const count = end - start;
  for (let k = 0; k < inputCount; k += 1) memory[k]?.set(arrays[k]?.subarray(start, end) ?? []);
  // Whole vectors: what lies behind the last element is computed too and never copied.
  run((count * 4 + 15) & ~15, ...scalars);
  for (let k = inputCount; k < memory.length; k += 1) {
    const computed = memory[k] ?? new Float32Array();
    arrays[k]?.set(count === chunkElements ? computed : computed.subarray(0, count), start);
  }
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
  for (;;) {
    const known = programs.get(id);
    if (known !== undefined) return known;
    // Whoever sends requests posted the program before the first of them.
    const received = receiveMessageOnPort(newPrograms);
    if (received === undefined) throw new Error(`This thread does not know the program ${id}.`);
    load(received.message);
  }
}

/** @param {ProgramMessage} message */
function load(message) {
  if (message.kind === "scatter") {
    loadScatter(message);
    return;
  }
  const { id, inputCount, outputCount, chunkElements, module } = message;
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
  const run = /** @type {(bytes: number, ...scalars: number[]) => void} */ (exports["run"]);
  const arrays = Array.from(
    { length: inputCount + outputCount },
    (_, k) => new Float32Array(memory.buffer, k * chunkElements * 4, chunkElements),
  );
  programs.set(id, { kind: "elementwise", message, memory: arrays, run });
}

/** @param {ScatterMessage} message */
function loadScatter(message) {
  const memory = new WebAssembly.Memory({ initial: message.layout.pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(message.module), { env: { memory } });
  const functions = /** @type {Record<string, (...args: number[]) => void>} */ (exports);
  programs.set(message.id, {
    kind: "scatter",
    message,
    program: { buffer: memory.buffer, layout: message.layout, exports: functions },
  });
}
