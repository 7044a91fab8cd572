import { CodecError } from "./codec-error.js";

/** Bytes that become characters at once; a multiple of 3, so that parts can be joined. */
const PART_BYTES = 24_576;

/** The bytes as base64 text, in any runtime. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let begin = 0; begin < bytes.byteLength; begin += PART_BYTES)
    text += btoa(String.fromCharCode(...bytes.subarray(begin, begin + PART_BYTES)));
  return text;
}

/** @throws CodecError for text that is not base64 */
export function decodeBase64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch (cause) {
    throw new CodecError({
      message: "This is no base64 text.",
      expected: "groups of four of A–Z, a–z, 0–9, + and /",
      received: JSON.stringify(text.slice(0, 40)),
      cause,
    });
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
