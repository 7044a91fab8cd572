import { describe, expect, it } from "vitest";
import { PyDict, PyGlobal, PyObject, PySet, PyTuple } from "../values/py-values.js";
import { toPlain } from "../values/to-plain.js";
import { TorchTensor, torchTensor } from "../values/torch-tensor.js";
import { int32Values } from "../values/int32-values.js";
import { readTorchFile } from "./read-torch-file.js";
import { writeTorchFile } from "./write-torch-file.js";

describe("writing a file of torch.save", () => {
  it.each<[string, unknown]>([
    ["integers", [0, -1, 255, 256, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 2n ** 70n, -(2n ** 70n), 128, -128, -129]],
    ["floats", [0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-320, 2 ** 60]],
    ["texts and bytes", ["", "Grüße 🌍", new Uint8Array([0, 127, 128, 255])]],
    ["nothing and flags", [null, true, false]],
    ["tuples", [new PyTuple([]), new PyTuple([1, [2]]), new PyTuple([3, 4], "torch.Size")]],
    ["sets", [new PySet([1, "a"])]],
    ["names", [new PyGlobal("torch.float16"), new PyObject("torch.device", ["cuda", 1])]],
  ])("keeps %s", (_, value) => {
    expect(readTorchFile(writeTorchFile(value as never)).value).toEqual(value);
  });

  it("makes dicts of maps and objects, without what is undefined", () => {
    const { value } = readTorchFile(writeTorchFile({ a: 1, b: undefined, c: new Map([[0, "zero"]]) }));
    expect(value).toEqual(
      new PyDict([
        ["a", 1],
        ["c", new PyDict([[0, "zero"]])],
      ]),
    );
    const ordered = new PyDict([["x", 1]], "collections.OrderedDict");
    ordered.attributes = new PyDict([["_metadata", 2]]);
    expect(readTorchFile(writeTorchFile(ordered)).value).toEqual(ordered);
  });

  it.each<[string, unknown, string]>([
    ["a function", { a: { b: () => 1 } }, '"a.b".*a function'],
    ["an instance", [new Date()], '"0".*an object of a class'],
    ["a class by name", [new PyGlobal("os.system")], "os.system"],
    ["an unknown object", [new PyObject("os.system", [])], "os.system"],
    ["a frozenset", [new PySet([], "frozenset")], "a frozenset"],
    ["a giant integer", [1n << 3000n], "more than 255 bytes"],
  ])("refuses %s by its place", (_, value, message) => {
    expect(() => writeTorchFile(value as never)).toThrow(
      expect.objectContaining({ code: "LIT_TORCH_VALUE", message: expect.stringMatching(message) }),
    );
  });

  it("refuses a value that holds itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => writeTorchFile(loop as never)).toThrow(/holds itself/);
  });

  it("refuses values that do not fit a shape, and one storage of two dtypes", () => {
    expect(() => torchTensor("float32", [3], new Float32Array(2))).toThrow(/12 bytes.*8 bytes/);
    const one = torchTensor("float32", [1], new Float32Array(1));
    const other = new TorchTensor("int32", one.storage, one);
    expect(() => writeTorchFile([one, other])).toThrow(/share a storage/);
  });
});

describe("integers of a tensor", () => {
  it("are int32 where they fit", () => {
    expect(int32Values(torchTensor("int64", [2], new BigInt64Array([-(2n ** 31n), 2n ** 31n - 1n])), "n")).toEqual(
      new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
    );
    expect(int32Values(torchTensor("uint8", [1], new Uint8Array([255])), "n")).toEqual(new Int32Array([255]));
  });

  it("are refused by name where they do not", () => {
    for (const values of [new BigInt64Array([2n ** 31n]), new BigInt64Array([-(2n ** 31n) - 1n])])
      expect(() => int32Values(torchTensor("int64", [1], values), "steps")).toThrow(
        /tensor steps .*int32.*Received -?2147/,
      );
    expect(() => int32Values(torchTensor("float32", [1], new Float32Array(1)), "steps")).toThrow(/Received float32/);
  });
});

describe("a plain value", () => {
  it("has texts as keys, and refuses two that become one", () => {
    expect(
      toPlain(
        new PyDict([
          [1, 2],
          [new PyTuple([1, "a"]), 3],
          [null, 4],
        ]),
      ),
    ).toEqual({ 1: 2, "(1, a)": 3, null: 4 });
    expect(() =>
      toPlain(
        new PyDict([
          [1, 2],
          ["1", 3],
        ]),
      ),
    ).toThrow(/two keys.*"1"/);
  });

  it("keeps an entry called __proto__ an entry", () => {
    const plain = toPlain(new PyDict([["__proto__", new PyDict([["a", 1]])]]));
    expect(Object.keys(plain as object)).toEqual(["__proto__"]);
  });

  it("has the value of Lightning's enumerations, and other objects by their class", () => {
    expect(toPlain(new PyObject("lightning.pytorch.trainer.states.RunningStage", ["train"]))).toBe("train");
    expect(toPlain(new PyObject("a.B", [1]))).toEqual({ class: "a.B", args: [1] });
    expect(toPlain(new PyObject("torch.device", ["cuda", 0]))).toBe("cuda:0");
  });
});
