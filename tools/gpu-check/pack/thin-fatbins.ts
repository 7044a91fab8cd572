import { execFileSync } from "node:child_process";
import { findElfSection } from "./elf-section.js";

const SECTION = ".nv_fatbin";
const MAGIC = 0xba55ed50;
const ALIGNMENT = 8;
const ZSTD_MAGIC = 0xfd2fb528;
/** The kind of an entry that holds machine code; the other is PTX. */
const MACHINE_CODE = 2;

/**
 * Kernels of language models' inference (attention with caches, experts, quantized weights, beam search): our graphs
 * have none of these operators, and they are nine tenths of the machine code.
 */
const UNUSED_KERNEL =
  /5flash|3llm|3lean|cutlass|attention|[Mm]oe|MoE|N[Bb]its|Float[48]|_[48]bits|fpA_intB|TopKKernel|[Xx]qa|PagedKV|[Qq]uant|[Bb]eam|[Ll]ogits|Qkv|QKV|kernel_mha/;

export interface ThinnedCode {
  /** Bytes of machine code that stayed, and that were there. */
  readonly keptBytes: number;
  readonly totalBytes: number;
}

/**
 * Takes a CUDA library's machine code for other graphics cards out, and that of kernels which training does not use:
 * each fat binary keeps its place in the file and has fewer entries, zeros follow, and the file compresses to a tenth.
 * Where nothing stays, a small entry for another card takes the place, so that a call fails by name for want of code.
 * @param file the library, changed in place
 * @param architecture e.g. 90 for compute capability 9.0
 * @param keepsAll leaves every kernel of the architecture in
 */
export function thinFatbins(file: Buffer, architecture: number, keepsAll = false): ThinnedCode {
  const section = findElfSection(file, SECTION);
  if (section === undefined)
    throw new TypeError(`The library has no section ${SECTION}. Expected one built with CUDA.`);
  const binaries = fatBinaries(file, section);
  const filler = Buffer.from(smallestOther(file, binaries, architecture));
  let [keptBytes, totalBytes] = [0, 0];
  for (const { headerEnd, end, entries } of binaries) {
    totalBytes += end - headerEnd;
    const kept = entries.filter(
      ({ kind, arch, codeStart, codeEnd }) =>
        kind === MACHINE_CODE && arch === architecture && (keepsAll || isUsed(file.subarray(codeStart, codeEnd))),
    );
    const bytes = Buffer.concat(kept.map((entry) => file.subarray(entry.start, entry.end)));
    keptBytes += bytes.length;
    const content = kept.length > 0 ? bytes : filler;
    if (headerEnd + content.length > end) continue; // smaller than what would take its place
    file.fill(0, headerEnd, end);
    content.copy(file, headerEnd);
    file.writeBigUInt64LE(BigInt(content.length), headerEnd - 8);
  }
  if (keptBytes === 0) throw new RangeError(`The library has no machine code for architecture ${architecture}.`);
  return { keptBytes, totalBytes };
}

interface FatBinary {
  /** Where its entries begin; the eight bytes before say how long they are. */
  readonly headerEnd: number;
  readonly end: number;
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly kind: number;
  readonly arch: number;
  readonly start: number;
  readonly codeStart: number;
  /** Where padding begins. */
  readonly codeEnd: number;
  readonly end: number;
}

/** Fat binaries follow each other, padded; each is a header and entries, and an entry a header and its code. */
function fatBinaries(file: Buffer, { offset, size }: { offset: number; size: number }): FatBinary[] {
  const found: FatBinary[] = [];
  for (let at = offset; at < offset + size;) {
    if (file.readUInt32LE(at) !== MAGIC) {
      at += ALIGNMENT;
      continue;
    }
    const headerEnd = at + file.readUInt16LE(at + 6);
    const end = headerEnd + Number(file.readBigUInt64LE(at + 8));
    found.push({ headerEnd, end, entries: entriesOf(file, headerEnd, end) });
    at = end;
  }
  return found;
}

function entriesOf(file: Buffer, from: number, to: number): Entry[] {
  const entries: Entry[] = [];
  for (let start = from; start < to;) {
    const codeStart = start + file.readUInt32LE(start + 4);
    const end = codeStart + Number(file.readBigUInt64LE(start + 8));
    const [kind, arch] = [file.readUInt16LE(start), file.readUInt32LE(start + 28)];
    entries.push({ kind, arch, start, codeStart, codeEnd: codeStart + file.readUInt32LE(start + 16), end });
    start = end;
  }
  return entries;
}

function smallestOther(file: Buffer, binaries: readonly FatBinary[], architecture: number): Buffer {
  const others = binaries
    .flatMap(({ entries }) => entries)
    .filter(({ kind, arch }) => kind === MACHINE_CODE && arch !== architecture)
    .toSorted((a, b) => a.end - a.start - (b.end - b.start));
  return others[0] === undefined ? Buffer.alloc(0) : file.subarray(others[0].start, others[0].end);
}

/** Whether a kernel in it may be called; code whose names cannot be read counts as used. */
function isUsed(code: Buffer): boolean {
  if (code.readUInt32LE(0) !== ZSTD_MAGIC) return true;
  const elf = execFileSync("zstd", ["-dcq"], { input: code, maxBuffer: 2 ** 30 });
  const names = [...elf.toString("latin1").matchAll(/\0\.text\.([A-Za-z0-9_$]+)/g)].map(([, name = ""]) => name);
  return names.length === 0 || names.some((name) => !UNUSED_KERNEL.test(name));
}
