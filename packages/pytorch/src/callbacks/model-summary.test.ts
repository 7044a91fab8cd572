import { DataLoader, nn, resolveBackend, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, ScreenTerminal } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";
import { ModelSummary, type ModelSummaryOptions } from "./model-summary.js";
import { RichModelSummary, type RichModelSummaryOptions } from "./rich-model-summary.js";

beforeAll(() => resolveBackend("cpu"));

class Images extends LightningModule<[tf.Tensor4D]> {
  readonly net = new nn.Sequential(
    new nn.Conv2d(3, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(8, 4, 3, { stride: 2, groups: 2 }),
    new nn.ConvTranspose2d(4, 2, 2, { stride: 2 }),
    new nn.Flatten(),
    new nn.Linear(72, 5),
  );
  readonly head = new nn.Linear(5, 2);
  override exampleInputArray: unknown = tf.buffer([2, 3, 8, 8]);

  override forward(x: unknown) {
    if (!(x instanceof tf.Tensor)) throw new Error("no tensor");
    return this.head.forward(this.net.forward(x));
  }
  override configureOptimizers() {}
}

describe("ModelSummary of a module", () => {
  it("is text without a Trainer, as deep as it was asked for", () => {
    const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Sequential(new nn.ReLU()));
    expect(String(new ModelSummary(net, { maxDepth: 2 })).split("\n")).toEqual([
      "   Name  Type        Params  Mode",
      "──────────────────────────────────",
      "0  0     Linear      40      train",
      "1  1     Sequential  0       train",
      "2  1.0   ReLU        0       train",
      "──────────────────────────────────",
      "40 trainable, 0 frozen, 40 parameters in total",
      "0.000 MiB as float32",
      "3 modules in train mode, 0 in eval mode",
    ]);
    expect(String(new ModelSummary(net))).not.toContain("1.0");
    expect(String(new ModelSummary(net, { maxDepth: 0 }))).not.toContain("2 trainable");
  });

  it("measures what goes through its layers, and counts operations as torch does", () => {
    const model = new Images();
    const before = tf.memory().numTensors;
    const lines = String(new ModelSummary(model, { maxDepth: -1 })).split("\n");
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(model.parameters().length);
    const cells = lines.slice(2, -5).map((line) => line.trim().split(/ {2,}/).slice(1));
    expect(cells.map(([name, type, , , flops, ...sizes]) => [name, type, flops, ...sizes])).toEqual([
      ["net", "Sequential", "63.1 K", "[2, 3, 8, 8]", "[2, 5]"],
      ["net.0", "Conv2d", "55.3 K", "[2, 3, 8, 8]", "[2, 8, 8, 8]"],
      ["net.1", "ReLU", "0", "[2, 8, 8, 8]", "[2, 8, 8, 8]"],
      ["net.2", "Conv2d", "5.2 K", "[2, 8, 8, 8]", "[2, 4, 3, 3]"],
      ["net.3", "ConvTranspose2d", "1.2 K", "[2, 4, 3, 3]", "[2, 2, 6, 6]"],
      ["net.4", "Flatten", "0", "[2, 2, 6, 6]", "[2, 72]"],
      ["net.5", "Linear", "1.4 K", "[2, 72]", "[2, 5]"],
      ["head", "Linear", "40", "[2, 5]", "[2, 2]"],
    ]);
    expect(lines.at(-1)).toBe("63.1 K FLOPs for the example");
    expect(model.training).toBe(true);
    expect(Object.hasOwn(model.head, "forward")).toBe(false);
  });

  it("leaves layers, modes and forward as they were when the example does not fit", () => {
    const model = new Images();
    model.exampleInputArray = tf.buffer([2, 5, 8, 8]);
    model.head.eval();
    expect(() => String(new ModelSummary(model))).toThrow("Conv2d");
    expect([model.training, model.head.training, Object.hasOwn(model.net, "forward")]).toEqual([true, false, false]);
  });

  it("counts a layer that is called twice twice, shows its first sizes, and takes several arguments", () => {
    class Twice extends LightningModule {
      readonly layer = new nn.Linear(3, 3);
      readonly unused = new nn.Linear(1, 1);
      override exampleInputArray: unknown = [tf.buffer([4, 3]), tf.buffer([1, 3])];
      override forward(...inputs: unknown[]) {
        const [a, b] = inputs;
        if (!(a instanceof tf.Tensor && b instanceof tf.Tensor)) throw new Error("not two tensors");
        return [this.layer.forward(a), this.layer.forward(b)];
      }
      override configureOptimizers() {}
    }
    const [, , layer, unused, , ...totals] = String(new ModelSummary(new Twice())).split("\n");
    expect(layer).toMatch(/layer .* 90 +\[4, 3\] +\[4, 3\]$/);
    expect(unused).toMatch(/unused .* 0 +\? +\?$/);
    expect(totals.at(-1)).toBe("90 FLOPs for the example");
  });

  it("says that a callback is no text", () => {
    expect(() => String(new ModelSummary({ maxDepth: 1 }))).toThrow("made of no module");
    expect(() => new ModelSummary({} as nn.Module, { maxDepth: 1 })).toThrow("can look at a module only");
  });

  it("says what to do instead", () => {
    const failures = [() => String(new ModelSummary()), () => new ModelSummary({} as nn.Module, { maxDepth: 1 })].map(
      (call) => {
        try {
          return call();
        } catch (error) {
          return String(error);
        }
      },
    );
    expect(failures[0]).toContain("Try: String(new ModelSummary(module, { maxDepth: -1 })).");
    expect(failures[1]).toContain("Expected a module and options, or options. Received {}");
  });

  it("is plain text, whatever a terminal can show", () => {
    const screens: unknown[] = [];
    class Looks extends ModelSummary {
      protected override render(...[summary, screen]: Parameters<ModelSummary["render"]>): string {
        screens.push(screen);
        return super.render(summary, screen);
      }
    }
    expect(String(new Looks(new nn.Linear(1, 1)))).toContain("2 trainable");
    expect(screens).toEqual([{ hasColors: false, columns: Number.POSITIVE_INFINITY }]);
  });

  it("with a frame names its own options", () => {
    expect(() => new RichModelSummary({ depth: 1 } as RichModelSummaryOptions)).toThrow(
      'RichModelSummary has no option "depth"',
    );
  });

  it("runs an example of LightningModules alone", () => {
    const layer = Object.assign(new nn.Linear(1, 1), { exampleInputArray: "no tensor" });
    expect(String(new ModelSummary(layer))).toContain("2 trainable");
  });

  it.each([...["bold", "dim", "italic", "underline", "red", "green", "yellow", "blue", "magenta", "cyan"], "bold red"])(
    "has a header that is %s",
    (headerStyle) => {
      const framed = String(new RichModelSummary(new nn.Linear(1, 1), { headerStyle, maxDepth: 0 }));
      expect(framed).toContain("┃ Name ┃");
      expect(() => new RichModelSummary({ headerStyle: `${headerStyle} loud` })).toThrow(
        "RichModelSummary cannot use this headerStyle.",
      );
    },
  );

  it.each([
    [{ maxDepth: 1.5 }, "maxDepth"],
    [{ depth: 1 }, 'ModelSummary has no option "depth"'],
    [{ headerStyle: "loud" }, "a style in Rich's words"],
  ])("refuses %j", (options, message) => {
    const make = () => new RichModelSummary(options as RichModelSummaryOptions);
    expect(make).toThrow(message);
    if (!("headerStyle" in options)) expect(() => new ModelSummary(options as ModelSummaryOptions)).toThrow(message);
  });
});

/** What stands on a screen after a fit with this summary. */
async function fitOn(terminal: FakeTerminal | ScreenTerminal, summary: Callback) {
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    ports: { files: new MemoryFiles(), terminal },
    callbacks: [summary],
  });
  await trainer.fit(new BoringModel(), new DataLoader(randomDataset({ length: 1 })));
}

describe("RichModelSummary", () => {
  it("draws the table in a frame", async () => {
    const terminal = new FakeTerminal();
    await fitOn(terminal, new RichModelSummary());
    expect(terminal.text.split("\n").slice(0, 5)).toEqual([
      "┏━━━┳━━━━━━━┳━━━━━━━━┳━━━━━━━━┳━━━━━━━┓",
      "┃   ┃ Name  ┃ Type   ┃ Params ┃ Mode  ┃",
      "┡━━━╇━━━━━━━╇━━━━━━━━╇━━━━━━━━╇━━━━━━━┩",
      "│ 0 │ layer │ Linear │ 66     │ train │",
      "└───┴───────┴────────┴────────┴───────┘",
    ]);
    expect(terminal.text).not.toContain("Name  Type");
  });

  it.each([60, 80, 120])("stands whole on a screen of %d columns, in colour", async (columns) => {
    const terminal = new ScreenTerminal({ columns, hasColors: true });
    await fitOn(terminal, new RichModelSummary({ headerStyle: "bold cyan" }));
    const lines = await terminal.lines();
    expect(lines).toContain("┃   ┃ Name  ┃ Type   ┃ Params ┃ Mode  ┃");
    expect(lines).toContain("66 trainable, 0 frozen, 66 parameters in total");
  });
});
