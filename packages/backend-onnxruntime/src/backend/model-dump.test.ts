import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { modelDump } from "./model-dump.js";

const folder = mkdtempSync(join(tmpdir(), "lightning-ts-dump-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("writes every model into a file of its own, whoever else writes into the folder", () => {
  const earlier = join(folder, `graph-${process.pid}-0-1.onnx`);
  writeFileSync(earlier, "of an earlier process with this number");
  const dumps = [modelDump(folder), modelDump(folder)];
  for (const content of [1, 2, 3]) for (const [index, dump] of dumps.entries()) dump?.(Uint8Array.of(content, index));
  const files = readdirSync(folder).filter((name) => join(folder, name) !== earlier);
  const contents = files.map((name) => [...readFileSync(join(folder, name))].join());
  expect(contents.toSorted()).toEqual(["1,0", "1,1", "2,0", "2,1", "3,0", "3,1"]);
  expect(files.every((name) => name.startsWith(`graph-${process.pid}-`))).toBe(true);
  expect(readFileSync(earlier, "utf8")).toContain("earlier");
});

it("names each model for a function", () => {
  const names: string[] = [];
  const dump = modelDump((_, name) => names.push(name));
  dump?.(new Uint8Array(1));
  dump?.(new Uint8Array(1));
  expect(names).toEqual(["graph-1", "graph-2"]);
});
