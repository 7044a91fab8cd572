// Reads what an elementwise program's request asks for and does it share by share, on the executor thread and on its
// helpers. Plain JavaScript, like run-worker.js. V8 compiles it while a program starts: loops over numbers, one form of
// each object, and no functions that are made anew keep that short.
import { layout } from "./thread-layout.js";

const { REQUEST, REQUEST_HEAD_FIELDS } = layout;

const VECTOR_NUMBERS = 4;
const VECTOR_BYTES = 16;
// Numbers that a thread takes at once: the same for every thread, whatever it copies.
const SHARE_NUMBERS = 16_384;

/**
 * @typedef {{ id: number, kind: "elementwise", inputCount: number, outputCount: number, chunkElements: number, lengths?:
 * readonly number[], module: Uint8Array<ArrayBuffer> }} ElementwiseMessage
 */
/**
 * @typedef {{ kind: "elementwise", message: ElementwiseMessage, run: (...numbers: number[]) => void, lengths: number[],
 * longest: number, shareElements: number }} LoadedElementwise with the lengths of an element in each array
 */
/**
 * @typedef {{ memory: WebAssembly.Memory, base: bigint, reachBytes: number, scratch: number }} Surroundings the
 * programs' memory, how much of it this thread sees, and where it copies chunks to
 */
/**
 * @typedef {{ count: number, isInside: boolean, places: Float64Array, arrays: (Float32Array | undefined)[], endShare:
 * number }} Part one tensor: where its arrays lie in the programs' memory; those that lie elsewhere, and of a length
 * that fills no vector all of them; and the number of the first share behind it
 */
/**
 * @typedef {{ program: LoadedElementwise, surroundings: Surroundings, scalars: Float64Array, parts: Part[], numbers:
 * number, shares: number }} ElementwiseWork
 */

/** @type {(Float32Array | undefined)[]} */
const NO_ARRAYS = [];

/**
 * @param {ElementwiseMessage} message
 * @param {WebAssembly.Memory} memory
 * @returns {LoadedElementwise}
 */
export function loadElementwise(message, memory) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(message.module), { env: { memory } });
  const run = /** @type {(...numbers: number[]) => void} */ (exports["run"]);
  const arrayCount = message.inputCount + message.outputCount;
  const lengths = message.lengths === undefined ? Array.from({ length: arrayCount }, () => 1) : [...message.lengths];
  const longest = Math.max(...lengths);
  const shareElements = Math.max(1, Math.floor(SHARE_NUMBERS / longest));
  return { kind: "elementwise", message, run, lengths, longest, shareElements };
}

/**
 * @param {BigInt64Array<ArrayBuffer>} fields of the whole request
 * @param {LoadedElementwise} program
 * @param {Surroundings} surroundings
 * @param {(address: bigint, count: number) => Float32Array<ArrayBuffer>} floatsAt
 * @returns {ElementwiseWork}
 */
export function readElementwise(fields, program, surroundings, floatsAt) {
  const { lengths, longest, shareElements, message } = program;
  const tensors = Number(fields[REQUEST.tensors]);
  const scalarCount = Number(fields[REQUEST.scalars]);
  const counts = REQUEST_HEAD_FIELDS + scalarCount;
  const arrayCount = lengths.length;
  /** @type {Part[]} */
  const parts = [];
  let numbers = 0;
  let shares = 0;
  for (let tensor = 0; tensor < tensors; tensor += 1) {
    const count = Number(fields[counts + tensor]);
    if (count === 0) continue;
    const places = new Float64Array(arrayCount);
    let isInside = true;
    for (let k = 0; k < arrayCount; k += 1) {
      const place = Number((fields[counts + tensors * (k + 1) + tensor] ?? 0n) - surroundings.base);
      const isSeen = place >= 0 && place + count * (lengths[k] ?? 1) * 4 <= surroundings.reachBytes;
      places[k] = isSeen ? place : Number.NaN;
      isInside &&= isSeen;
    }
    const hasRest = message.lengths === undefined && count % VECTOR_NUMBERS !== 0;
    let arrays = NO_ARRAYS;
    if (!isInside || hasRest) {
      arrays = [];
      for (let k = 0; k < arrayCount; k += 1) {
        const address = fields[counts + tensors * (k + 1) + tensor] ?? 0n;
        const isNeeded = hasRest || Number.isNaN(places[k]);
        arrays.push(isNeeded ? floatsAt(address, count * (lengths[k] ?? 1)) : undefined);
      }
    }
    numbers += count * longest;
    shares += Math.ceil(count / shareElements);
    parts.push({ count, isInside, places, arrays, endShare: shares });
  }
  const scalars = new Float64Array(fields.buffer, REQUEST_HEAD_FIELDS * 8, scalarCount);
  return { program, surroundings, scalars, parts, numbers, shares };
}

/**
 * @param {ElementwiseWork} work
 * @param {() => number} claim gives the number of a share that nobody else does, ascending; then numbers beyond the last
 */
export function runShares({ program, surroundings, scalars, parts, shares }, claim) {
  const { message, lengths, longest, shareElements } = program;
  // Numbers with a fraction: an array of such stays one, whatever comes in.
  const args = Array.from({ length: 1 + lengths.length + scalars.length }, () => 0.5);
  for (let k = 0; k < scalars.length; k += 1) args[1 + lengths.length + k] = scalars[k] ?? 0;
  let position = 0;
  let firstShare = 0;
  for (let share = claim(); share < shares; share = claim()) {
    while (share >= (parts[position]?.endShare ?? Infinity)) {
      firstShare = parts[position]?.endShare ?? 0;
      position += 1;
    }
    const part = parts[position];
    if (part === undefined) return;
    const start = (share - firstShare) * shareElements;
    const end = Math.min(part.count, start + shareElements);
    const wholeEnd = message.lengths === undefined ? end - (end % VECTOR_NUMBERS) : end;
    if (part.isInside) {
      if (wholeEnd > start) runInside(program, args, part.places, start, wholeEnd - start);
    } else {
      const chunk = Math.floor(message.chunkElements / longest);
      for (let from = start; from < wholeEnd; from += chunk)
        runCopied(program, args, surroundings, part, from, Math.min(wholeEnd, from + chunk), false);
    }
    if (wholeEnd < end) runCopied(program, args, surroundings, part, wholeEnd, end, true);
  }
}

/**
 * @param {LoadedElementwise} program
 * @param {number[]} args of the call, with the scalars in their places
 * @param {Float64Array} places
 * @param {number} start
 * @param {number} count
 */
function runInside({ message, run, lengths }, args, places, start, count) {
  args[0] = message.lengths === undefined ? count * 4 : count;
  for (let k = 0; k < lengths.length; k += 1) args[1 + k] = (places[k] ?? 0) + start * (lengths[k] ?? 1) * 4;
  run(...args);
}

/**
 * @param {LoadedElementwise} program
 * @param {number[]} args of the call, with the scalars in their places
 * @param {Surroundings} surroundings
 * @param {Part} part
 * @param {number} start
 * @param {number} end
 * @param {boolean} isRest fewer than a vector holds, of which all arrays are copied
 */
function runCopied({ message, run, lengths }, args, { memory, scratch }, { places, arrays }, start, end, isRest) {
  const count = end - start;
  const isCopied = (/** @type {number} */ k) => isRest || Number.isNaN(places[k]);
  const placeOfCopy = (/** @type {number} */ k) => scratch + k * message.chunkElements * 4;
  const copyOf = (/** @type {number} */ k) =>
    new Float32Array(memory.buffer, placeOfCopy(k), count * (lengths[k] ?? 1));
  // Whole vectors: what lies in a copy behind the last element is computed too, and never copied back.
  args[0] = message.lengths === undefined ? Math.ceil((count * 4) / VECTOR_BYTES) * VECTOR_BYTES : count;
  for (let k = 0; k < lengths.length; k += 1) {
    const length = lengths[k] ?? 1;
    args[1 + k] = isCopied(k) ? placeOfCopy(k) : (places[k] ?? 0) + start * length * 4;
    if (isCopied(k) && k < message.inputCount) copyOf(k).set(arrays[k]?.subarray(start * length, end * length) ?? []);
  }
  run(...args);
  for (let k = message.inputCount; k < lengths.length; k += 1)
    if (isCopied(k)) arrays[k]?.set(copyOf(k), start * (lengths[k] ?? 1));
}
