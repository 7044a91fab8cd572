import { FakeClock, MemoryFiles } from "@lightning-ts/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeptCheckpoints } from "../logger.js";
import { LoggerGroup } from "../logger-group.js";
import { FakeMlflow } from "../fixtures/fake-mlflow.js";
import { MLFlowLogger, type MLFlowLoggerOptions } from "./mlflow-logger.js";

let server: FakeMlflow;
const files = new MemoryFiles();
beforeEach(async () => {
  server = await FakeMlflow.start();
});
afterEach(() => server.stop());

const environment = (values: Readonly<Record<string, string>> = {}) => ({ get: (name: string) => values[name] });

function open(options: MLFlowLoggerOptions = {}): MLFlowLogger {
  const clock = new FakeClock(1_700_000_000_500.25);
  return new MLFlowLogger({ trackingUri: server.address, files, clock, environment: environment(), ...options });
}

async function write(path: string, text: string): Promise<void> {
  await files.makeDirectory(files.dirname(path));
  const file = await files.open(path, "overwrite");
  await file.write(new TextEncoder().encode(text));
  await file.close();
}

const kept = (saveTopK = 1): KeptCheckpoints => ({
  callback: "ModelCheckpoint",
  bestModelPath: "/ckpt/epoch=1.ckpt",
  lastModelPath: "/ckpt/last.ckpt",
  scores: new Map([["/ckpt/epoch=1.ckpt", 0.5]]),
  saveTopK,
  settings: { monitor: "val_loss", mode: "min" },
});
const uploads = () =>
  Object.fromEntries([...server.uploads].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));

describe("MLFlowLogger", () => {
  it("makes the experiment and a run, sends metrics and parameters, and ends the run", async () => {
    const logger = open({ runName: "first", tags: { team: "a" }, prefix: "p" });
    expect([logger.name, logger.version]).toEqual(["lightning_logs", undefined]);
    logger.logHyperparams({ lr: 0.1, optimizer: { name: "adam" }, layers: [1, 2], long: "x".repeat(300) });
    logger.logMetrics({ loss: 0.5, "val:acc!": Number.NaN }, 3);
    logger.logMetrics({ loss: Number.POSITIVE_INFINITY });
    await logger.finalize("success");
    expect([logger.name, logger.version]).toEqual(["7", "run-1"]);
    expect(server.bodies("experiments/create")).toEqual([{ name: "lightning_logs" }]);
    expect(server.bodies("runs/create")).toEqual([
      {
        experiment_id: "7",
        start_time: 1_700_000_000_500,
        run_name: "first",
        tags: [
          { key: "mlflow.runName", value: "first" },
          { key: "team", value: "a" },
        ],
      },
    ]);
    const [params, metrics] = server.bodies("runs/log-batch");
    expect(params?.["params"]).toEqual([
      { key: "lr", value: "0.1" },
      { key: "optimizer/name", value: "adam" },
      { key: "layers", value: "[1,2]" },
      { key: "long", value: "x".repeat(250) },
    ]);
    const timestamp = 1_700_000_000_500;
    expect(metrics?.["metrics"]).toEqual([
      { key: "p-loss", value: 0.5, timestamp, step: 3 },
      { key: "p-valacc", value: "NaN", timestamp, step: 3 },
      { key: "p-loss", value: "Infinity", timestamp, step: 4 },
    ]);
    expect(server.bodies("runs/update")).toEqual([{ run_id: "run-1", status: "FINISHED", end_time: timestamp }]);
  });

  it("keeps within the server's limits for one request", async () => {
    const logger = open();
    logger.logHyperparams(Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`p${i}`, i])));
    for (let step = 0; step < 1500; step += 1) logger.logMetrics({ loss: step }, step);
    await logger.save();
    const sizes = server.bodies("runs/log-batch").map((body) => Object.values(body).map((one) => Object(one).length));
    expect(sizes.map(([, count]) => count)).toEqual([100, 100, 30, 1000, 500]);
    await logger.save();
    expect(server.bodies("runs/log-batch")).toHaveLength(5);
  });

  it("goes on with a run, in its experiment, and again after it was ended", async () => {
    const logger = open({ runId: "run-1" });
    logger.logMetrics({ a: 1 }, 0);
    await logger.finalize("failed");
    await logger.finalize("failed");
    logger.logMetrics({ a: 2 }, 1);
    await logger.finalize("success");
    expect(server.bodies("runs/create")).toEqual([]);
    expect(server.bodies("runs/get")).toEqual([{ run_id: "run-1" }, { run_id: "run-1" }]);
    const statuses = server.bodies("runs/update").map(({ status }) => status);
    expect(statuses).toEqual(["RUNNING", "FAILED", "RUNNING", "FINISHED"]);
  });

  it("loses nothing while the server is down, and the run hears of it once", async () => {
    const reports: string[] = [];
    const group = new LoggerGroup([open({ experimentName: "known" })], (text) => reports.push(text));
    await group.open();
    server.status = 503;
    group.logMetrics({ loss: 1 }, 0);
    await group.save();
    group.logMetrics({ loss: 2 }, 1);
    await group.save();
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain("MLFlowLogger failed in save");
    expect(reports[0]).toContain("runs/log-batch");
    expect(reports[0]).toContain("Received 503 \\x1b[2Jdown");
    expect(reports[0]).not.toContain("\u001b");
    server.status = 200;
    await group.finalize("success");
    expect(server.bodies("runs/log-batch").flatMap(({ metrics }) => metrics)).toMatchObject([
      { value: 1 },
      { value: 2 },
    ]);
    expect(server.bodies("experiments/create")).toEqual([]);
    expect(reports[1]).toContain("works again; nothing was lost");
  });

  it("says where it looked for a server that is not there, without its password", async () => {
    const address = server.address;
    await server.stop();
    const logger = open({ trackingUri: address.replace("://", "://me:secret@") });
    const error = String(
      await logger.save().then(
        () => "",
        (thrown: unknown) => thrown,
      ),
    );
    expect(error).toContain("get-by-name failed");
    expect(error).toContain(`look whether the server runs at ${address}`);
    expect(error).not.toContain("secret");
    server = await FakeMlflow.start();
  });

  it.each([
    ["a user in the address", "me:s%40@", {}, `Basic ${btoa("me:s@")}`],
    [
      "a user in the environment",
      "",
      { MLFLOW_TRACKING_USERNAME: "me", MLFLOW_TRACKING_PASSWORD: "é" },
      "Basic bWU6w6k=",
    ],
    ["a token", "", { MLFLOW_TRACKING_TOKEN: "t" }, "Bearer t"],
    ["nobody", "", {}, undefined],
  ])("sends %s", async (_, user, values, expected) => {
    const trackingUri = server.address.replace("://", `://${user}`);
    await open({
      trackingUri: undefined,
      environment: environment({ MLFLOW_TRACKING_URI: trackingUri, ...values }),
    }).open();
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([expected, expected, expected]);
  });

  it.each([
    [undefined, "Received none"],
    ["./mlruns", "an address that begins with http:// or https://"],
    ["ftp://me:secret@host", "Received one that begins with ftp://me"],
  ])("refuses the server %j", (trackingUri, message) => {
    expect(() => open({ trackingUri })).toThrow(message);
  });

  it("refuses unknown options", () => {
    expect(() => open({ experiment: "a" } as MLFlowLoggerOptions)).toThrow(/experiment/);
  });

  it("sends no checkpoints unless it is told to", async () => {
    const logger = open();
    expect(logger.afterSaveCheckpoint(kept())).toBeUndefined();
    await logger.finalize("success");
    expect(uploads()).toEqual({});
  });

  it("sends the checkpoints that are kept at the end, with what is known of them", async () => {
    await write("/ckpt/epoch=1.ckpt", "weights");
    await write("/ckpt/last.ckpt", "newest");
    const logger = open({ logModel: true });
    expect(logger.afterSaveCheckpoint(kept())).toBeUndefined();
    await logger.save();
    expect(uploads()).toEqual({});
    expect(logger.closingMs).toBeGreaterThan(5000);
    await logger.finalize("success");
    const root = "7/run-1/artifacts";
    expect(uploads()).toMatchObject({
      [`${root}/epoch=1/epoch=1.ckpt`]: "weights",
      [`${root}/epoch=1/aliases.txt`]: "['latest', 'best']",
      [`${root}/last/last.ckpt`]: "newest",
      [`${root}/last/aliases.txt`]: "['latest']",
    });
    expect(uploads()[`${root}/epoch=1/metadata.yaml`]).toBe(
      "score: 0.5\noriginal_filename: epoch=1.ckpt\nCheckpoint:\n  monitor: val_loss\n  mode: min\n",
    );
    expect(logger.closingMs).toBeUndefined();
  });

  it.each([
    ["all", 1],
    [true, -1],
  ] as const)(
    "sends each checkpoint as soon as it is saved with logModel %j and saveTopK %i, once",
    async (logModel, top) => {
      await write("/ckpt/epoch=1.ckpt", "weights");
      const group = new LoggerGroup([open({ logModel })], expect.unreachable);
      await group.afterSaveCheckpoint(kept(top));
      expect(Object.keys(uploads())).toHaveLength(6);
      server.uploads.clear();
      await group.afterSaveCheckpoint(kept(top));
      expect(uploads()).toEqual({});
    },
  );

  it("sends a checkpoint that is still being written when it is there", async () => {
    await files.remove("/ckpt");
    const logger = open({ logModel: "all" });
    await logger.afterSaveCheckpoint(kept());
    expect(uploads()).toEqual({});
    await write("/ckpt/epoch=1.ckpt", "weights");
    await logger.finalize("success");
    expect(Object.keys(uploads())).toHaveLength(3);
  });

  it("writes checkpoints into a folder of this machine, where the server keeps them in one", async () => {
    await write("/ckpt/epoch=1.ckpt", "weights");
    server.artifactUri = "file:///store/a%20b/run-1/artifacts";
    const logger = open({ logModel: true });
    void logger.afterSaveCheckpoint(kept());
    await logger.finalize("success");
    const stored = await files.readFile("/store/a b/run-1/artifacts/epoch=1/epoch=1.ckpt");
    expect(new TextDecoder().decode(stored)).toBe("weights");
  });

  it("says what it cannot do with a store that it does not know", async () => {
    server.artifactUri = "s3://bucket/run-1";
    const logger = open({ logModel: true });
    void logger.afterSaveCheckpoint(kept());
    await expect(logger.finalize("success")).rejects.toThrow(/begins with s3:.*--serve-artifacts/s);
  });
});
