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
