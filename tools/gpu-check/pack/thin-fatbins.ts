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
 * Overwrites a CUDA library's machine code for other graphics cards, and of kernels that training does not use, with
 * zeros: the file keeps its layout and loads as before, but compresses to a tenth. A kernel that was overwritten fails
 * by name when something calls it.
 * @param file the library, changed in place
 * @param architecture e.g. 90 for compute capability 9.0
 * @param keepsAll leaves every kernel of the architecture in
 */
export function thinFatbins(file: Buffer, architecture: number, keepsAll = false): ThinnedCode {
  const section = findElfSection(file, SECTION);
  if (section === undefined)
    throw new TypeError(`The library has no section ${SECTION}. Expected one built with CUDA.`);
  let [keptBytes, totalBytes] = [0, 0];
  for (const { kind, arch, start, codeEnd, end } of codeEntries(file, section)) {
    totalBytes += end - start;
    const isWanted = kind === MACHINE_CODE && arch === architecture;
    if (isWanted && (keepsAll || isUsed(file.subarray(start, codeEnd)))) keptBytes += end - start;
    else file.fill(0, start, end);
  }
  if (keptBytes === 0) throw new RangeError(`The library has no machine code for architecture ${architecture}.`);
  return { keptBytes, totalBytes };
}

interface CodeEntry {
  readonly kind: number;
  readonly arch: number;
  readonly start: number;
  /** Where padding begins. */
  readonly codeEnd: number;
  readonly end: number;
}

/** Fat binaries follow each other, padded; each is a header and entries, and an entry a header and its code. */
function* codeEntries(file: Buffer, { offset, size }: { offset: number; size: number }): Generator<CodeEntry> {
  for (let at = offset; at < offset + size;) {
    if (file.readUInt32LE(at) !== MAGIC) {
      at += ALIGNMENT;
      continue;
    }
    const end = at + file.readUInt16LE(at + 6) + Number(file.readBigUInt64LE(at + 8));
    for (let entry = at + file.readUInt16LE(at + 6); entry < end;) {
      const start = entry + file.readUInt32LE(entry + 4);
      const next = start + Number(file.readBigUInt64LE(entry + 8));
      const codeEnd = start + file.readUInt32LE(entry + 16);
      yield { kind: file.readUInt16LE(entry), arch: file.readUInt32LE(entry + 28), start, codeEnd, end: next };
      entry = next;
    }
    at = end;
  }
}

/** Whether a kernel in it may be called; code whose names cannot be read counts as used. */
function isUsed(code: Buffer): boolean {
  if (code.readUInt32LE(0) !== ZSTD_MAGIC) return true;
  const elf = execFileSync("zstd", ["-dcq"], { input: code, maxBuffer: 2 ** 30 });
  const kernels = [...elf.toString("latin1").matchAll(/\.text\.([A-Za-z0-9_$]+)/g)].map(([, name = ""]) => name);
  return kernels.length === 0 || kernels.some((name) => !UNUSED_KERNEL.test(name));
}
