import { expect, it } from "vitest";
import { formatCheckpointName, formatNumber } from "./checkpoint-name.js";

const metrics = { epoch: 2, step: 300, "val/acc": 0.9312, val_loss: 0.25, "val.f1": 1 };

it.each([
  ["{epoch}-{step}", "epoch=2-step=300"],
  ["{epoch:02d}-{val/acc:.2f}", "epoch=02-val/acc=0.93"],
  ["{val_loss}", "val_loss=0.25"],
  ["{val.f1:.1f}-{missing}", "val.f1=1.0-missing=0"],
  ["best", "best"],
])("%s becomes %s", (pattern, expected) => {
  expect(formatCheckpointName(pattern, metrics)).toBe(expected);
});

it("can leave the names of the metrics out", () => {
  expect(formatCheckpointName("e{epoch}_acc{val/acc:.3f}", metrics, { autoInsertMetricName: false })).toBe(
    "e2_acc0.931",
  );
});

it.each([
  [3, "d", "3"],
  [3, "03d", "003"],
  [3.14159, ".3f", "3.142"],
  [3.14159, "8.2f", "    3.14"],
  [31415.9, ".2e", "3.14e+04"],
  [0.5, ".1%", "50.0%"],
  [Number.NaN, ".2f", "nan"],
  [Number.NEGATIVE_INFINITY, ".2f", "-inf"],
])("writes %d with Python's format %s as %s", (value, format, expected) => {
  expect(formatNumber(value, format)).toBe(expected);
});
