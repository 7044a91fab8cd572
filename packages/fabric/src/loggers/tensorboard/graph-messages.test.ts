import { MemoryFiles, FakeClock } from "@lightning-ts/testing";
import "@tensorflow/tfjs-backend-cpu";
import { charts, tf } from "@lightning-ts/core";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { logGraph } from "../fixtures/sample-experiment.js";
import { TensorBoardLogger } from "../tensorboard-logger.js";
import { drawnSvg } from "./drawn-svg.js";
import { graphOfOnnx } from "./graph-messages.js";
import { ProtoMessage } from "./proto-message.js";
import { ProtoReader } from "./proto-reader.js";

/** What TensorBoard's reader found in a file of ours: names, operations and inputs of nodes. */
const { graph: reading } = JSON.parse(readFileSync(new URL("../fixtures/experiment.json", import.meta.url), "utf8"));

beforeAll(() => tf.setBackend("cpu"));

function nodesOf(graph: ProtoReader) {
  return graph.messages(1).map((node) => [node.text(1), node.text(2), node.texts(3)]);
}

/** The first record of a file that is no version. */
function eventOf(file: Uint8Array): ProtoReader {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const first = Number(view.getBigUint64(0, true)) + 16;
  const length = Number(view.getBigUint64(first, true));
  return new ProtoReader(file.subarray(first + 12, first + 12 + length));
}

describe("the graph of a module", () => {
  it("is what TensorBoard's reader found: parameters by their names, operations, and what they are made of", async () => {
    const files = new MemoryFiles();
    await logGraph("/logs", files, new FakeClock());
    const path = files.paths().find((one) => one.includes("tfevents")) ?? "";
    const [graph] = eventOf(await files.readFile(path)).messages(4);
    expect(graph && nodesOf(graph)).toEqual(reading);
    expect(reading).toContainEqual(["Gemm_0", "Gemm", ["input", "0/weight", "0/bias"]]);
  });

  it("knows nodes with several outputs, and inputs that are left out", () => {
    const node = (op: string, inputs: string[], outputs: string[]) => {
      const message = new ProtoMessage();
      for (const input of inputs) message.text(1, input);
      for (const output of outputs) message.text(2, output);
      return message.text(4, op);
    };
    const graph = new ProtoMessage()
      .message(1, node("Split", ["x"], ["a", "b"]))
      .message(1, node("Clip", ["b", "", "a"], ["y"]))
      .varint(9, 300)
      .double(10, 1)
      .float(11, 1);
    const found = graphOfOnnx(new ProtoMessage().message(7, graph).encode());
    expect(nodesOf(new ProtoReader(found))).toEqual([
      ["Split_0", "Split", ["x"]],
      ["Clip_1", "Clip", ["Split_0:1", "Split_0"]],
    ]);
  });

  it("is no graph where the bytes are none", () => {
    expect(() => graphOfOnnx(Uint8Array.of(0x0b))).toThrow("unknown kind 3");
  });
});

describe("figures", () => {
  it("are drawn on white, in their size", async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="2" height="2" fill="#f00"/></svg>';
    const image = await drawnSvg(svg);
    expect([image.width, image.height, image.channels]).toEqual([4, 2, 4]);
    expect([...image.pixels.slice(0, 16)]).toEqual([255, 0, 0, 255, 255, 0, 0, 255, ...Array(8).fill(255)]);
  });

  it("of our charts are images of the experiment", async () => {
    const files = new MemoryFiles();
    const logger = new TensorBoardLogger({ saveDir: "/logs", files, clock: new FakeClock() });
    await logger.experiment.addFigure("bars", charts.barChart([{ name: "cat", value: 0.5 }]), 3);
    await logger.finalize("success");
    const event = eventOf(await files.readFile(files.paths()[0] ?? ""));
    const [value] = event.messages(5).flatMap((summary) => summary.messages(1));
    expect([value?.text(1), value?.texts(4).length]).toEqual(["bars", 1]);
  });

  it("need a package that is installed by hand, and the error names it", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package"));
    await expect(drawnSvg("<svg/>", missing)).rejects.toThrow(/npm install @resvg\/resvg-js/);
  });
});
