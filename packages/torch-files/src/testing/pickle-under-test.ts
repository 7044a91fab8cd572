import { writeZip } from "../zip/write-zip.js";

/** Bytes of a pickle: numbers are bytes, texts are their characters. */
export function pickle(...parts: readonly (number | string | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, 2, ...parts.flatMap(bytesOf), 0x2e]);
}

function bytesOf(part: number | string | readonly number[]): readonly number[] {
  if (typeof part === "number") return [part];
  return typeof part === "string" ? [...new TextEncoder().encode(part)] : part;
}

/** `X` and a text. */
export function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [0x58, ...int32(bytes.length), ...bytes];
}

export function int32(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}

export function globalName(module: string, name: string): string {
  return `c${module}\n${name}\n`;
}

/** A file of `torch.save` around a pickle. */
export function fileOf(data: Uint8Array, members: Readonly<Record<string, Uint8Array>> = {}): Uint8Array<ArrayBuffer> {
  const others = Object.entries(members).map(([name, bytes]) => [`a/${name}`, bytes] as const);
  return writeZip(new Map([["a/data.pkl", data], ["a/version", new TextEncoder().encode("3\n")], ...others]));
}
