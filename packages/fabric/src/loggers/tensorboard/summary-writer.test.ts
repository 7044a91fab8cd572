import { tf } from "@lightning-ts/core";
import { FakeClock, fileError, MemoryFiles } from "@lightning-ts/testing";
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { logExperiment } from "../fixtures/sample-experiment.js";
import { TensorBoardLogger } from "../tensorboard-logger.js";

/**
 * Recorded by tests/parity/record_tensorboard_experiment.py, which found that TensorBoard's reader reads the same from
 * our files and from those of torch's SummaryWriter.
 */
const { files: recorded, reading } = JSON.parse(
  readFileSync(new URL("../fixtures/experiment.json", import.meta.url), "utf8"),
);
const ROOT = "/logs/lightning_logs/version_0/";
const clock = () => new FakeClock(1_700_000_000_500);
/** Event files are named after how many there were before in the process. */
const unnumbered = (path: string): string => path.replace(/(tfevents\..*)\.\d+$/, "$1");

beforeAll(() => tf.setBackend("cpu"));

function open(files = new MemoryFiles()) {
  const logger = new TensorBoardLogger({ saveDir: "/logs", version: 0, files, clock: clock() });
  return { files, logger, writer: logger.experiment };
}

describe("the experiment of a TensorBoardLogger", () => {
  it("writes, byte for byte, the files that TensorBoard's reader was given", async () => {
    const files = new MemoryFiles();
    await logExperiment("/logs", files, clock());
    const written: Record<string, string> = {};
    for (const path of files.paths())
      written[unnumbered(path.replace(ROOT, ""))] = Buffer.from(await files.readFile(path)).toString("base64");
    const expected = Object.entries<string>(recorded).map(([path, bytes]) => [unnumbered(path), bytes]);
    expect(written).toEqual(Object.fromEntries(expected));
  });

  it("gave that reader scalars, images, sound, curves, points and hyperparameters", () => {
    expect(reading.runs["."].scalars).toEqual({ loss: [[1, 0.25]] });
    expect(reading.runs["run_losses_val"].scalars).toEqual({ "run/losses": [[2, 0.75]] });
    expect(Object.keys(reading.runs["."].images)).toEqual(["clear", "digit", "digits", "grey"]);
    expect(reading.runs["."].images.digits[0].slice(0, 3)).toEqual([4, 16, 4]);
    expect(reading.runs["."].audio.tone).toEqual([[7, 6, 8000, 1, [0, 16_383, -16_383, 32_767, 32_767, -32_767]]]);
    expect(reading.runs["."].tensors.curve[0]).toBe("pr_curves");
    expect(reading.runs["."].tensors["notes/text_summary"]).toEqual(["text", [[6, ["**bold**"]]]]);
    expect(reading.runs["trial"].hparams.values).toEqual({ lr: 0.1, name: "adam" });
    expect(reading.files["projector_config.pbtxt"].embeddings).toHaveLength(2);
  });

  it("refuses what it cannot draw, and says what it needs", () => {
    const { writer } = open();
    const image = tf.zeros([5, 2, 2]);
    expect(() => writer.addImage("a", image)).toThrow(/Expected 1, 3 or 4 channels/);
    expect(() => writer.addImage("a", image, 0, { dataformats: "HW" })).toThrow(/a letter for each dimension/);
    expect(() => writer.addImage("a", image, 0, { dataformats: "HWW" })).toThrow(/a letter for each dimension/);
    expect(() => writer.addScalar("a", tf.zeros([2]))).toThrow(/one element/);
    expect(() => writer.addPrCurve("a", [1], [0.5, 0.5])).toThrow(/a label for each prediction/);
    expect(() => writer.addEmbedding(tf.zeros([3]))).toThrow(/points of \[points, numbers\]/);
    expect(() => writer.addEmbedding(tf.zeros([3, 2]), { metadata: ["a"] })).toThrow(/metadata of each point/);
    expect(() => writer.addEmbedding(tf.zeros([3, 2]), ["a"])).toThrow(/metadata of each point/);
    expect(() => writer.addHistogram("h", [])).toThrow(/histogram "h" has no values/);
  });

  it("writes files that could not be written with the next save", async () => {
    const { files, logger, writer } = open();
    writer.addEmbedding(tf.ones([1, 2]), { metadata: ["a\tb\nc\u001b[2J"] });
    files.failWhen((operation) => (operation === "rename" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(logger.save()).rejects.toThrow("ENOSPC");
    files.failWhen(() => undefined);
    await logger.finalize("success");
    const read = async (path: string) => new TextDecoder().decode(await files.readFile(ROOT + path));
    expect(await read("00000/default/metadata.tsv")).toBe("a b c\\x1b[2J\n");
    expect(await read("projector_config.pbtxt")).toContain('tensor_path: "00000/default/tensors.tsv"');
  });

  it("keeps the steps of the logger apart from those of other runs", async () => {
    const { files, logger, writer } = open();
    writer.addScalars("a", { b: 1 }, 7);
    logger.logMetrics({ c: 1 });
    await logger.finalize("success");
    expect(files.paths().filter((path) => path.startsWith(`${ROOT}a_b/events`))).toHaveLength(1);
    expect(files.paths().filter((path) => path.startsWith(`${ROOT}events`))).toHaveLength(1);
  });
});
