import { describe, expect, it } from "vitest";
import { type BarLook, metricTexts, plainLook } from "./bar-look.js";
import { type BarContent, renderBar } from "./render-bar.js";

const content: BarContent = {
  label: "Epoch 0",
  done: 50,
  total: 100,
  elapsedMs: 2000,
  metrics: ["loss=0.500"],
  columns: 100,
  withBar: true,
  look: plainLook(1),
};
const FACTS = "50/100  0:02 < 0:02  25.0 batches/s";

it("shows label, bar, batches, time, time that is left, speed and metrics", () => {
  expect(renderBar(content)).toEqual([`Epoch 0  ${"━".repeat(12)}${"─".repeat(12)}   ${FACTS}  loss=0.500`]);
  expect(renderBar({ ...content, done: 100, elapsedMs: 4000 })).toEqual([
    `Epoch 0  ${"━".repeat(24)}  100/100  0:04  25.0 batches/s  loss=0.500`,
  ]);
});

it("makes the bar narrower, and then leaves it out, before metrics go to lines of their own", () => {
  const [narrow = "", ...none] = renderBar({ ...content, columns: 72 });
  expect(narrow).toMatch(/^Epoch 0 {2}━+─+ .* loss=0\.500$/);
  expect(narrow.length).toBeLessThan(72);
  expect(none).toEqual([]);
  expect(renderBar({ ...content, columns: 60 })).toEqual([`Epoch 0   ${FACTS}  loss=0.500`]);
  expect(renderBar({ ...content, columns: 57 })).toEqual([`Epoch 0  ━━━━━────   ${FACTS}`, "  loss=0.500"]);
  expect(renderBar({ ...content, columns: 30 })).toEqual(["Epoch 0   50/100  0:02 < 0:0…", "  loss=0.500"]);
});

it("wraps many metrics between two of them, and cuts only one that is wider than the terminal", () => {
  const metrics = ["v_num=12", "train_loss=0.123", "val_loss=0.456", "val_accuracy=0.987", "x".repeat(100)];
  const lines = renderBar({ ...content, metrics, columns: 60 });
  expect(lines.slice(1)).toEqual([
    "  v_num=12, train_loss=0.123, val_loss=0.456",
    "  val_accuracy=0.987",
    `  ${"x".repeat(56)}…`,
  ]);
  for (const line of lines) expect(line.length).toBeLessThan(60);
});

it("draws no bar without a known end or without a terminal", () => {
  expect(renderBar({ ...content, total: Number.POSITIVE_INFINITY })).toEqual([
    "Epoch 0  50  0:02  25.0 batches/s  loss=0.500",
  ]);
  expect(renderBar({ ...content, withBar: false })).toEqual([`Epoch 0   ${FACTS}  loss=0.500`]);
});

it("cuts nothing where the width has no end, as in a file", () => {
  const metrics = ["x".repeat(300)];
  const [line] = renderBar({ ...content, metrics, columns: Number.POSITIVE_INFINITY, withBar: false });
  expect(line).toContain(metrics[0]);
});

it("takes as much room with colours as without", () => {
  const [plain = ""] = renderBar(content);
  const [coloured = ""] = renderBar({ ...content, look: plainLook(4) });
  expect(coloured).not.toBe(plain);
  // eslint-disable-next-line no-control-regex
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
});

const textsOf = (metrics: Record<string, number | string>) => metricTexts(metrics, plainLook(1));

it("names the loader of a metric by its number", () => {
  expect(textsOf({ v_num: "3", loss: 0.5, "val_loss/dataloader_idx_1": 0.25 })).toEqual([
    "v_num=3",
    "loss=0.500",
    "val_loss/1=0.250",
  ]);
});

it("shows names of metrics on one line, without what a terminal would obey", () => {
  expect(textsOf({ "a\u001b[2J\nb": 0.5, v_num: "\u0007x" })).toEqual([
    String.raw`a\x1b[2J b=0.500`,
    String.raw`v_num=\x07x`,
  ]);
});

describe("a look of its own", () => {
  const look: BarLook = {
    ...plainLook(1),
    description: (text) => `<d>${text}`,
    bar: (text) => `<b>${text}`,
    finishedBar: (text) => `<f>${text}`,
    pulse: (text) => `<p>${text}`,
    rest: (text) => `<r>${text}`,
    batches: (text) => `<n>${text}`,
    time: (text) => `<t>${text}`,
    speed: (text) => `<s>${text}`,
    metrics: (text) => `<m>${text}`,
    delimiter: " ",
  };

  it("paints each part", () => {
    const shown = renderBar({ ...content, look, columns: 80 }).map((line) => line.replaceAll(/([━─])+/g, "$1"));
    expect(shown).toEqual(["<d>Epoch 0  <b>━<r>─  <n> 50/100  <t>0:02 < 0:02  <s>25.0 batches/s  <m>loss=0.500"]);
    expect(renderBar({ ...content, look, done: 100 })[0]).toContain("<f>━");
  });

  it("has a piece that wanders where nobody knows the end", () => {
    const bars = [0, 1, 18, 19, 20].map((done) => {
      const [line = ""] = renderBar({ ...content, look, done, total: Number.POSITIVE_INFINITY });
      return /<r>(─*)<p>(━*)<r>(─*)/
        .exec(line)
        ?.slice(1)
        .map((piece) => piece.length);
    });
    expect(bars).toEqual([
      [0, 6, 18],
      [1, 6, 17],
      [18, 6, 0],
      [0, 6, 18],
      [1, 6, 17],
    ]);
  });

  it("puts each metric on a line of its own where a line break stands between them", () => {
    const metrics = ["loss=0.500", "accuracy=0.900"];
    const lines = renderBar({ ...content, look: { ...plainLook(1), delimiter: "\n" }, metrics });
    expect(lines.slice(1)).toEqual(["  loss=0.500", "  accuracy=0.900"]);
    expect(renderBar({ ...content, look: { ...plainLook(1), delimiter: "\n" }, metrics: [] })).toHaveLength(1);
    const inFile = { columns: Number.POSITIVE_INFINITY, withBar: false, look: { ...plainLook(1), delimiter: "\n" } };
    expect(renderBar({ ...content, ...inFile, metrics })).toEqual([`Epoch 0   ${FACTS}  loss=0.500 accuracy=0.900`]);
  });
});
