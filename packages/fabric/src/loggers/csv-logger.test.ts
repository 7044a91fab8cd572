import { FakeTerminal, fileError, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { CSVLogger } from "./csv-logger.js";

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
});

function logger(options: Partial<ConstructorParameters<typeof CSVLogger>[0]> = {}): CSVLogger {
  return new CSVLogger({ saveDir: "/logs", files, terminal, ...options });
}

async function text(path: string): Promise<string> {
  return new TextDecoder().decode(await files.readFile(path));
}

describe("CSVLogger", () => {
  it("takes the next free version number, and a string version as it is", async () => {
    for (const folder of ["version_0", "version_7", "mine"])
      await files.makeDirectory(`/logs/lightning_logs/${folder}`);
    const next = logger();
    await next.open();
    expect([next.version, next.logDir]).toEqual([8, "/logs/lightning_logs/version_8"]);
    const named = logger({ version: "cool", name: "exp" });
    await named.open();
    expect(named.logDir).toBe("/logs/exp/cool");
  });

  it("writes sorted columns, blank cells for what is missing, and a step column", async () => {
    const csv = logger();
    csv.logMetrics({ loss: 0.5, acc: 1 }, 0);
    csv.logMetrics({ loss: Number.NaN }, 10);
    csv.logMetrics({ acc: Number.NEGATIVE_INFINITY });
    await csv.save();
    expect(await text("/logs/lightning_logs/version_0/metrics.csv")).toBe("acc,loss,step\n1,0.5,0\n,nan,10\n-inf,,2\n");
  });

  it("rewrites the file once when a new column appears, and appends otherwise", async () => {
    const csv = logger({ prefix: "my" });
    csv.logMetrics({ loss: 3 }, 0);
    await csv.save();
    csv.logMetrics({ loss: 2 }, 1);
    await csv.save();
    csv.logMetrics({ acc: 0.1, 'a,"b"': 4 }, 2);
    await csv.save();
    expect(await text("/logs/lightning_logs/version_0/metrics.csv")).toBe(
      '"my-a,""b""",my-acc,my-loss,step\n,,3,0\n,,2,1\n4,0.1,,2\n',
    );
    expect(files.operations.filter((operation) => operation.startsWith("rename"))).toHaveLength(2);
  });

  it("writes by itself every flushLogsEveryNSteps rows", async () => {
    const csv = logger({ flushLogsEveryNSteps: 2 });
    for (let step = 0; step < 5; step += 1) csv.logMetrics({ a: step }, step);
    await csv.open();
    expect(await text("/logs/lightning_logs/version_0/metrics.csv")).toBe("a,step\n0,0\n1,1\n2,2\n3,3\n4,4\n");
    csv.logMetrics({ a: 5 }, 5);
    await csv.open();
    csv.logMetrics({ a: 6 }, 6);
    await csv.open();
    expect((await text("/logs/lightning_logs/version_0/metrics.csv")).split("\n")).toHaveLength(8);
    await csv.finalize("success");
    expect((await text("/logs/lightning_logs/version_0/metrics.csv")).split("\n")).toHaveLength(9);
  });

  it("warns about a folder that is not empty and replaces the old metrics", async () => {
    const first = logger({ version: 3 });
    first.logMetrics({ old: 1 }, 0);
    await first.save();
    const second = logger({ version: 3 });
    second.logMetrics({ fresh: 2 }, 0);
    await second.save();
    expect(terminal.warnings).toEqual([expect.stringContaining("version_3 exists and is not empty")]);
    expect(await text("/logs/lightning_logs/version_3/metrics.csv")).toBe("fresh,step\n2,0\n");
  });

  it("loses no row and doubles none when a write fails half way", async () => {
    const csv = logger();
    csv.logMetrics({ a: 1 }, 0);
    await csv.save();
    csv.logMetrics({ a: 2 }, 1);
    files.failWhen((operation) => (operation === "flush" ? fileError("EIO", "broken disk") : undefined));
    await expect(csv.save()).rejects.toThrow("EIO");
    files.failWhen(() => undefined);
    csv.logMetrics({ a: 3 }, 2);
    await csv.save();
    expect(await text("/logs/lightning_logs/version_0/metrics.csv")).toBe("a,step\n1,0\n2,1\n3,2\n");
  });

  it("writes hyperparameters as YAML", async () => {
    const csv = logger();
    csv.logHyperparams({ lr: 0.1, net: { width: 4, act: "relu" } });
    await csv.save();
    expect(await text("/logs/lightning_logs/version_0/hparams.yaml")).toBe("lr: 0.1\nnet:\n  width: 4\n  act: relu\n");
  });

  it("refuses a flush interval below one", () => {
    expect(() => logger({ flushLogsEveryNSteps: 0 })).toThrow(/flushLogsEveryNSteps.*above 0.*0/);
  });
});
