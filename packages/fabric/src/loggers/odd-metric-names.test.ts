import { tf } from "@lightning-ts/core";
import { FakeClock, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { CSVLogger } from "./csv-logger.js";
import { LoggerGroup } from "./logger-group.js";
import { MetricQueue } from "./metric-queue.js";
import { TensorBoardLogger } from "./tensorboard-logger.js";

async function csvOf(...rows: [name: string, value: number | tf.Tensor][]): Promise<string> {
  const files = new MemoryFiles();
  const logger = new CSVLogger({ saveDir: "/logs", files, terminal: new FakeTerminal() });
  const queue = new MetricQueue(new LoggerGroup([logger], expect.unreachable), new FakeClock());
  for (const [index, [name, value]] of rows.entries()) queue.add(Object.fromEntries([[name, value]]), index);
  await queue.flush();
  await logger.finalize("success");
  return new TextDecoder().decode(await files.readFile("/logs/lightning_logs/version_0/metrics.csv"));
}

it("a metric that is called __proto__ is kept, and only where it was logged", async () => {
  await tf.setBackend("cpu");
  expect(await csvOf(["__proto__", 0.5], ["loss", 1], ["__proto__", tf.scalar(2)])).toBe(
    "__proto__,loss,step\n0.5,,0\n,1,1\n2,,2\n",
  );
});

it.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+a", "'+a"],
  ["-a", "'-a"],
  ["@a", "'@a"],
  ["=a,b", '"\'=a,b"'],
  ["a\u001b[31m\nb\u0000\u009b", "a [31m b  "],
  ['a "b"', '"a ""b"""'],
])("the name %j is text in a spreadsheet and on a terminal, and its numbers stay as they are", async (name, cell) => {
  const [head, row] = (await csvOf([name, -1.5])).split("\n");
  expect([head?.replace(/,?step,?/, ""), row?.split(",").sort()]).toEqual([cell, ["-1.5", "0"]]);
});

it.each([CSVLogger, TensorBoardLogger])("folders of %o have no control characters", async (SomeLogger) => {
  const files = new MemoryFiles();
  const logger = new SomeLogger({ saveDir: "/logs", name: "a\u001b[2J", version: "v\n1", files });
  await logger.open();
  expect([logger.logDir, logger.name, logger.version]).toEqual(["/logs/a_[2J/v_1", "a\u001b[2J", "v\n1"]);
});
