// Elementwise programs on the executor thread. Plain JavaScript, like run-worker.js.
import { parentPort, receiveMessageOnPort } from "node:worker_threads";

// A program's memory: what every ElementwiseProgram may count on.
const MEMORY_PAGES = 4;
// Views are cheap to make again; a bound keeps addresses that are gone from piling up.
const MOST_VIEWS = 4096;
// Head of a request in 64-bit fields: program, tensors, scalars. program-request.ts repeats the layout.
const HEAD_FIELDS = 3;

/** @typedef {{ id: number, inputCount: number, outputCount: number, chunkElements: number, module: Uint8Array<ArrayBuffer> }} ProgramMessage */
/** @typedef {{ inputCount: number, arrays: Float32Array<ArrayBuffer>[], chunkElements: number, run: (bytes: number, ...scalars: number[]) => void }} LoadedProgram */

/** @type {Map<number, LoadedProgram>} */
const programs = new Map();
/** @type {Map<bigint, ArrayBuffer>} */
const views = new Map();

/**
 * @param {(address: bigint, bytes: number) => ArrayBuffer} view
 * @param {bigint} address of a request
 * @param {number} bytes of the request
 */
export function runProgram(view, address, bytes) {
  const memory = memoryAt(view, address, bytes);
  const fields = new BigInt64Array(memory, 0, bytes / 8);
  const program = findProgram(Number(fields[0]));
  const tensors = Number(fields[1]);
  const scalarCount = Number(fields[2]);
  const scalars = new Float64Array(memory, HEAD_FIELDS * 8, scalarCount);
  const counts = HEAD_FIELDS + scalarCount;
  for (let tensor = 0; tensor < tensors; tensor += 1) {
    const count = Number(fields[counts + tensor]);
    if (count === 0) continue;
    const arrays = program.arrays.map((_, k) => {
      const start = fields[counts + tensors * (k + 1) + tensor] ?? 0n;
      return new Float32Array(memoryAt(view, start, count * 4), 0, count);
    });
    runOnArrays(program, scalars, arrays, count);
  }
}

/**
 * @param {LoadedProgram} program
 * @param {Float64Array} scalars
 * @param {Float32Array[]} arrays
 * @param {number} count
 */
function runOnArrays({ inputCount, arrays: chunk, chunkElements, run }, scalars, arrays, count) {
  for (let start = 0; start < count; start += chunkElements) {
    const end = Math.min(count, start + chunkElements);
    for (let k = 0; k < inputCount; k += 1) chunk[k]?.set(arrays[k]?.subarray(start, end) ?? []);
    // Whole vectors: what lies behind the last element is computed too and never copied.
    run(((end - start) * 4 + 15) & ~15, ...scalars);
    for (let k = inputCount; k < chunk.length; k += 1) arrays[k]?.set(chunk[k]?.subarray(0, end - start) ?? [], start);
  }
}

/**
 * @param {(address: bigint, bytes: number) => ArrayBuffer} view
 * @param {bigint} address
 * @param {number} bytes
 */
function memoryAt(view, address, bytes) {
  const known = views.get(address);
  if (known !== undefined && known.byteLength >= bytes) return known;
  if (views.size >= MOST_VIEWS) views.clear();
  const made = view(address, bytes);
  views.set(address, made);
  return made;
}

/** @param {number} id */
function findProgram(id) {
  for (;;) {
    const known = programs.get(id);
    if (known !== undefined) return known;
    // The main thread posted the program before the first request for it.
    const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
    if (received === undefined) throw new Error(`The executor thread does not know the program ${id}.`);
    load(received.message);
  }
}

/** @param {ProgramMessage} message */
function load({ id, inputCount, outputCount, chunkElements, module }) {
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
  const run = /** @type {(bytes: number, ...scalars: number[]) => void} */ (exports["run"]);
  const arrays = Array.from({ length: inputCount + outputCount }, (_, k) => new Float32Array(memory.buffer, k * chunkElements * 4, chunkElements));
  programs.set(id, { inputCount, arrays, chunkElements, run });
}
