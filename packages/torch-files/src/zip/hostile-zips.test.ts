import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readTorchFile } from "../files/read-torch-file.js";
import { fileOf, pickle } from "../testing/pickle-under-test.js";
import { MemoryBudget } from "../values/memory-budget.js";
import { crc32 } from "./crc32.js";
import { writeZip } from "./write-zip.js";
import { ZipArchive } from "./zip-archive.js";

const CONTENT = new TextEncoder().encode("hello, hello, hello");
const open = (file: Uint8Array, limit = 1_000_000) => new ZipArchive(file, new MemoryBudget(limit, "it"));

interface Claim {
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
}

/** One member that is deflated, with what the directory claims of it. */
function deflated(
  content: Uint8Array,
  packed: Uint8Array,
  { size = content.length, crc, method = 8, flags = 0 }: Claim = {},
) {
  const file = writeZip(new Map([["a/x", packed]]));
  const view = new DataView(file.buffer);
  const central = view.getUint32(file.length - 6, true);
  view.setUint16(8, method, true);
  view.setUint16(central + 10, method, true);
  view.setUint16(central + 8, flags, true);
  view.setUint32(central + 24, size, true);
  view.setUint32(central + 16, crc ?? crc32(content), true);
  return file;
}

const renamed = (from: string, to: string, file = writeZip(new Map([[from, CONTENT]]))) => {
  const bytes = Buffer.from(file);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, "latin1");
  return new Uint8Array(bytes);
};

describe("a zip file", () => {
  it("gives back what was written, aligned", () => {
    const file = writeZip(
      new Map([
        ["a/x", CONTENT],
        ["a/ü", new Uint8Array()],
      ]),
    );
    const archive = open(file);
    expect(archive.names).toEqual(["a/x", "a/ü"]);
    expect(archive.read("a/x")).toEqual(CONTENT);
    expect(archive.read("a/x").byteOffset % 64).toBe(0);
    expect(archive.read("a/ü")).toEqual(new Uint8Array());
  });

  it("has checksums as zlib computes them", () => {
    expect([crc32(new Uint8Array()), crc32(new TextEncoder().encode("123456789"))]).toEqual([0, 0xcbf43926]);
    expect(crc32(new Uint8Array(13).fill(255))).toBe(0xf2d6f3c1);
  });

  it("may be deflated", () => {
    expect(open(deflated(CONTENT, deflateRawSync(CONTENT))).read("a/x")).toEqual(CONTENT);
    const large = new Uint8Array(200_000).map((_, at) => (at * at) % 251);
    expect(open(deflated(large, deflateRawSync(large))).read("a/x")).toEqual(large);
  });

  it.each<[string, Uint8Array]>([
    ["claims less than it inflates to", deflated(CONTENT, deflateRawSync(CONTENT), { size: 5 })],
    ["claims more than it inflates to", deflated(CONTENT, deflateRawSync(CONTENT), { size: 50 })],
    ["has another checksum", deflated(CONTENT, deflateRawSync(CONTENT), { crc: 1 })],
    ["is not deflated", deflated(CONTENT, CONTENT)],
    ["is deflated in part", deflated(CONTENT, deflateRawSync(CONTENT).subarray(0, 8))],
    ["is packed otherwise", deflated(CONTENT, CONTENT, { method: 12 })],
    ["is encrypted", deflated(CONTENT, deflateRawSync(CONTENT), { flags: 1 })],
    ["is stored in another size", deflated(CONTENT, CONTENT, { method: 0, size: 5 })],
  ])("is refused where a member %s", (_, file) => {
    expect(() => open(file).read("a/x")).toThrow(expect.objectContaining({ code: "LIT_TORCH_FILE" }));
  });

  it("is refused where it would inflate to much more than its size", () => {
    const zeros = new Uint8Array(100_000_000);
    const bomb = deflated(zeros, deflateRawSync(zeros), { crc: 0 });
    expect(() => open(bomb, 50_000_000).read("a/x")).toThrow(expect.objectContaining({ code: "LIT_TORCH_FILE_LIMIT" }));
    const lying = deflated(zeros, deflateRawSync(zeros), { crc: 0, size: 1000 });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => open(lying).read("a/x")).toThrow(/inflates to more than the 1000 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it.each(["../../x", "/abcdef", "a/../bc", "C:/defg", "a\\b\\cd", "a\u0001bcde"])(
    "is refused with the name %j",
    (name) => {
      expect(() => open(renamed("a/bcdef", name.padEnd(7, "g")))).toThrow(/could leave its folder/);
    },
  );

  it("is refused where two members have one name, or share bytes", () => {
    const two = writeZip(
      new Map([
        ["a/b", CONTENT],
        ["a/c", CONTENT],
      ]),
    );
    expect(() => open(renamed("a/c", "a/b", two))).toThrow(/two members called "a\/b"/);
    const view = new DataView(two.buffer);
    const central = view.getUint32(two.length - 6, true);
    const second = central + 46 + 3;
    view.setUint32(second + 42, 0, true);
    expect(() => open(two)).toThrow(/another member begins/);
    const overlapping = writeZip(
      new Map([
        ["a/b", CONTENT],
        ["a/c", new Uint8Array(100)],
      ]),
    );
    const long = new DataView(overlapping.buffer);
    const directory = long.getUint32(overlapping.length - 6, true);
    for (const field of [20, 24]) long.setUint32(directory + field, 100, true);
    expect(() => open(overlapping)).toThrow(/"a\/c" shares bytes with "a\/b"/);
  });

  it("is refused where its directory lies", () => {
    const changed = (change: (view: DataView, end: number) => void) => {
      const file = fileOf(pickle(0x4e));
      change(new DataView(file.buffer), file.length - 22);
      return () => readTorchFile(file);
    };
    for (const lie of [
      changed((view, end) => view.setUint16(end + 10, 60_000, true)),
      changed((view, end) => view.setUint32(end + 12, 0xfffffff0, true)),
      changed((view, end) => view.setUint32(end + 16, 0xfffffff0, true)),
      changed((view, end) => view.setUint32(end + 16, 3, true)),
      changed((view, end) => view.setUint16(end + 20, 7, true)),
      changed((view, end) => view.setUint32(view.getUint32(end + 16, true) + 42, 1, true)),
      changed((view, end) => view.setUint32(view.getUint32(end + 16, true) + 20, 0xfffffffe, true)),
      changed((view, end) => view.setUint16(view.getUint32(end + 16, true) + 28, 0xffff, true)),
    ])
      expect(lie).toThrow(expect.objectContaining({ code: "LIT_TORCH_FILE" }));
  });

  it("that is no file of torch.save is refused", () => {
    for (const [file, message] of [
      [writeZip(new Map()), /was not written by torch\.save/],
      [writeZip(new Map([["a/x", CONTENT]])), /was not written by torch\.save/],
      [
        writeZip(
          new Map([
            ["a/data.pkl", pickle(0x4e)],
            ["b/data.pkl", pickle(0x4e)],
          ]),
        ),
        /was not written/,
      ],
      [fileOf(pickle(0x4e), { "code/net.py": CONTENT }), /TorchScript/],
      [fileOf(pickle(0x4e), { byteorder: CONTENT }), /byte order/],
      [new Uint8Array(), /Received nothing/],
      [new TextEncoder().encode("\u0089HDF"), /begin with c2 89/],
    ] as const)
      expect(() => readTorchFile(file)).toThrow(message);
  });
});
