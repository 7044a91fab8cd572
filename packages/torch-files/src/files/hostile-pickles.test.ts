import { describe, expect, it } from "vitest";
import { fileOf, globalName, int32, pickle, text } from "../testing/pickle-under-test.js";
import { PyDict, PyObject } from "../values/py-values.js";
import { readTorchFile } from "./read-torch-file.js";

const read = (data: Uint8Array, members: Readonly<Record<string, Uint8Array>> = {}) =>
  readTorchFile(fileOf(data, members));

function refusal(data: Uint8Array, members: Readonly<Record<string, Uint8Array>> = {}): unknown {
  const start = process.cpuUsage();
  try {
    read(data, members);
    return "was read";
  } catch (error) {
    // Computing time: a busy machine makes nothing slower.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
    return error;
  }
}

const REDUCE = 0x52;
const [MARK, TUPLE, TUPLE1, EMPTY_TUPLE, BINPERSID] = [0x28, 0x74, 0x85, 0x29, 0x51];
const storage = (key: string, type: string, count: number) => [
  ...[MARK, ...text("storage"), ...Buffer.from(globalName("torch", type)), ...text(key), ...text("cpu")],
  ...[0x4a, ...int32(count), TUPLE, BINPERSID],
];
const counts = (values: readonly number[]) => [MARK, ...values.flatMap((one) => [0x4a, ...int32(one)]), TUPLE];
const tensor = (place: readonly number[], offset: number, shape: readonly number[], strides: readonly number[]) =>
  pickle(
    globalName("torch._utils", "_rebuild_tensor_v2"),
    [MARK, ...place, 0x4a, ...int32(offset), ...counts(shape), ...counts(strides)],
    [0x89, ...Buffer.from(globalName("collections", "OrderedDict")), EMPTY_TUPLE, REDUCE, TUPLE, REDUCE],
  );

describe("a pickle that wants to run something", () => {
  it.each([
    ["GLOBAL and REDUCE", pickle(globalName("os", "system"), text("touch /tmp/x"), TUPLE1, REDUCE)],
    ["STACK_GLOBAL", pickle(text("os"), text("system"), 0x93, text("touch /tmp/x"), TUPLE1, REDUCE)],
    ["NEWOBJ", pickle(globalName("os", "system"), text("touch /tmp/x"), TUPLE1, 0x81)],
    ["NEWOBJ_EX", pickle(globalName("os", "system"), text("touch /tmp/x"), TUPLE1, 0x7d, 0x92)],
  ])("by %s leaves a name and its arguments", (_, data) => {
    const { value, unknownClasses } = read(data);
    expect(value).toBeInstanceOf(PyObject);
    expect(value).toMatchObject({ class: "os.system", args: ["touch /tmp/x"] });
    expect(unknownClasses).toEqual(["os.system"]);
  });

  it("by BUILD leaves a state", () => {
    const { value } = read(
      pickle(globalName("a", "B"), EMPTY_TUPLE, 0x81, 0x7d, text("__class__"), 0x4b, 1, 0x73, 0x62),
    );
    expect(value).toMatchObject({ class: "a.B", state: new PyDict([["__class__", 1]]) });
  });

  it("finds no names of JavaScript", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"])
      expect(read(pickle(globalName(name, name), EMPTY_TUPLE, REDUCE)).value).toBeInstanceOf(PyObject);
    const { value } = read(pickle(0x7d, text("__proto__"), 0x7d, text("polluted"), 0x88, 0x73, 0x73));
    expect(value).toBeInstanceOf(PyDict);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each([
    ["INST", pickle(MARK, text("x"), "ios\nsystem\n")],
    ["OBJ", pickle(MARK, globalName("os", "system"), text("x"), 0x6f)],
    ["EXT1", pickle(0x82, 1)],
    ["PERSID", pickle("P0\n")],
    ["NEXT_BUFFER", pickle(0x97)],
    ["a call of something that is no class", pickle(text("x"), EMPTY_TUPLE, REDUCE)],
    ["a state of a list", pickle(0x5d, 0x7d, 0x62)],
    ["two states", pickle(globalName("a", "B"), EMPTY_TUPLE, 0x81, 0x4e, 0x62, 0x4e, 0x62)],
    ["an unknown instruction", pickle(0xff)],
    ["a nested persistent id", pickle(text("x"), BINPERSID)],
    [
      "calls that lead to one another",
      pickle(
        globalName("torch._tensor", "_rebuild_from_type_v2"),
        Array.from({ length: 20 }, () => [
          ...Buffer.from(globalName("torch._tensor", "_rebuild_from_type_v2")),
          0x4e,
        ]).flat(),
        EMPTY_TUPLE,
        Array.from({ length: 20 }, () => [0x4e]).flat(),
      ),
    ],
  ])("is refused: %s", (_, data) => {
    expect(refusal(data)).toMatchObject({ code: "LIT_TORCH_FILE", message: expect.stringContaining("pickle") });
  });
});

describe("a pickle that is wrong", () => {
  it.each([
    ["empty", new Uint8Array()],
    ["protocol 1", Uint8Array.of(0x80, 1, 0x4e, 0x2e)],
    ["protocol 9", Uint8Array.of(0x80, 9, 0x4e, 0x2e)],
    ["without an end", Uint8Array.of(0x80, 2, 0x4e)],
    ["nothing at its end", pickle()],
    ["two values at its end", pickle(0x4e, 0x4e)],
    ["a mark at its end", pickle(MARK)],
    ["a list that did not begin", pickle(0x65)],
    ["items below a mark", pickle(0x4e, MARK, TUPLE1)],
    ["a giant text", pickle(0x58, 0xff, 0xff, 0xff, 0xff)],
    ["a giant text of 64 bits", pickle(0x8d, Array(8).fill(0xff))],
    ["giant bytes", pickle(0x8e, Array(8).fill(0x7f))],
    ["a giant integer", pickle(0x8b, int32(2000), Array(2000).fill(1))],
    ["a negative length of an integer", pickle(0x8b, int32(-1))],
    ["a value that is not there", pickle(0x68, 7)],
    ["half a pair", pickle(0x7d, MARK, 0x4e, 0x75)],
    ["items of a number", pickle(0x4b, 1, 0x4b, 2, 0x61)],
    ["entries of a list", pickle(0x5d, 0x4e, 0x4e, 0x73)],
    ["no text", pickle(0x58, int32(2), 0xc3, 0x28)],
    ["a name without an end", Uint8Array.of(0x80, 2, 0x63, 0x61)],
    ["a list in itself", pickle(0x5d, 0x71, 0, 0x68, 0, 0x61)],
    ["a dict in itself", pickle(0x7d, 0x71, 0, text("a"), 0x68, 0, 0x73)],
    ["lists nested too deep", pickle(Array(1000).fill(0x5d), Array(999).fill(0x61))],
  ])("is refused: %s", (_, data) => {
    expect(refusal(data)).toMatchObject({ code: "LIT_TORCH_FILE" });
  });

  it("that doubles itself many times is refused by its size", () => {
    const layer = (at: number) => [0x5d, MARK, 0x68, at, 0x68, at, 0x65, 0x71, at + 1, 0x30];
    const data = pickle(0x5d, 0x71, 0, 0x30, Array.from({ length: 60 }, (_, at) => layer(at)).flat(), 0x68, 60);
    expect(refusal(data)).toMatchObject({ code: "LIT_TORCH_FILE_LIMIT", message: /maxMemoryBytes/ });
  });

  it("that makes millions of collections is refused before memory is short", () => {
    for (const code of [0x5d, 0x7d, 0x8f, 0x29, MARK])
      expect(refusal(new Uint8Array(4_000_000).fill(code).with(0, 0x80).with(1, 2))).toMatchObject({
        code: expect.stringMatching(/^LIT_TORCH_FILE/),
      });
    const copies = Array.from({ length: 4000 }, () => [0x68, 0, TUPLE1, REDUCE, 0x30, 0x68, 1]).flat();
    const data = pickle(
      MARK,
      Array(40_000).fill(0x4e),
      0x6c,
      0x71,
      0,
      globalName("builtins", "set"),
      0x71,
      1,
      0x68,
      0,
      0x30,
      copies,
    );
    expect(refusal(data)).toMatchObject({ code: "LIT_TORCH_FILE_LIMIT" });
  });
});

describe("a tensor that is not what it says", () => {
  const member = { "data/0": new Uint8Array(16) };
  const place = storage("0", "FloatStorage", 4);

  it("is read where it fits", () => {
    expect(read(tensor(place, 0, [2, 2], [2, 1]), member).value).toMatchObject({ dtype: "float32", shape: [2, 2] });
    expect(read(tensor(place, 4, [0, 3], [3, 1]), member).value).toMatchObject({ size: 0 });
  });

  it.each<[string, Uint8Array]>([
    ["reaches beyond its storage", tensor(place, 1, [2, 2], [2, 1])],
    ["strides beyond its storage", tensor(place, 0, [2, 2], [1000, 1])],
    ["has a negative shape", tensor(place, 0, [-2, 2], [2, 1])],
    ["has a negative stride", tensor(place, 3, [2, 2], [-1, 1])],
    ["has a negative offset", tensor(place, -1, [2, 2], [2, 1])],
    ["has fewer strides than axes", tensor(place, 0, [2, 2], [1])],
    ["has hundreds of axes", tensor(place, 0, Array(100).fill(1), Array(100).fill(1))],
    ["has more elements than a number can count", tensor(place, 0, Array(10).fill(2 ** 30), Array(10).fill(0))],
    ["has a storage of another size", tensor(storage("0", "FloatStorage", 5), 0, [2, 2], [2, 1])],
    ["has a storage of another class", tensor(storage("0", "DoubleStorage", 4), 0, [2, 2], [2, 1])],
    ["has a storage that is missing", tensor(storage("1", "FloatStorage", 4), 0, [2, 2], [2, 1])],
    ["has a storage elsewhere", tensor(storage("../../etc/passwd", "FloatStorage", 4), 0, [2, 2], [2, 1])],
    ["has a storage of an unknown class", tensor(storage("0", "system", 4), 0, [2, 2], [2, 1])],
    ["has a storage that cannot be read", tensor(storage("0", "QInt8Storage", 16), 0, [2, 2], [2, 1])],
    ["has no storage", tensor([0x4e], 0, [2, 2], [2, 1])],
    ["is a parameter of nothing", pickle(globalName("torch._utils", "_rebuild_parameter"), 0x4e, TUPLE1, REDUCE)],
  ])("is refused: it %s", (_, data) => {
    expect(refusal(data, member)).toMatchObject({ code: "LIT_TORCH_FILE" });
  });

  it("is refused where one element stands for a thousand million", () => {
    expect(refusal(tensor(place, 0, [100_000, 100_000], [0, 0]), member)).toMatchObject({
      code: "LIT_TORCH_FILE_LIMIT",
      message: expect.stringContaining("maxTensorBytes"),
    });
  });
});
