import { expect, it } from "vitest";
import {
  findUnknownFormat,
  formatCheckpointName,
  formatNumber,
  matcherOfNames,
  namesMetrics,
} from "./checkpoint-name.js";

const metrics = { epoch: 2, step: 300, "val/acc": 0.9312, val_loss: 0.25, "val.f1": 1 };

it.each([
  ["{epoch}-{step}", "epoch=2-step=300"],
  ["{epoch:02d}-{val/acc:.2f}", "epoch=02-val/acc=0.93"],
  ["{val_loss}", "val_loss=0.25"],
  ["{val.f1:.1f}-{missing}", "val.f1=1.0-missing=0"],
  ["best", "best"],
  ["{epoch:}-{step:}", "epoch=2-step=300"],
  ["{epoch", "{epoch"],
  ["{}-{:d}", "{}-{:d}"],
  ["{{step}}-{a{step}b}", "{step=300}-{astep=300b}"],
  ["{step:05d}-{val_loss:g}", "step=00300-val_loss=0.25"],
])("%s becomes %s", (pattern, expected) => {
  expect(formatCheckpointName(pattern, metrics)).toBe(expected);
});

it("writes epochs and steps as whole numbers, and nothing else", () => {
  const broken = { epoch: 2.7, step: 3.2, loss: 0.5 };
  expect(formatCheckpointName("{epoch}-{step}-{loss}", broken)).toBe("epoch=2-step=3-loss=0.5");
  expect(formatCheckpointName("{epoch:}-{step:}", broken)).toBe("epoch=2-step=3");
});

it("can join names and values by something else", () => {
  expect(formatCheckpointName("{epoch}", metrics, { equals: "_" })).toBe("epoch_2");
});

it("knows whether a pattern needs a metric", () => {
  expect(["last", "{epoch}-{step:03d}", "{epoch}-{val_loss}"].map(namesMetrics)).toEqual([false, false, true]);
});

it("finds the names that a pattern becomes, with a version behind them, and no others", () => {
  const isName = (name: string) => matcherOfNames("a.b+{epoch}-last", "-", ".ckpt").test(name);
  expect(
    ["a.b+epoch=3-last.ckpt", "a.b+3-last-v1.ckpt", "a.b+3-last-v12.ckpt"].filter((name) => !isName(name)),
  ).toEqual([]);
  const others = [
    "axb+3-last.ckpt",
    "a.b+-last.ckpt",
    "a.b+3-last-v.ckpt",
    "a.b+3-lastxckpt",
    "xa.b+3-last.ckpt",
    "a.b+3-last.ckpt.tmp",
  ];
  expect(others.filter(isName)).toEqual([]);
});

it.each(["$", "(", ")", "*", "+", ".", "?", "[", "\\", "]", "^", "{", "|", "}"])(
  "takes %s in a pattern for what it is",
  (character) => {
    const pattern = `a${character}b`;
    expect(matcherOfNames(pattern, "-", ".ckpt").test(`${pattern}-v1.ckpt`)).toBe(true);
    expect(matcherOfNames(pattern, "-", ".ckpt").test("aab.ckpt")).toBe(false);
  },
);

it("finds the first format that is not Python's", () => {
  expect(findUnknownFormat("{epoch:02d}-{loss:.2f}-{acc:8.3e}-{f1:%}-{auc:g}-{x}-{y:}")).toBeUndefined();
  expect(findUnknownFormat("{epoch:02d}-{loss:.2x}-{acc:<3}")).toBe(".2x");
  expect(findUnknownFormat("{epoch}-{step:}-{loss:q}")).toBe("q");
  for (const format of ["d2", "x", "2.f", "a3d", "3dd", ". 2f", "-3d"])
    expect(findUnknownFormat(`{loss:${format}}`), format).toBe(format);
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
  [Number.POSITIVE_INFINITY, ".2f", "inf"],
  [Number.NaN, "d", "nan"],
  [0.5, "", "0.5"],
  [0.5, "12", "         0.5"],
  [0.5, ".12f", "0.500000000000"],
  [12, "012d", "000000000012"],
  [0.5, "1x", "0.5"],
  [0.5, ".1f2", "0.5"],
  [0.5, "x.1f", "0.5"],
  [3.9, "d", "3"],
  [3, "3d", "  3"],
  [12, "10d", "        12"],
  [0.5, "f", "0.500000"],
  [0.25, "e", "2.500000e-01"],
  [1e-12, ".1e", "1.0e-12"],
  [0.5, "%", "50.000000%"],
  [0.123456789, "g", "0.123456789"],
  [0.123456789, ".3g", "0.123"],
  [1234.5, ".0g", "1000"],
  [0.123456789, ".3", "0.123"],
  [0.5, "6", "   0.5"],
  [0.5, "<6", "0.5"],
])("writes %d with Python's format %s as %s", (value, format, expected) => {
  expect(formatNumber(value, format)).toBe(expected);
});

it("has no control characters, and is found again", () => {
  const pattern = "a\u001b[31m\n{val_\u0007}";
  const name = formatCheckpointName(pattern, { "val_\u0007": 0.5 });
  expect(name).toBe("a_[31m_val__=0.5");
  expect(matcherOfNames(pattern, "-", ".ckpt").test(`${name}-v1.ckpt`)).toBe(true);
});
