import { readFileSync } from "node:fs";
import { readTorchFile, toPlain, TorchTensor, writeTorchFile, type PlainValue } from "lightning-ts/torch-files";
import { fuzz, type FuzzOptions, type FuzzReport } from "./fuzz.js";
import { mutate } from "./mutate.js";

const RECORDED = new URL("../../../packages/torch-files/src/fixtures/torch-files.json", import.meta.url);

/** Changes files that PyTorch wrote and reads them: an answer or a named error, within a second. */
export function fuzzTorchFiles(options: FuzzOptions): Promise<FuzzReport> {
  const bases = baseFiles();
  return fuzz(options, {
    make: (below) => mutate(bases[below(bases.length)] ?? new Uint8Array(), below),
    read: (file) => walk(toPlain(readTorchFile(file).value)),
    isPromised,
  });
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
