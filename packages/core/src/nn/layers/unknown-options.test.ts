import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

type AnyLayer = new (...args: unknown[]) => nn.Module;

/** Arguments that one layer or another can be built with. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [2],
  [4, 2],
  [2, 4],
  [4, 2, 2],
  [1, [2, 2]],
  [32, 16, [3, 6]],
  [2, { outputSize: 2 }],
  [{ scaleFactor: 2 }],
];

/** Containers, whose arguments are modules and parameters, and the layer that takes any argument, in PyTorch too. */
const CONTAINERS = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential", "LayersModelModule"];
const OTHERS = [...CONTAINERS, "Identity"];

/** Every class of `nn` that is a module, whatever is added. */
const LAYERS = Object.entries(nn).flatMap(([name, value]): [string, AnyLayer][] =>
  typeof value === "function" && value.prototype instanceof nn.Module && !OTHERS.includes(name)
    ? [[name, value as unknown as AnyLayer]]
    : [],
);

function built(Layer: AnyLayer, args: readonly unknown[]): nn.Module | undefined {
  try {
    return new Layer(...args);
  } catch {
    return undefined;
  }
}

/** The arguments with an option that nobody has. */
function misspelt(args: readonly unknown[]): unknown[] {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  return hasOptions ? [...args.slice(0, -1), { ...last, surelyNoOption: 1 }] : [...args, { surelyNoOption: 1 }];
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** As many arguments as nothing takes, and one behind them. */
const MORE = [...Array.from({ length: 12 }, () => undefined), 1];

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// An encoder takes a layer, and a transformer's width and heads have defaults.
const SPECIAL = new Map<string, () => unknown[]>([
  ["TransformerEncoder", () => [new nn.TransformerEncoderLayer(4, 2), 1]],
  ["Transformer", () => [4, 2]],
  ["TransformerDecoder", () => [new nn.TransformerDecoderLayer(4, 2), 1]],
]);

/** Arguments that a layer can be built with. */
function fittingArguments(name: string, Layer: AnyLayer): readonly (readonly unknown[])[] {
  const own = SPECIAL.get(name)?.();
  const fitting = (own === undefined ? ARGUMENTS : [own]).filter(
    (args) => (own !== undefined || args.length <= Math.max(Layer.length, 1)) && built(Layer, args) !== undefined,
  );
  expect(fitting, "arguments that the layer can be built with: add some to the list").not.toEqual([]);
  return fitting;
}

describe("an option that a layer does not have", () => {
  it.each(LAYERS)("is refused by nn.%s, with what it takes", (name, Layer) => {
    const fitting = fittingArguments(name, Layer);
    const errors = fitting.map((args) => errorOf(() => new Layer(...misspelt(args))));
    errors.forEach((error, i) => {
      expect(error, `with ${JSON.stringify(fitting[i])} before it`).toBeInstanceOf(MisconfigurationError);
    });
    const texts = errors.map(String);
    expect(
      texts.some((text) => text.includes(`nn.${name} `) && text.includes("surelyNoOption")),
      texts.join("\n"),
    ).toBe(true);
  });
});

/** Options whose kind is known by their name. */
const KINDED = [
  ...["affine", "elementwiseAffine", "trackRunningStats", "ceilMode", "returnIndices", "countIncludePad", "bias"],
  ...["alignCorners", "batchFirst", "bidirectional", "addBiasKv", "addZeroAttn", "normFirst", "full", "logInput"],
  ...["logTarget", "swap", "zeroInfinity", "scaleGradByFreq", "includeLastOffset", "keepdim", "headBias"],
  ...["eps", "delta", "beta", "margin", "labelSmoothing", "ignoreIndex", "layerNormEps", "dropout", "normType"],
  ...["maxNorm", "divValue", "blank", "threshold", "weight", "posWeight", "approximate", "reduction"],
];

/** What the error for an unknown option says there is. */
function knownOptions(error: unknown): string[] {
  return /Expected one of (.*?)\.(?: |$)/.exec(String(error))?.[1]?.split(", ") ?? [];
}

function withOption(args: readonly unknown[], option: string, value: unknown): unknown[] {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last) && !(last instanceof nn.Module);
  return hasOptions ? [...args.slice(0, -1), { ...last, [option]: value }] : [...args, { [option]: value }];
}

describe("an option of another kind", () => {
  const seen = new Set<string>();

  it.each(LAYERS)("is refused by nn.%s", (name, Layer) => {
    for (const args of fittingArguments(name, Layer)) {
      const options = knownOptions(errorOf(() => new Layer(...misspelt(args)))).filter((one) => KINDED.includes(one));
      for (const option of options) {
        seen.add(option);
        for (const wrong of ["surely not", null, [1], { a: 1 }, Number.NaN])
          expect(() => new Layer(...withOption(args, option, wrong)), `${option}: ${String(wrong)}`).toThrow(
            new RegExp(`${option}`),
          );
      }
    }
  });

  it("was tried with every one of them", () => {
    expect(KINDED.filter((option) => !seen.has(option))).toEqual([]);
  });

  it("is no flag that is a text, which would be true, nor a smoothing of more than 1", () => {
    const untyped = (value: unknown): never => value as never;
    expect(() => new nn.Linear(2, 2, untyped({ bias: "false" }))).toThrow(/nn\.Linear's bias.*true or false.*"false"/);
    expect(() => new nn.MSELoss(untyped({ reduction: "avg" }))).toThrow(/reduction.*"mean" or "sum" or "none"/);
    expect(() => new nn.CrossEntropyLoss(untyped({ weight: [1, 2] }))).toThrow(/weight.*tf\.tensor1d/);
    const [logits, classes] = [tf.zeros([1, 2]), tf.zeros([1], "int32")];
    expect(() => nn.functional.crossEntropy(logits, classes, { labelSmoothing: 1.5 })).toThrow(
      /labelSmoothing.*from 0/,
    );
    tf.dispose([logits, classes]);
  });
});

describe("an argument behind the last one", () => {
  it.each(LAYERS)("is refused by nn.%s, also behind its options", (name, Layer) => {
    for (const args of fittingArguments(name, Layer)) {
      const error = errorOf(() => new Layer(...args, ...MORE));
      expect(error, `with ${JSON.stringify(args)} before it`).toBeInstanceOf(MisconfigurationError);
      expect(String(error)).toMatch(new RegExp(`nn\\.${name} takes (fewer arguments|no options)`));
    }
  });

  it("is named, where it comes right behind the options", () => {
    const Conv2d = nn.Conv2d as unknown as AnyLayer;
    expect(() => new Conv2d(3, 4, 3, {}, 1)).toThrow(/nn\.Conv2d takes fewer arguments.*Received 1\..*by its name/);
    expect(() => new Conv2d(3, 4, 3, { stride: 2 }, { padding: 1 })).toThrow(/Received options padding/);
    expect(() => new Conv2d(3, 4, 3, 2, 1)).toThrow(/nn\.Conv2d takes an object of options.*stride, padding/);
    expect(() => new Conv2d(3, 4, 3, { inplace: true })).toThrow(/leave out PyTorch's inplace/);
  });

  it("is refused by containers, whose parts come in one list, and by fromPretrained", () => {
    const [one, two] = [new nn.Linear(1, 1), new nn.Linear(1, 1)];
    const parameter = nn.Parameter.fromData([1], [1]);
    const calls: readonly [string, AnyLayer, ...unknown[]][] = [
      ["ModuleList", nn.ModuleList as unknown as AnyLayer, [one]],
      ["ModuleDict", nn.ModuleDict as unknown as AnyLayer, { one }],
      ["ParameterList", nn.ParameterList as unknown as AnyLayer, [parameter]],
      ["ParameterDict", nn.ParameterDict as unknown as AnyLayer, { parameter }],
    ];
    for (const [name, Container, parts] of calls) {
      void new Container(parts);
      expect(() => new Container(parts, two)).toThrow(new RegExp(`nn\\.${name} takes fewer arguments`));
    }
    const table = tf.ones([3, 2]);
    for (const Table of [nn.Embedding, nn.EmbeddingBag]) {
      const fromPretrained = Table.fromPretrained as (...args: unknown[]) => unknown;
      expect(() => fromPretrained(table, {}, 1)).toThrow(/fromPretrained takes fewer arguments/);
    }
    table.dispose();
  });
});
