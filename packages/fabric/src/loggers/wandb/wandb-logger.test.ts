import { FakeClock, fileError, MemoryFiles, testLogger } from "@lightning-ts/testing";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { logWandb, WANDB_SAMPLE } from "../fixtures/sample-wandb.js";
import { ProtoReader } from "../tensorboard/proto-reader.js";
import { crc32 } from "./crc32.js";
import { WandbLogger, type WandbLoggerOptions } from "./wandb-logger.js";

/** Recorded by tests/parity/record_wandb.py: what `wandb sync` sent to a server of a file of ours. */
const recorded = JSON.parse(readFileSync(new URL("../fixtures/wandb.json", import.meta.url), "utf8"));
const PATH = "/logs/wandb/offline-run-20231114_221320-run1/run-run1.wandb";
const environment = (values: Readonly<Record<string, string>> = {}) => ({
  hostName: () => "machine",
  get: (name: string) => values[name],
});

function open(options: WandbLoggerOptions = {}, files = new MemoryFiles()) {
  const clock = new FakeClock(1_700_000_000_500);
  return {
    files,
    logger: new WandbLogger({ saveDir: "/logs", id: "run1", files, clock, environment: environment(), ...options }),
  };
}

/** The payloads of the records of a file, whose checksums must be right. */
function recordsOf(file: Uint8Array): ProtoReader[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 7; at < file.byteLength;) {
    const left = 32_768 - (at % 32_768);
    if (left < 7) at += left;
    const [length, kind] = [view.getUint16(at + 4, true), view.getUint8(at + 6)];
    const piece = file.subarray(at + 7, at + 7 + length);
    expect(view.getUint32(at, true)).toBe(crc32(kind, piece));
    if (kind === 1 || kind === 2) records.push(new Uint8Array());
    records.push(Uint8Array.of(...(records.pop() ?? []), ...piece));
    at += 7 + length;
  }
  return records.map((record) => new ProtoReader(record));
}

/** Rows of the history: names and JSON. */
async function rowsOf(files: MemoryFiles): Promise<Record<string, string>[]> {
  return recordsOf(await files.readFile(PATH))
    .flatMap((record) => record.messages(2))
    .map((row) => Object.fromEntries(row.messages(1).map((item) => [item.text(2), item.text(16)])));
}
const countOf = async (files: MemoryFiles, field: number): Promise<number> =>
  recordsOf(await files.readFile(PATH)).filter((record) => record.messages(field).length > 0).length;

testLogger({
  name: "W&B",
  create: ({ files, clock }) => new WandbLogger({ saveDir: "/logs", files, clock, environment: environment() }),
});

describe("WandbLogger", () => {
  it("writes, byte for byte, the file that `wandb sync` was given", async () => {
    const files = new MemoryFiles();
    await logWandb("/logs", files, new FakeClock(1_700_000_000_500));
    const file = await files.readFile(PATH);
    expect(Buffer.from(file.subarray(0, 300)).toString("base64")).toBe(recorded.start);
    expect(createHash("sha256").update(file).digest("hex")).toBe(recorded.sha256);
  });

  it("gave that command the run, its hyperparameters, all rows, and how it ended", () => {
    const { run, config, rows, first, last, summary, exits } = recorded.reading;
    expect(run).toMatchObject({ name: "run1", project: "mnist", displayName: "first", tags: ["a", "b"] });
    expect(config).toEqual({ ...WANDB_SAMPLE.hparams, lr: 0.2 });
    expect(rows).toBe(WANDB_SAMPLE.rows.length + 1);
    expect(first[3]).toMatchObject({ loss: 0.25, "val/acc": "NaN", "trainer/global_step": 6, _step: 3 });
    expect(last[1]).toMatchObject({ most: "Infinity", least: "-Infinity", "trainer/global_step": 799 });
    expect([summary["loss"], exits]).toEqual([0.0025, [0]]);
  });

  it("keeps what could not be written, and writes it once", async () => {
    const { files, logger } = open();
    logger.logMetrics({ a: 1 }, 0);
    await logger.save();
    logger.logMetrics({ a: 2 }, 1);
    files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(logger.save()).rejects.toThrow("ENOSPC");
    files.failWhen(() => undefined);
    logger.logMetrics({ a: 3 }, 2);
    await logger.save();
    expect((await rowsOf(files)).map(({ a }) => a)).toEqual(["1", "2", "3"]);
  });

  it("has one end, also where it could not be written at first, and none where the run goes on", async () => {
    const { files, logger } = open();
    logger.logMetrics({ a: 1 }, 0);
    await logger.save();
    files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(logger.finalize("failed")).rejects.toThrow("ENOSPC");
    files.failWhen(() => undefined);
    await logger.finalize("failed");
    expect(await countOf(files, 18)).toBe(1);
    logger.logMetrics({ a: 2 });
    await logger.save();
    expect([await countOf(files, 18), await countOf(files, 3)]).toEqual([0, 0]);
    expect((await rowsOf(files)).map((row) => row["trainer/global_step"])).toEqual(["0", "1"]);
  });

  it("takes what it was not given from the environment, and keeps odd names", async () => {
    const values = { WANDB_PROJECT: "p", WANDB_RUN_ID: "r", WANDB_DIR: "/env", WANDB_NAME: "n", WANDB_ENTITY: "e" };
    const { files, logger } = open({
      saveDir: undefined,
      id: undefined,
      environment: environment(values),
      prefix: "x",
    });
    logger.logMetrics(JSON.parse('{"__proto__": 1}'), 5);
    await logger.save();
    expect([logger.name, logger.version, logger.logDir]).toEqual([
      "p",
      "r",
      "/env/wandb/offline-run-20231114_221320-r",
    ]);
    const [, run, , , row] = recordsOf(await files.readFile(`${logger.logDir}/run-r.wandb`));
    expect([2, 8].map((field) => run?.messages(17)[0]?.text(field))).toEqual(["e", "n"]);
    expect(
      row
        ?.messages(2)[0]
        ?.messages(1)
        .map((item) => item.text(2)),
    ).toContain("x-__proto__");
  });

  it("makes up an id, another for each run", () => {
    const ids = [open({ id: undefined }), open({ id: undefined })].map(({ logger }) => logger.version);
    expect(ids[0]).toMatch(/^[a-z\d]{8}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each([
    [{ id: "../x" }, /letters, digits/],
    [{ id: "" }, /letters, digits/],
    [{ offline: false }, /wandb sync/],
    [{ projet: "a" }, /project/],
  ])("refuses %j", (options, message) => {
    expect(() => open(options as WandbLoggerOptions)).toThrow(message);
  });
});
