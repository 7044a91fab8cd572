import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { hostTensor, type HostTensor } from "../data/host-tensor.js";
import type { WritableFile } from "../ports/file-system.js";
import { tf } from "../tensor/tf.js";
import { CodecError } from "./codec-error.js";
import { decodeSafetensor, decodeSafetensors } from "./decode-safetensors.js";
import { encodeSafetensors, writeSafetensors } from "./encode-safetensors.js";
import { parseSafetensorsHeader, safetensorsHeaderLength } from "./safetensors-header.js";

const fixture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

/** What is in the files that Python wrote: tests/parity/record_safetensors.py. */
const recorded: { readonly tensors: Record<string, { shape: number[]; dtype: string; values: (number | string)[] }> } =
  JSON.parse(readFileSync(new URL("./fixtures/every-dtype.json", import.meta.url), "utf8"));
const PYTHON_NUMBERS: Record<string, number> = {
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

const floats = (shape: number[], ...values: number[]): HostTensor =>
  hostTensor(Float32Array.from(values), shape, "float32");
const ints = (shape: number[], ...values: number[]): HostTensor => hostTensor(Int32Array.from(values), shape, "int32");

/** A file with this header text and so many bytes of data. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const asInfo = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

beforeAll(async () => {
  await resolveBackend("cpu");
});

it("refuses to write what nobody could read", () => {
  const tensor = tf.buffer([0], "float32");
  const many = new Map(Array.from({ length: 84_000 }, (_, i) => [`w${i}`, tensor] as const));
  expect(() => encodeSafetensors(many)).toThrow(/at most 750000 values.*Try: large lists/);
  const long = new Map([["text", "x".repeat(100_000_001)]]);
  expect(() => encodeSafetensors(new Map(), long)).toThrow("at most 100000000 bytes");
  const most = new Map([...many].slice(0, 83_000));
  expect(decodeSafetensors(encodeSafetensors(most)).tensors.size).toBe(83_000);
});

describe("decodeSafetensors", () => {
  it("reads every dtype that Python's safetensors writes, with the documented conversions", () => {
    const { tensors, metadata } = decodeSafetensors(fixture("every-dtype.safetensors"));
    expect([...metadata]).toEqual([["format", "pt"]]);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(recorded.tensors).sort());
    for (const [name, { shape, dtype, values }] of Object.entries(recorded.tensors)) {
      const tensor = tensors.get(name);
      const expected = values.map((value) => (typeof value === "number" ? value : (PYTHON_NUMBERS[value] ?? value)));
      expect({ name, shape: tensor?.shape, dtype: tensor?.dtype, values: [...(tensor?.values ?? [])] }).toEqual({
        name,
        shape,
        dtype,
        values: dtype === "float32" ? [...Float32Array.from(expected, Number)] : expected,
      });
    }
  });

  it("copies: changing what was read leaves the file as it was", () => {
    const file = encodeSafetensors(new Map([["a", floats([2], 1, 2)]]));
    Reflect.set(decodeSafetensors(file).tensors.get("a")?.values ?? [], 0, 9);
    expect([...(decodeSafetensors(file).tensors.get("a")?.values ?? [])]).toEqual([1, 2]);
  });

  it("reads a file at an odd position of its buffer", () => {
    const file = encodeSafetensors(new Map([["a", floats([2], 1, 2)]]));
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect([...(decodeSafetensors(shifted.subarray(3)).tensors.get("a")?.values ?? [])]).toEqual([1, 2]);
  });

  it("reads a file piece by piece", () => {
    const file = fixture("every-dtype.safetensors");
    const header = parseSafetensorsHeader(
      file.subarray(0, safetensorsHeaderLength(file.subarray(0, 8), file.length)),
      file.length,
    );
    const whole = decodeSafetensors(file).tensors;
    for (const entry of header.entries) {
      expect(decodeSafetensor(entry, file.subarray(entry.begin, entry.end))).toEqual(whole.get(entry.name));
      if (entry.end > entry.begin)
        expect(() => decodeSafetensor(entry, file.subarray(entry.begin + 1, entry.end))).toThrow("are not complete");
    }
  });

  it("takes over the memory of a piece that is a buffer of its own, and copies out of any other", () => {
    const file = encodeSafetensors(new Map([["a", tf.buffer([2], "float32", Float32Array.of(1, 2))]]));
    const [entry] = parseSafetensorsHeader(file, file.length).entries;
    if (entry === undefined) throw new Error("There is one tensor.");
    const own = file.slice(entry.begin, entry.end);
    expect(decodeSafetensor(entry, own).values).toMatchObject({ buffer: own.buffer });
    const part = file.subarray(entry.begin, entry.end);
    const copied = decodeSafetensor(entry, part);
    file.fill(0);
    expect([...copied.values]).toEqual([1, 2]);
  });

  const huge = "9".repeat(30);
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "at least 8 bytes"],
    ["a header longer than the file", fileOf("{}").fill(200, 0, 1), "it is cut off"],
    ["a header of absurd length", fileOf("{}").fill(255, 0, 8), "at most 100000000 bytes"],
    ["a header that is no JSON", fileOf("{x}"), "not the JSON it should be"],
    ["a header that is no object", fileOf("[]"), "a header that is a JSON object"],
    ["a header that is no text", fileOf("{}").fill(255, 8, 10), "no UTF-8 text"],
    ["text after the header", fileOf("{} x"), "not the JSON it should be: Unexpected"],
    [
      "a tensor twice",
      fileOf(`{"a":${asInfo("F32", [], 0, 4)},"a":${asInfo("F32", [], 4, 8)}}`, 8),
      "each key once in its object",
    ],
    ["an unknown dtype", fileOf(`{"a":${asInfo("C128", [], 0, 16)}}`, 16), 'for tensor "a"'],
    ["a tensor that is no object", fileOf('{"a":3}'), "an object for tensor"],
    ["a negative length", fileOf(`{"a":${asInfo("F32", [-1], 0, 4)}}`, 4), "of whole numbers"],
    ["a broken length", fileOf(`{"a":${asInfo("F32", [0.5], 0, 2)}}`, 2), "of whole numbers"],
    ["a huge length", fileOf(`{"a":{"dtype":"F32","shape":[${huge}],"data_offsets":[0,4]}}`, 4), "of whole numbers"],
    [
      "lengths whose product is huge",
      fileOf(`{"a":${asInfo("F32", [2 ** 40, 2 ** 40], 0, 4)}}`, 4),
      "Received 4 bytes",
    ],
    ["offsets that do not fit the shape", fileOf(`{"a":${asInfo("F32", [2], 0, 4)}}`, 4), "8 bytes for tensor"],
    ["offsets backwards", fileOf(`{"a":${asInfo("F32", [1], 8, 4)}}`, 8), "Received -4 bytes"],
    ["one offset", fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4), "two data_offsets"],
    [
      "tensors that overlap",
      fileOf(`{"a":${asInfo("F32", [2], 0, 8)},"b":${asInfo("F32", [2], 4, 12)}}`, 12),
      "to begin where the one before ends",
    ],
    ["a gap", fileOf(`{"a":${asInfo("F32", [1], 4, 8)}}`, 8), "to begin where the one before ends"],
    ["too few bytes", fileOf(`{"a":${asInfo("F32", [2], 0, 8)}}`, 7), "it is cut off"],
    ["too many bytes", fileOf(`{"a":${asInfo("F32", [2], 0, 8)}}`, 9), "Expected a file of"],
    ["metadata that are no texts", fileOf('{"__metadata__":{"a":1}}'), "an object of strings"],
    ["metadata that are no object", fileOf('{"__metadata__":"a"}'), "an object of strings"],
    ["brackets without end", fileOf("[".repeat(100_000)), "at most 64 levels"],
    [
      "more numbers than any model has, before they are parsed",
      fileOf(`{"a":{"shape":[0${",1".repeat(800_000)}`),
      "at most 750000 values",
    ],
    ["a string without end", fileOf('{"a'), "not the JSON it should be: Unterminated"],
  ])("refuses %s", (_, file, message) => {
    expect(() => decodeSafetensors(file)).toThrow(CodecError);
    expect(() => decodeSafetensors(file)).toThrow(message);
  });

  it.each([
    ["I64", 8, 2n ** 31n],
    ["I64", 8, -(2n ** 31n) - 1n],
    ["U64", 8, 2n ** 63n],
    ["U32", 4, 2n ** 31n],
  ] as const)("refuses a value of %s beyond int32", (dtype, bytes, value) => {
    const file = fileOf(`{"steps":${asInfo(dtype, [1], 0, bytes)}}`, bytes);
    for (let i = 0; i < bytes; i += 1) file[file.length - bytes + i] = Number((value >> BigInt(8 * i)) & 255n);
    expect(() => decodeSafetensors(file)).toThrow('Tensor "steps" holds an integer that does not fit into int32');
  });

  it("keeps tensors called __proto__ and constructor apart from everything else", () => {
    const named = new Map([
      ["__proto__", floats([1], 1)],
      ["constructor", floats([1], 2)],
    ]);
    const { tensors } = decodeSafetensors(encodeSafetensors(named, new Map([["__proto__", "x"]])));
    expect(tensors).toEqual(named);
  });
});

describe("encodeSafetensors", () => {
  const tensors = new Map<string, HostTensor>([
    ["größe 😀", floats([1], 1)],
    ["mask", hostTensor(Uint8Array.of(1, 0, 1), [3], "bool")],
    ["fc.weight", floats([2, 3], 0.5, -1.25, 3, 1e-7, Number.POSITIVE_INFINITY, -0)],
    ["größe \ufffd", floats([1], 2)],
    ["z.none", floats([0, 4])],
    ["fc.bias", floats([2], 0.1, 0.2)],
    ["a.steps", ints([], 7)],
  ]);
  const metadata = new Map([["__lightning__", '{"version":1,"text":"größe\\n"}']]);

  it("writes the same bytes as Python's safetensors", () => {
    expect(encodeSafetensors(tensors, metadata)).toEqual(fixture("same-bytes.safetensors"));
  });

  it("streams the same bytes, from tensors of a backend too", async () => {
    const chunks: Uint8Array[] = [];
    const file: WritableFile = {
      write: async (bytes) => void chunks.push(bytes.slice()),
      flush: async () => undefined,
      close: async () => undefined,
    };
    const weight = tf.tensor2d([0.5, -1.25, 3, 1e-7, Number.POSITIVE_INFINITY, -0], [2, 3]);
    const mask = tf.tensor1d([true, false, true], "bool");
    await writeSafetensors(
      file,
      new Map<string, HostTensor | tf.Tensor>([...tensors, ["fc.weight", weight], ["mask", mask]]),
      metadata,
    );
    expect(chunks.length).toBeGreaterThan(4);
    expect(Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))).toEqual(fixture("same-bytes.safetensors"));
    tf.dispose([weight, mask]);
  });

  it.each<[string, Map<string, HostTensor>, string]>([
    [
      "strings",
      new Map([["a", hostTensor(["x"], [1], "string")]]),
      "Expected float32, int32 or bool. Received string.",
    ],
    ["the name __metadata__", new Map([["__metadata__", floats([1], 1)]]), "cannot be called"],
    ["half a character", new Map([["\ud83d", floats([1], 1)]]), "half of a character"],
    ["values of another kind", new Map([["a", hostTensor([], [0], "float32")]]), "not what its dtype says"],
  ])("refuses %s", (_, bad, message) => expect(() => encodeSafetensors(bad)).toThrow(message));
});

describe("any bytes", () => {
  const anyName = fc
    .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "constructor", "a.b", "", '"\\'))
    .filter((name) => name !== "__metadata__");
  const anyTensor = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.oneof(
      fc.array(fc.float(), { minLength: size, maxLength: size }).map((values) => floats(shape, ...values)),
      fc.array(fc.integer(), { minLength: size, maxLength: size }).map((values) => ints(shape, ...values)),
      fc
        .array(fc.nat(1), { minLength: size, maxLength: size })
        .map((values) => hostTensor(Uint8Array.from(values), shape, "bool")),
    );
  });
  const anyFile = fc.record({
    tensors: fc.array(fc.tuple(anyName, anyTensor), { maxLength: 4 }).map((entries) => new Map(entries)),
    metadata: fc
      .array(fc.tuple(anyName, fc.string({ unit: "grapheme" })), { maxLength: 2 })
      .map((entries) => new Map(entries)),
  });

  it("come back as they were written", () => {
    fc.assert(
      fc.property(anyFile, ({ tensors, metadata }) => {
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect(read.tensors).toEqual(tensors);
        expect(read.metadata).toEqual(metadata);
      }),
      { numRuns: 200 },
    );
  });

  /** Reads, and fails unless it works or says with a CodecError why not. */
  function readOrExplain(file: Uint8Array): boolean {
    try {
      decodeSafetensors(file);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
      return false;
    }
  }

  it("are refused with an explanation when a file is cut anywhere", () => {
    fc.assert(
      fc.property(anyFile, fc.nat(), ({ tensors, metadata }, cut) => {
        const file = encodeSafetensors(tensors, metadata);
        expect(readOrExplain(file.subarray(0, cut % file.length))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("never crash the reader: files with changed bytes", () => {
    fc.assert(
      fc.property(
        anyFile,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        ({ tensors, metadata }, changes) => {
          const file = encodeSafetensors(tensors, metadata);
          for (const [at, value] of changes) file[at % file.length] = value;
          readOrExplain(file);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never crash the reader: headers that lie", () => {
    const anyCount = fc.oneof(fc.nat(20), fc.constantFrom(-1, 2 ** 53, 2 ** 31, 1e308, 0.5));
    const anyInfo = fc.oneof(
      fc.record({
        dtype: fc.constantFrom("F32", "I64", "BOOL", "F8_E4M3", "f32"),
        shape: fc.array(anyCount, { maxLength: 3 }),
        data_offsets: fc.array(anyCount, { maxLength: 3 }),
      }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(anyName, fc.constant("__metadata__")), anyInfo, { maxKeys: 4 }),
        fc.nat(40),
        (header, dataBytes) => {
          readOrExplain(fileOf(JSON.stringify(header), dataBytes));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never crash the reader: noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.string(), (noise, header) => {
        readOrExplain(noise);
        readOrExplain(fileOf(header, noise.length));
      }),
      { numRuns: 300 },
    );
  });
});
