import { readFileSync } from "node:fs";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { DataFileError } from "../errors/data-file-error.js";
import { errorOf } from "../errors/error-of-under-test.js";
import { bytesOf, contentOf, type RecordedFile } from "../table/recorded-columns-under-test.js";
import { readArrow } from "./read-arrow.js";

interface Recorded {
  readonly files: readonly RecordedFile[];
  readonly "feather of version 1": string;
}

// What tests/parity/record_columnar.py recorded from pyarrow and Polars.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/arrow.json", import.meta.url), "utf8"));
const fileOf = (name: string): Uint8Array => contentOf(recorded.files, name);
const CHANGES = 60;

/** The same numbers in each run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("damaged Arrow files", () => {
  it.each(recorded.files)(
    "of changed bytes give a named error, or other values, at once: $name",
    async ({ base64 }) => {
      const next = numbersFrom(7);
      let named = 0;
      for (let change = 0; change < CHANGES; change += 1) {
        const bytes = bytesOf(base64);
        const at = Math.floor(next() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
        const error: unknown = await readArrow(bytes).then(
          () => undefined,
          (e: unknown) => e,
        );
        if (error === undefined) continue;
        if (!/of type/.test(String(error))) expect(error, `byte ${at}`).toBeInstanceOf(DataFileError);
        named += 1;
      }
      expect(named).toBeGreaterThan(CHANGES / 10);
    },
  );

  it("with a list whose length is in the middle of something else are refused, not counted through", async () => {
    const bytes = fileOf("feather, zstd");
    for (let at = bytes.length - 1000; at < bytes.length - 10; at += 2) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      await readArrow(changed).catch((error: unknown) => expect(error).toHaveProperty("code"));
    }
  });

  it("say what is wrong, and where", async () => {
    const bytes = fileOf("file");
    const footerLength = bytes.slice();
    footerLength.set([255, 255, 255, 127], bytes.length - 10);
    expect(await errorOf(readArrow(footerLength))).toMatchObject({ offsetBytes: bytes.length - 10 });
    expect((await errorOf(readArrow(footerLength))).message).toContain("its footer is not there");
    const stream = fileOf("stream");
    const cut = await errorOf(readArrow(stream.subarray(0, stream.length - 20)));
    expect(cut.message).toContain("a message is cut off");
    expect((await errorOf(readArrow(bytesOf(recorded["feather of version 1"])))).message).toContain("of version 1");
  });
});

describe("what apache-arrow writes", () => {
  it.each(["file", "stream"] as const)("passes the checks: a %s", async (kind) => {
    const table = tableFromArrays({ n: Float64Array.of(1.5, 2.5), word: ["a", "b"], i: Int32Array.of(3, 4) });
    expect((await readArrow(tableToIPC(table, kind))).row(1)).toEqual({ n: 2.5, word: "b", i: 4 });
  });
});
