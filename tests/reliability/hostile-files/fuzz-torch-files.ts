import { readFileSync } from "node:fs";
import { readTorchFile, toPlain, TorchTensor, writeTorchFile, type PlainValue } from "lightning-ts/torch-files";
import { mutate, numbersFrom } from "./mutate.js";

export interface FuzzOptions {
  readonly seed: number;
  readonly files: number;
  /** Stops earlier when so much time has passed. @default never */
  readonly seconds?: number | undefined;
}

export interface FuzzReport {
  readonly files: number;
  readonly read: number;
  readonly refused: number;
  /** Errors that are not those that are promised, and answers that came late, with the seeds that repeat them. */
  readonly findings: readonly string[];
  readonly slowestMs: number;
}

const RECORDED = new URL("../../../packages/torch-files/src/fixtures/torch-files.json", import.meta.url);
const LATE_MS = 1000;

/** Changes files that PyTorch wrote and reads them: an answer or a named error, within a second. */
export function fuzzTorchFiles({ seed, files, seconds = Number.POSITIVE_INFINITY }: FuzzOptions): FuzzReport {
  const bases = baseFiles();
  const start = performance.now();
  const findings: string[] = [];
  let [read, refused, slowestMs, done] = [0, 0, 0, 0];
  for (; done < files && performance.now() - start < seconds * 1000; done += 1) {
    const one = seed + done;
    const below = numbersFrom(one);
    const file = mutate(bases[below(bases.length)] ?? new Uint8Array(), below);
    const before = performance.now();
    try {
      walk(toPlain(readTorchFile(file).value));
      read += 1;
    } catch (error) {
      refused += 1;
      if (!isPromised(error)) findings.push(`seed ${one}: ${String(error)}`);
    }
    const took = performance.now() - before;
    slowestMs = Math.max(slowestMs, took);
    if (took > LATE_MS) findings.push(`seed ${one}: took ${Math.round(took)} ms`);
  }
  return { files: done, read, refused, findings, slowestMs };
}

function isPromised(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("LIT_TORCH_");
}

/** Recorded files as they are, and without checksums, so that changes reach the pickle. */
function baseFiles(): Uint8Array[] {
  const recorded: { readonly files: readonly { readonly base64: string }[] } = JSON.parse(
    readFileSync(RECORDED, "utf8"),
  );
  const files = recorded.files.map(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")));
  const small = writeTorchFile({ a: [1, "b", null], c: { d: 0.5 } });
  return [...files, ...[...files, small].map(withoutChecksums)];
}

function withoutChecksums(file: Uint8Array): Uint8Array {
  const copy = Buffer.from(file);
  const directory = copy.readUInt32LE(copy.length - 6);
  for (
    let at = copy.indexOf("PK\x01\x02", directory, "latin1");
    at >= 0;
    at = copy.indexOf("PK\x01\x02", at + 4, "latin1")
  )
    copy.writeUInt32LE(0, at + 16);
  return new Uint8Array(copy);
}

/** Whoever loads a file looks at everything in it. */
function walk(value: PlainValue): void {
  if (value instanceof TorchTensor) value.values();
  else if (Array.isArray(value)) for (const item of value) walk(item);
  else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    for (const item of Object.values(value)) walk(item);
}
