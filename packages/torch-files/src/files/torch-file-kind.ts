import { TorchFileError } from "../errors/torch-file-error.js";

/** What a file is, by its first bytes. */
export type TorchFileKind = "zip" | "legacy" | "other";

/** Bytes of the beginning that tell what a file is. */
export const KIND_BYTES = 16;

/** A pickle of protocol 2 or so whose first value is the magic number of PyTorch before 1.6. */
const LEGACY = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const ZIP = [0x50, 0x4b];

/** Tells by its first bytes if `torch.save` may have written a file: `zip` since PyTorch 1.6, `legacy` before. */
export function torchFileKind(start: Uint8Array): TorchFileKind {
  if (ZIP.every((byte, at) => start[at] === byte)) return "zip";
  return start[0] === 0x80 && LEGACY.every((byte, at) => start[2 + at] === byte) ? "legacy" : "other";
}

/** @throws TorchFileError that names the format */
export function requireTorchZip(file: Uint8Array): void {
  const kind = torchFileKind(file);
  if (kind === "zip") return;
  if (kind === "legacy")
    throw new TorchFileError({
      message: "This file has the format of PyTorch before 1.6 (no zip file), which is not read.",
      tryThis: "torch.save(torch.load(path, map_location='cpu'), path) in Python, which writes the present format.",
    });
  throw new TorchFileError({
    message: "This is no file of torch.save.",
    expected: "a zip file",
    received: file.length === 0 ? "nothing" : `${file.length} bytes that begin with ${hex(file.subarray(0, 8))}`,
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
