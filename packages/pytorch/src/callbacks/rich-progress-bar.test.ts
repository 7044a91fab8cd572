import { FakeClock, ScreenTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { RichProgressBar, type RichProgressBarOptions } from "./rich-progress-bar.js";
import { RichProgressBarTheme, type RichProgressBarThemeOptions } from "./rich-progress-bar-theme.js";

const MODULE: LightningModule = Object({});

/** A bar in the second of four batches of an epoch, and what it has written. */
function drawn(options: RichProgressBarOptions = {}, changes: object = {}) {
  const [clock, bar] = [new FakeClock(1000), new RichProgressBar(options)];
  let text = "";
  const terminal = Object.assign(new ScreenTerminal({ columns: 100, hasColors: true }), {
    colorDepth: 24,
    write: (written: string) => void (text += written),
  });
  const parts = {
    ports: { clock, terminal },
    stage: "fit",
    isGlobalZero: true,
    currentEpoch: 0,
    maxEpochs: 3,
    maxSteps: -1,
    globalStep: 0,
    numTrainingBatches: 4,
    logger: { version: 7 },
    progressBarMetrics: { train_loss: 0.12345 },
    printThrough: () => undefined,
    ...changes,
  };
  const trainer: Trainer = Object(parts);
  bar.setup(trainer);
  bar.onTrainEpochStart(trainer);
  const batch = (batchIdx: number, ms: number): void => {
    clock.advance(ms);
    bar.onTrainBatchEnd(trainer, MODULE, {}, undefined, batchIdx);
  };
  return {
    bar,
    batch,
    trainer,
    written: () => {
      const now = text.replaceAll("\u001b[", "~").replaceAll(/━+/g, "━").replaceAll(/─+/g, "─");
      text = "";
      return now;
    },
  };
}

describe("RichProgressBar", () => {
  it("looks like Lightning's, in its own colours", () => {
    const { batch, written } = drawn();
    batch(1, 2000);
    expect(written()).toBe(
      "\r~2KEpoch 0/2  ~38;2;98;6;224m━~39m~2m─~22m  2/4  ~2m0:02 < 0:02~22m  ~2m~4m1.0 batches/s~24m~22m  ~3mv_num: 7 train_loss: 0.123~23m",
    );
  });

  it("takes a theme, by its fields or as an object", () => {
    const fields = {
      description: "green_yellow",
      progressBar: "green1",
      batchProgress: "bold",
      time: "grey82",
      processingSpeed: "grey82",
      metrics: "grey82",
      metricsTextDelimiter: "\n",
      metricsFormat: ".1e",
    };
    const text =
      "~38;5;154mEpoch 0/2~39m  ~38;5;46m━~39m~2m─~22m  ~1m2/4~22m  ~38;5;252m0:02 < 0:02~39m  ~38;5;252m1.0 batches/s~39m\n~38;5;252m  v_num: 7~39m\n~38;5;252m  train_loss: 1.2e-01~39m";
    for (const theme of [fields, new RichProgressBarTheme(fields)]) {
      const { bar, batch, written } = drawn({ theme });
      batch(1, 2000);
      expect(written()).toBe(`\r~2K${text}`);
      expect(bar.theme.progressBarPulse).toBe("#6206E0");
    }
  });

  it("has a wandering piece where nobody knows the number of batches, and the finished colour at the end", () => {
    const theme = { progressBarPulse: "red", progressBarFinished: "green" };
    const endless = drawn({ theme }, { numTrainingBatches: Number.POSITIVE_INFINITY });
    endless.batch(1, 2000);
    expect(endless.written()).toContain("~2m─~22m~31m━~39m~2m─~22m");
    const known = drawn({ theme });
    known.batch(3, 2000);
    expect(known.written()).toContain("~32m━~39m");
  });

  it("is drawn so often in a second, and no more than ten times", () => {
    const often = (refreshRate: number) => {
      const { batch, written } = drawn({ refreshRate });
      return Array.from({ length: 40 }, (_, i) => (batch(i, 50), written() === "" ? 0 : 1)).reduce<number>(
        (a, b) => a + b,
        0,
      );
    };
    expect([100, 10, 2, 1, 0.5, 0].map(often)).toEqual([20, 20, 4, 2, 1, 0]);
  });

  it("leaves no bar of an epoch behind, unless that is wanted", () => {
    for (const leave of [false, true]) {
      const { bar, batch, trainer, written } = drawn({ leave });
      batch(3, 2000);
      written();
      bar.onTrainEpochEnd(trainer);
      expect(written().endsWith("\n")).toBe(leave);
    }
    expect(drawn().written()).toBe("");
  });

  it("takes from a console how wide it is and which colours it has", () => {
    const shown = (consoleKwargs: RichProgressBarOptions["consoleKwargs"]) => {
      const { batch, written } = drawn({ consoleKwargs });
      batch(1, 2000);
      return written();
    };
    expect(shown({ noColor: true })).toBe(
      "\r~2KEpoch 0/2  ━─  2/4  0:02 < 0:02  1.0 batches/s  v_num: 7 train_loss: 0.123",
    );
    expect(shown({ colorSystem: "256" })).toContain("~38;5;92m━");
    expect(shown({ colorSystem: "standard" })).toContain("~34m━");
    expect(shown({ colorSystem: "auto" })).toContain("~38;2;98;6;224m━");
    expect(shown({ width: 40 }).split("\n")).toHaveLength(2);
    expect(shown({ width: 1000 }).split("\n")).toHaveLength(1);
  });

  it("refuses what has no meaning", () => {
    const make = (options: object) => () => new RichProgressBar(options);
    expect(make({ refreshMs: 1 })).toThrow('RichProgressBar has no option "refreshMs"');
    expect(make({ refreshRate: -1 })).toThrow(
      "RichProgressBar cannot use this refreshRate. Expected updates in a second. Received -1",
    );
    expect(make({ refreshRate: Number.NaN })).toThrow("cannot use this refreshRate");
    expect(make({ consoleKwargs: { stderr: true } })).toThrow('consoleKwargs has no option "stderr"');
    expect(make({ consoleKwargs: { width: 0 } })).toThrow("consoleKwargs.width. Expected a whole number of columns");
    expect(make({ consoleKwargs: { colorSystem: "windows" } })).toThrow("consoleKwargs.colorSystem");
  });
});

describe("RichProgressBarTheme", () => {
  it("has the defaults of Lightning's, also for what is undefined", () => {
    expect({ ...new RichProgressBarTheme({ time: undefined }) }).toEqual({
      description: "",
      progressBar: "#6206E0",
      progressBarFinished: "#6206E0",
      progressBarPulse: "#6206E0",
      batchProgress: "",
      time: "dim",
      processingSpeed: "dim underline",
      metrics: "italic",
      metricsTextDelimiter: " ",
      metricsFormat: ".3f",
    });
  });

  it.each([
    [{ progressBar: "purpel" }, /cannot use this progressBar\. Expected a style in Rich's words.*Received "purpel"/],
    [{ metricsFormat: ".3z" }, /cannot use this metricsFormat\. Expected a format of numbers.*Received "\.3z"/],
    [{ metricsFormat: 3 }, /metricsFormat/],
    [{ metricsTextDelimiter: 3 }, /metricsTextDelimiter.*Expected a text/],
    [{ progress_bar: "red" }, /no option "progress_bar".*progressBar \(did you mean that\?\)/],
  ])("refuses %j", (options, message) => {
    const given: RichProgressBarThemeOptions = Object(options);
    expect(() => new RichProgressBarTheme(given)).toThrow(message);
  });
});
