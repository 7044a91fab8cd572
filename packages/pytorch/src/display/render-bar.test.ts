import { expect, it } from "vitest";
import { paintFor } from "./paint.js";
import { type BarContent, formatMetrics, renderBar } from "./render-bar.js";

const content: BarContent = {
  label: "Epoch 0",
  done: 50,
  total: 100,
  elapsedMs: 2000,
  metrics: ["loss=0.500"],
  columns: 100,
  withBar: true,
  paint: paintFor(false),
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
  const [coloured = ""] = renderBar({ ...content, paint: paintFor(true) });
  expect(coloured).not.toBe(plain);
  // eslint-disable-next-line no-control-regex
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
});

it("names the loader of a metric by its number", () => {
  expect(formatMetrics({ v_num: "3", loss: 0.5, "val_loss/dataloader_idx_1": 0.25 })).toEqual([
    "v_num=3",
    "loss=0.500",
    "val_loss/1=0.250",
  ]);
});

it("shows names of metrics on one line, without what a terminal would obey", () => {
  expect(formatMetrics({ "a\u001b[2J\nb": 0.5, v_num: "\u0007x" })).toEqual([
    String.raw`a\x1b[2J b=0.500`,
    String.raw`v_num=\x07x`,
  ]);
});
