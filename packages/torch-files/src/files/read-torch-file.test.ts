import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toPlain, type PlainValue } from "../values/to-plain.js";
import { TorchTensor, torchTensor } from "../values/torch-tensor.js";
import { PyDict, PyObject } from "../values/py-values.js";
import { readTorchFile } from "./read-torch-file.js";
import { writeTorchFile } from "./write-torch-file.js";

/** Recorded by tests/parity/record_torch_files.py. */
interface Recorded {
  readonly files: readonly { readonly name: string; readonly base64: string; readonly value: unknown }[];
  readonly legacy: string;
}
const recorded = JSON.parse(readFileSync(new URL("../fixtures/torch-files.json", import.meta.url), "utf8")) as Recorded;

/** As the recorder describes values. */
function described(value: PlainValue): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof TorchTensor) {
    const values = [...value.values()].map((one) => (Object.is(one, -0) ? "-0" : String(one)));
    return { dtype: value.dtype, shape: [...value.shape], values };
  }
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(described);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, described(item)]));
  return value;
}

/** Numbers written by Python, as JavaScript writes them. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== "object" || value === null) return value;
  if ("dtype" in value && "values" in value && Array.isArray(value.values)) {
    const isFloat = /float|complex/.test(String(value.dtype));
    const isBool = value.dtype === "bool";
    const one = (text: string) =>
      isBool
        ? String(Number(text === "True"))
        : !isFloat
          ? text
          : Object.is(Number(text), -0)
            ? "-0"
            : String(Number(text));
    return { ...value, values: value.values.map(one) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalized(item)]));
}

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

describe("a file of torch.save", () => {
  it.each(recorded.files.map(({ name, base64, value }) => [name, base64, value] as const))(
    "is read as PyTorch wrote it: %s",
    (_, base64, value) => {
      expect(described(toPlain(readTorchFile(bytesOf(base64)).value))).toEqual(normalized(value));
    },
  );

  it("is written again and read again with the same values", () => {
    for (const { name, base64 } of recorded.files) {
      const { value } = readTorchFile(bytesOf(base64));
      if (name.startsWith("plain")) continue;
      const again = readTorchFile(writeTorchFile(value as never)).value;
      expect(described(toPlain(again)), name).toEqual(described(toPlain(value)));
    }
  });

  it("may begin anywhere in its buffer", () => {
    const file = bytesOf(recorded.files[0]!.base64);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(described(toPlain(readTorchFile(shifted.subarray(3)).value))).toEqual(normalized(recorded.files[0]!.value));
  });

  it("is not changed by reading, and values are copies of it", () => {
    const file = bytesOf(recorded.files[0]!.base64);
    const before = file.slice();
    const read = toPlain(readTorchFile(file).value) as unknown as { views: Record<string, TorchTensor> };
    (read.views["whole"]!.values() as Float32Array).fill(7);
    expect(file).toEqual(before);
    expect(read.views["whole"]!.values()[1]).toBe(1);
  });

  it("keeps shared storages shared", () => {
    const file = bytesOf(recorded.files[0]!.base64);
    const { views } = toPlain(readTorchFile(file).value) as unknown as { views: Record<string, TorchTensor> };
    expect(views["whole"]!.storage).toBe(views["transposed"]!.storage);
    const { value } = readTorchFile(writeTorchFile(views));
    const again = toPlain(value) as unknown as Record<string, TorchTensor>;
    expect(again["whole"]!.storage).toBe(again["transposed"]!.storage);
    expect(again["slice"]!.strides).toEqual(views["slice"]!.strides);
  });

  it("says which classes it could not know, and holds them as data", () => {
    const plain = recorded.files.find(({ name }) => name === "plain values")!;
    const { value, unknownClasses } = readTorchFile(bytesOf(plain.base64));
    expect(unknownClasses).toEqual(["argparse.Namespace", "pathlib.PurePosixPath"]);
    const namespace = value instanceof PyDict ? value.get("namespace") : undefined;
    expect(namespace).toBeInstanceOf(PyObject);
    expect(namespace).toMatchObject({ class: "argparse.Namespace", args: [] });
  });

  it("of PyTorch before 1.6 is refused by name", () => {
    expect(() => readTorchFile(bytesOf(recorded.legacy))).toThrow(
      /format of PyTorch before 1\.6 .* Try: torch\.save\(torch\.load\(/,
    );
  });

  it("cut off anywhere is refused", () => {
    const file = bytesOf(recorded.files[0]!.base64);
    for (let length = 0; length < file.length; length += 97)
      expect(() => readTorchFile(file.subarray(0, length)), String(length)).toThrow(
        expect.objectContaining({ code: "LIT_TORCH_FILE" }),
      );
  });

  it("with a flipped bit in a tensor is refused by the name of the member", () => {
    const file = writeTorchFile([torchTensor("float32", [2], new Float32Array([1.5, 1.75]))]);
    const place = Buffer.from(file).indexOf(Buffer.from(new Float32Array([1.5, 1.75]).buffer));
    file[place + 1] = (file[place + 1] ?? 0) ^ 1;
    expect(() => readTorchFile(file)).toThrow(/checksum of ".*data\/\d" is wrong/);
  });
});
