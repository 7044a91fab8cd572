import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import * as L from "lightning-ts";
import { DDPStrategy, type Collective } from "lightning-ts/fabric";

export interface CollectivesOrders {
  readonly devices: number;
}

export interface CollectivesResult {
  readonly name: string;
  readonly checks: number;
  /** Milliseconds of one call, the median of several, by its bytes. */
  readonly allReduceMs: Readonly<Record<string, number>>;
}

type Numbers = Float32Array | Int32Array | Uint8Array;

const [text = "{}", folder = ""] = process.argv.slice(2);
const { devices }: CollectivesOrders = JSON.parse(text);
const KINDS = [Float32Array, Int32Array, Uint8Array] as const;
/** None, one, odd ones, and many. */
const LENGTHS = [0, 1, 3, 257, 131_075];
/** Together more than what embedded ranks send at once. */
const PART_LENGTHS = [1_500_001, 0, 3, 700_000];
const TIMED_BYTES = [4096, 65_536, 5_242_880];
const TIMES = 21;
let checks = 0;

/** What rank `rank` brings: small whole numbers, so that every order of adding gives the same. */
const valueOf = (rank: number, index: number): number => ((rank + 1) * (1 + (index % 3)) + (index % 5)) % 4;

function same(actual: Numbers, valueAt: (index: number) => number, what: string): void {
  checks += 1;
  for (let i = 0; i < actual.length; i += 1)
    if (actual[i] !== valueAt(i)) assert.equal(actual[i], valueAt(i), `${what}, element ${i} of ${actual.length}`);
}

const OPS = {
  sum: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  product: (values: readonly number[]) => values.reduce((a, b) => a * b, 1),
  min: (values: readonly number[]) => Math.min(...values),
  max: (values: readonly number[]) => Math.max(...values),
} as const;

async function checkNumbers(collective: Collective, Kind: (typeof KINDS)[number], length: number): Promise<void> {
  const { rank, worldSize } = collective;
  const ranks = Array.from({ length: worldSize }, (_, each) => each);
  const make = (size: number, own = rank): Numbers => {
    const numbers = new Kind(size);
    for (let i = 0; i < size; i += 1) numbers[i] = valueOf(own, i);
    return numbers;
  };
  const label = `${Kind.name}[${length}]`;
  for (const op of ["sum", "product", "min", "max"] as const) {
    const expected = (i: number): number => OPS[op](ranks.map((each) => valueOf(each, i)));
    const buffer = make(length);
    await collective.allReduce(buffer, { name: `${op} ${label}`, op });
    same(buffer, expected, `allReduce ${op}`);
    const joined = make(length);
    collective.reduce(joined, { name: `${op} ${label}`, op, destination: worldSize - 1 }).join();
    if (rank === worldSize - 1) same(joined, expected, `reduce ${op}`);
  }
  for (const source of ranks) {
    const buffer = make(length);
    await collective.broadcast(buffer, { name: `from ${source}, ${label}`, source });
    same(buffer, (i) => valueOf(source, i), "broadcast");
  }
  const all = make(worldSize * length).fill(0);
  await collective.allGather(make(length), all, { name: label });
  same(all, (i) => valueOf(Math.floor(i / length), i % length), "allGather");
  const gathered = make(worldSize * length).fill(0);
  await collective.gather(make(length), gathered, { name: label, destination: 0 });
  if (rank === 0) same(gathered, (i) => valueOf(Math.floor(i / length), i % length), "gather");
  const part = make(length).fill(0);
  await collective.scatter(all, part, { name: label, source: worldSize - 1 });
  same(part, (i) => valueOf(rank, i), "scatter");
  await collective.reduceScatter(make(worldSize * length), part, { name: label, op: "sum" });
  same(part, (i) => OPS.sum(ranks.map((each) => valueOf(each, rank * length + i))), "reduceScatter");
  await collective.allToAll(make(worldSize * length), all, { name: label });
  same(all, (i) => valueOf(Math.floor(i / length), rank * length + (i % length)), "allToAll");
}

async function checkSeveralAsOne(collective: Collective): Promise<void> {
  const { rank, worldSize } = collective;
  const sum = (worldSize * (worldSize + 1)) / 2;
  const inputs = PART_LENGTHS.map((length, part) => new Float32Array(length).fill((rank + 1) * (part + 1)));
  const outputs = PART_LENGTHS.map((length) => new Float32Array(length));
  assert(collective.allReduceParts !== undefined);
  for (const to of [outputs, outputs, inputs]) {
    await collective.allReduceParts(inputs, to, { name: "parts", op: "sum" });
    for (const [part, values] of to.entries()) same(values, () => sum * (part + 1), `part ${part}`);
  }
  const wrong = (): unknown =>
    collective.allReduceParts?.(inputs, [new Float32Array(1)], { name: "uneven", op: "sum" });
  assert.throws(wrong, /uneven/);
}

async function checkOthers(collective: Collective): Promise<void> {
  const { rank, worldSize } = collective;
  const mean = Float32Array.of(rank, 10 * rank);
  await collective.allReduce(mean, { name: "mean", op: "mean" });
  same(mean, (i) => ((worldSize - 1) / 2) * (i === 0 ? 1 : 10), "mean");
  assert.throws(() => collective.allReduce(Int32Array.of(1), { name: "count", op: "mean" }), /mean/);
  // A view in the middle of memory, and one so small that JavaScript keeps it among its objects.
  const whole = new Float32Array(64).fill(rank);
  await collective.allReduce(whole.subarray(7, 13), { name: "view", op: "sum" });
  same(whole, (i) => (i >= 7 && i < 13 ? (worldSize * (worldSize - 1)) / 2 : rank), "view");
  for (const length of [0, 1, 70_000]) {
    const own = new Uint8Array(length === 70_000 ? length * (rank + 1) : length * rank).fill(rank);
    const found = await collective.exchangeBytes(own, { name: `bytes ${length}` });
    for (const [from, bytes] of found.entries()) {
      assert.equal(bytes.length, length === 70_000 ? length * (from + 1) : length * from);
      same(bytes, () => from, "exchangeBytes");
    }
  }
  // Many calls under way at once, awaited in another order.
  const buffers = Array.from({ length: 30 }, (_, i) => Float32Array.of(rank + i));
  const works = buffers.map((buffer, i) => collective.allReduce(buffer, { name: `call ${i}`, op: "sum" }));
  for (const work of works.toReversed()) await work;
  for (const [i, buffer] of buffers.entries())
    same(buffer, () => (worldSize * (worldSize - 1)) / 2 + worldSize * i, "call under way");
}

async function checkParts(collective: Collective): Promise<void> {
  const { rank, worldSize } = collective;
  const next = (rank + 1) % worldSize;
  const before = (rank + worldSize - 1) % worldSize;
  for (const length of [0, 5, 100_000]) {
    const [own, received] = [new Int32Array(length).fill(rank + 1), new Int32Array(length)];
    const send = () => collective.send(own, { name: `to the next, ${length}`, destination: next });
    const receive = () => collective.receive(received, { name: `to the next, ${length}`, source: before });
    // Two ranks are one pair, whose calls both make in the same order.
    await Promise.all(rank === 0 || worldSize > 2 ? [send(), receive()] : [receive(), send()]);
    same(received, () => before + 1, "receive");
  }
  const ends = await collective.createGroup("ends", [0, worldSize - 1]);
  const buffer = Float32Array.of(rank + 1);
  if (rank === 0 || rank === worldSize - 1) {
    await collective.allReduce(buffer, { name: "of the ends", op: "sum", group: ends });
    same(buffer, () => worldSize + 1, "group");
  } else assert.throws(() => collective.barrier({ name: "ends", group: ends }), /ends of ranks/);
  const turned = await collective.createGroup("turned", [worldSize - 1, 0]);
  if (rank === 0 || rank === worldSize - 1) {
    const all = new Int32Array(2);
    await collective.allGather(Int32Array.of(rank), all, { name: "in the group's order", group: turned });
    same(all, (i) => (i === 0 ? worldSize - 1 : 0), "order of a group");
    await collective.broadcast(all.fill(rank), { name: "in a group", source: 0, group: turned });
    same(all, () => 0, "source within a group");
  }
  await collective.barrier({ name: "end of the groups" });
}

/** (module (memory 1) (func (export "read") (param i32) (drop (i32.load (local.get 0))))) */
const READ_ANYWHERE = "AGFzbQEAAAABBQFgAX8AAwIBAAUDAQABBwgBBHJlYWQAAAoKAQgAIAAoAgAaCw==";

/** V8 learns from a signal that WebAssembly has left its memory; libraries of MPI like to handle that one too. */
function checkSignals(): void {
  const read: unknown = runInThisContext(
    `new WebAssembly.Instance(new WebAssembly.Module(Buffer.from("${READ_ANYWHERE}", "base64"))).exports.read`,
  );
  assert(typeof read === "function");
  assert.throws(() => Reflect.apply(read, undefined, [1e9]), /out of bounds/);
  checks += 1;
}

/** The machine code of libc, which UCX writes over to hear of memory, unless it is told not to. */
function checkLibc(): void {
  const mapped = readFileSync("/proc/self/maps", "utf8").matchAll(
    /^(\w+)-(\w+) r-xp (\w+) \S+ \S+ +(.*\/libc\.so\.6)$/gm,
  );
  const memory = openSync("/proc/self/mem", "r");
  let bytes = 0;
  for (const [, begin = "", end = "", offset = "", path = ""] of mapped) {
    const [from = 0, to = 0, at = 0] = [begin, end, offset].map((digits) => Number.parseInt(digits, 16));
    const loaded = Buffer.alloc(to - from);
    bytes += readSync(memory, loaded, 0, loaded.length, from);
    const written = readFileSync(path).subarray(at, at + loaded.length);
    assert(loaded.subarray(0, written.length).equals(written), "somebody has written over libc's code");
  }
  closeSync(memory);
  assert(bytes > 0, "libc is among the files in memory");
  checks += 1;
}

async function time(collective: Collective, bytes: number): Promise<number> {
  const buffer = new Float32Array(bytes / 4).fill(1);
  const times: number[] = [];
  for (let turn = 0; turn < TIMES; turn += 1) {
    await collective.barrier({ name: "time" });
    const begin = performance.now();
    collective.allReduce(buffer, { name: `${bytes} bytes`, op: "sum" }).join();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[TIMES >> 1] ?? Number.NaN;
}

const strategy = new DDPStrategy({ timeoutMs: 60_000 });
const fabric = new L.Fabric({ accelerator: L.cpu({ backend: "cpu" }), devices, strategy });
await fabric.launch();
const { collective } = strategy;
for (const Kind of KINDS) for (const length of LENGTHS) await checkNumbers(collective, Kind, length);
await checkSeveralAsOne(collective);
await checkOthers(collective);
await checkParts(collective);
checkSignals();
if (existsSync("/proc/self/mem") && !existsSync("/sys/class/infiniband")) checkLibc();
const allReduceMs: Record<string, number> = {};
for (const bytes of TIMED_BYTES) allReduceMs[bytes] = await time(collective, bytes);
const result: CollectivesResult = { name: collective.name, checks, allReduceMs };
writeFileSync(join(folder, `rank-${fabric.globalRank}.json`), JSON.stringify(result));
