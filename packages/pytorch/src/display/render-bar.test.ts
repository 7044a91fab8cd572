import { expect, it } from "vitest";
import { formatMetrics, renderBar, type BarContent } from "./render-bar.js";

const content: BarContent = {
  label: "Epoch 0",
  done: 50,
  total: 100,
  elapsedMs: 2000,
  metrics: "loss=0.500",
  columns: 100,
  withBar: true,
};

it("shows label, bar, batches, time, speed and metrics", () => {
  expect(renderBar(content)).toBe(
    `Epoch 0  ${"━".repeat(12)}${"─".repeat(12)}   50/100  0:02  25.0 batches/s  loss=0.500`,
  );
});

it("makes the bar narrower, and then leaves it out, before it cuts the metrics", () => {
  const narrow = renderBar({ ...content, columns: 64 });
  expect(narrow).toHaveLength(63);
  expect(narrow).toMatch(/loss=0\.500$/);
  expect(renderBar({ ...content, columns: 50 })).toBe(
    "Epoch 0   50/100  0:02  25.0 batches/s  loss=0.500".slice(0, 48) + "…",
  );
  expect(renderBar({ ...content, columns: 52 })).toBe("Epoch 0   50/100  0:02  25.0 batches/s  loss=0.500");
});

it("draws no bar without a known end or without a terminal", () => {
  expect(renderBar({ ...content, total: Number.POSITIVE_INFINITY })).toBe(
    "Epoch 0  50  0:02  25.0 batches/s  loss=0.500",
  );
  expect(renderBar({ ...content, withBar: false })).toBe("Epoch 0   50/100  0:02  25.0 batches/s  loss=0.500");
});

it("cuts nothing where the width has no end, as in a file", () => {
  const metrics = "x".repeat(300);
  expect(renderBar({ ...content, metrics, columns: Number.POSITIVE_INFINITY, withBar: false })).toContain(metrics);
});

it("names the loader of a metric by its number", () => {
  expect(formatMetrics({ v_num: "3", loss: 0.5, "val_loss/dataloader_idx_1": 0.25 })).toBe(
    "v_num=3, loss=0.500, val_loss/1=0.250",
  );
});
