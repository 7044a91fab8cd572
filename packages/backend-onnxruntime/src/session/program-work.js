// Reads what a program's request asks for and does it part by part, on the executor thread and on its helpers.
// Plain JavaScript, like run-worker.js.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { finishScatter, prepareScatter, readScatter, runUnits, unitsOf } from "./scatter-work.js";
import { layout } from "./thread-layout.js";

const { REQUEST, REQUEST_HEAD_FIELDS } = layout;

const VECTOR_ELEMENTS = 4;
// Numbers that a thread takes at once: the same for every thread, whatever it copies.
const SHARE_NUMBERS = 16_384;
// Views are cheap to make again; a bound keeps addresses that are gone from piling up.
const MOST_VIEWS = 4096;
// Below this many numbers or units, waking a helper takes as long as it saves.
const NUMBERS_WORTH_HELP = 98_304;
const UNITS_WORTH_HELP = 2;

/** @typedef {(address: bigint, bytes: number) => ArrayBuffer} NativeView */
/**
 * @typedef {{ id: number, kind: "elementwise", inputCount: number, outputCount: number, chunkElements: number, lengths?:
 * readonly number[], module: Uint8Array<ArrayBuffer> }} ElementwiseMessage
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
 * @typedef {{ kind: "elementwise", message: ElementwiseMessage, run: (bytes: number, ...numbers: number[]) => void }}
 * LoadedProgram
 */
/**
 * @typedef {{ place: number, length: number, outside: Float32Array | undefined }} ProgramArray where it lies in the
 * programs' memory, and the numbers of an element; or the array itself, and where its chunks are copied to
 */
/**
 * @typedef {{ arrays: ProgramArray[], rest: ProgramArray[], count: number, stepElements: number, endShare: number }}
 * Part one tensor's arrays, the same for numbers that fill no vector, how many elements a program gets at once, and the
 * number of the first share behind it
 */
/**
 * @typedef {{ program: LoadedProgram, scalars: number[], parts: Part[], numbers: number, shareElements: number, shares:
 * number }} ElementwiseWork
 */
/**
 * @typedef {() => number} Claim gives the number of a share or unit that nobody else does, ascending; when all are
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
/** @type {{ programMemory: import("./program-memory.js").ProgramMemory, thread: number }} */
const { programMemory, thread } = workerData;
const scratch = programMemory.scratch[thread] ?? 0;
// A thread that starts just when the memory grows sees its old size until the next time. Growing by nothing looks again.
programMemory.memory.grow(0);

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
    const isWorthHelp = work.numbers >= NUMBERS_WORTH_HELP;
    return { isWorthHelp, run: (claim) => runShares(work, claim), finish: () => 0n };
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
  const { inputCount, outputCount, chunkElements, lengths } = program.message;
  const longest = Math.max(1, ...(lengths ?? []));
  const shareElements = Math.max(1, Math.floor(SHARE_NUMBERS / longest));
  const tensors = Number(fields[REQUEST.tensors]);
  const scalarCount = Number(fields[REQUEST.scalars]);
  const counts = REQUEST_HEAD_FIELDS + scalarCount;
  // It grows while buffers are made, which threads see at different times; what this one does not see yet is copied.
  const reachBytes = programMemory.memory.buffer.byteLength;
  /** @type {Part[]} */
  const parts = [];
  let [numbers, shares] = [0, 0];
  for (let tensor = 0; tensor < tensors; tensor += 1) {
    const count = Number(fields[counts + tensor]);
    if (count === 0) continue;
    const addressOf = (/** @type {number} */ k) => fields[counts + tensors * (k + 1) + tensor] ?? 0n;
    const lengthOf = (/** @type {number} */ k) => lengths?.[k] ?? 1;
    const copied = (/** @type {number} */ k) => ({
      place: scratch + k * chunkElements * 4,
      length: lengthOf(k),
      outside: floatsAt(view, addressOf(k), count * lengthOf(k)),
    });
    const indices = Array.from({ length: inputCount + outputCount }, (_, k) => k);
    const arrays = indices.map((k) => insideAt(addressOf(k), count, lengthOf(k), reachBytes) ?? copied(k));
    const isInside = arrays.every(({ outside }) => outside === undefined);
    const stepElements = isInside ? shareElements : Math.floor(chunkElements / longest);
    numbers += count * longest;
    shares += Math.ceil(count / shareElements);
    const rest = lengths !== undefined || count % VECTOR_ELEMENTS === 0 ? [] : indices.map(copied);
    parts.push({ arrays, rest, count, stepElements, endShare: shares });
  }
  // An array, which a call spreads without iterating over it.
  const scalars = Array.from(new Float64Array(buffer, REQUEST_HEAD_FIELDS * 8, scalarCount));
  return { program, scalars, parts, numbers, shareElements, shares };
}

/**
 * @param {bigint} address
 * @param {number} count of elements
 * @param {number} length of an element
 * @param {number} reachBytes
 * @returns {ProgramArray | undefined} nothing for an array that lies elsewhere than in the programs' memory
 */
function insideAt(address, count, length, reachBytes) {
  const place = Number(address - programMemory.base);
  const isInside = place >= 0 && place + count * length * 4 <= reachBytes;
  return isInside ? { place, length, outside: undefined } : undefined;
}

/**
 * @param {ElementwiseWork} work
 * @param {Claim} claim
 */
function runShares({ program, scalars, parts, shareElements, shares }, claim) {
  const hasRows = program.message.lengths !== undefined;
  let position = 0;
  let firstShare = 0;
  for (let share = claim(); share < shares; share = claim()) {
    let part = parts[position];
    while (part !== undefined && share >= part.endShare) {
      firstShare = part.endShare;
      position += 1;
      part = parts[position];
    }
    if (part === undefined) return;
    const start = (share - firstShare) * shareElements;
    const end = Math.min(part.count, start + shareElements);
    const wholeEnd = hasRows ? end : end - (end % VECTOR_ELEMENTS);
    for (let step = start; step < wholeEnd; step += part.stepElements)
      runBetween(program, scalars, part.arrays, step, Math.min(wholeEnd, step + part.stepElements));
    if (wholeEnd < end) runBetween(program, scalars, part.rest, wholeEnd, end);
  }
}

/**
 * @param {LoadedProgram} program
 * @param {number[]} scalars
 * @param {ProgramArray[]} arrays
 * @param {number} start
 * @param {number} end
 */
function runBetween({ message: { inputCount, lengths }, run }, scalars, arrays, start, end) {
  const count = end - start;
  const places = arrays.map(({ place, length, outside }) => place + (outside === undefined ? start * length * 4 : 0));
  for (let k = 0; k < inputCount; k += 1) {
    const { place, length, outside } = arrays[k] ?? NO_ARRAY;
    if (outside !== undefined) copyOf(place, count * length).set(outside.subarray(start * length, end * length));
  }
  // Whole vectors: what lies in a copy behind the last element is computed too, and never copied back.
  run(lengths === undefined ? (count * 4 + 15) & ~15 : count, ...places, ...scalars);
  for (let k = inputCount; k < arrays.length; k += 1) {
    const { place, length, outside } = arrays[k] ?? NO_ARRAY;
    if (outside !== undefined) outside.set(copyOf(place, count * length), start * length);
  }
}

/** @type {ProgramArray} */
const NO_ARRAY = { place: 0, length: 0, outside: undefined };

/**
 * @param {number} place
 * @param {number} count
 */
function copyOf(place, count) {
  return new Float32Array(programMemory.memory.buffer, place, count);
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
  if (message.kind === "scatter") {
    loadScatter(message);
    return;
  }
  const { memory } = programMemory;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(message.module), { env: { memory } });
  const run = /** @type {(bytes: number, ...numbers: number[]) => void} */ (exports["run"]);
  programs.set(message.id, { kind: "elementwise", message, run });
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
