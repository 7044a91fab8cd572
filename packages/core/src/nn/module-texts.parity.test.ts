import { inspect } from "node:util";
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Parameter } from "../autograd/parameter.js";
import * as nn from "./index.js";

interface Recorded {
  readonly layer: string;
  readonly args: unknown[];
  readonly options: Record<string, unknown>;
  readonly text: string;
}

/** Recorded with torch 2.15: tests/parity/record_module_texts.py. */
const { cases, models } = JSON.parse(readFileSync(new URL("fixtures/module-texts.json", import.meta.url), "utf8")) as {
  readonly cases: Recorded[];
  readonly models: Record<string, string>;
};

function create({ layer, args, options }: Recorded): nn.Module {
  const named = new Map<string, unknown>(Object.entries(nn)).get(layer) as new (...args: unknown[]) => nn.Module;
  const norm = layer.includes("BatchNorm") && options["momentum"] === null ? { momentum: "cumulative" } : {};
  return new named(...args, ...(Object.keys(options).length === 0 ? [] : [{ ...options, ...norm }]));
}

class Block extends nn.Module {
  readonly inner: nn.Linear;
  constructor(width: number) {
    super();
    this.inner = new nn.Linear(4, width);
  }
  override extraRepr(): string {
    return "two\nlines";
  }
}

class Named extends nn.Module {
  override extraRepr(): string {
    return "two\nlines";
  }
}

const ones = (shape: number[]): Parameter =>
  Parameter.fromData(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const linear = (): nn.Linear => new nn.Linear(4, 2);
const shared = new nn.Linear(2, 2);
const encoderLayer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
const built: Record<string, () => nn.Module> = {
  sequential: () =>
    new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 2))),
  "repeated in a sequential": () => new nn.Sequential(new nn.ReLU(), new nn.ReLU()),
  repeated: () => new nn.ModuleList(Array.from({ length: 4 }, () => new nn.Linear(4, 4))),
  "partly repeated": () => new nn.ModuleList<nn.Module>([linear(), new nn.ReLU(), new nn.ReLU(), linear(), linear()]),
  blocks: () => new nn.ModuleList([new Block(2), new Block(2), new Block(3)]),
  dictionary: () =>
    new nn.ModuleDict<nn.Module>({ left: linear(), right: new nn.ModuleList([new nn.Tanh(), new nn.Tanh()]) }),
  lines: () => new Named(),
  shared: () => new nn.Sequential(shared, shared),
  parameters: () => new nn.ParameterList([ones([3]), ones([2, 4])]),
  "one parameter": () => new nn.ParameterList([ones([])]),
  "parameters by name": () => new nn.ParameterDict({ scale: ones([3]), shift: ones([1, 2]) }),
  "weight norm": () => nn.utils.parametrizations.weightNorm(new nn.Linear(3, 2)),
  "spectral norm": () =>
    new nn.Sequential(nn.utils.parametrizations.spectralNorm(new nn.Conv2d(3, 2, 1)), new nn.ReLU()),
  "two weight norms": () => {
    const { weightNorm } = nn.utils.parametrizations;
    return weightNorm(weightNorm(new nn.Bilinear(3, 2, 2)), "bias");
  },
  encoder: () => new nn.TransformerEncoder(encoderLayer, 2, { norm: new nn.LayerNorm(4) }),
};

describe("a module as text is what PyTorch prints", () => {
  it.each(cases.map((one) => ({ ...one, title: `${one.layer}(${JSON.stringify([one.args, one.options])})` })))(
    "$title",
    (recorded) => {
      expect(String(create(recorded))).toBe(recorded.text);
    },
  );

  it.each(Object.entries(models))("%s", (name, text) => {
    expect(String(built[name]?.())).toBe(text);
  });

  it("is what the console shows, also inside of something else", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
    expect(inspect(net)).toBe(String(net));
    expect(inspect({ net })).toBe(`{\n  net: ${String(net).replaceAll("\n", "\n  ")}\n}`);
  });

  it("every layer that is exported has a recorded text", () => {
    const own = ["Module", "Parameter", "Buffer", "LayersModelModule", "TransformerEncoder", "TransformerDecoder"];
    const recorded = new Set([...cases.map(({ layer }) => layer), ...own]);
    const classes = Object.entries(nn).flatMap(([name, value]) =>
      typeof value === "function" && /^[A-Z]/.test(name) ? [name] : [],
    );
    expect(classes.filter((name) => !recorded.has(name))).toEqual([]);
  });

  it("floats are Python's: exponents below 0.0001 and from 1e16, a fraction always, names of what is no number", () => {
    const values = [1, -2.5, 0.0001, 0.00001234, 123456.789, 1e16, 1.5e300, -0, Number.NaN, -Infinity, 0.1 + 0.2];
    expect(values.map((alpha) => /=(.*)\)/.exec(String(new nn.ELU(alpha)))?.[1])).toEqual([
      ...["1.0", "-2.5", "0.0001", "1.234e-05", "123456.789", "1e+16", "1.5e+300", "-0.0", "nan", "-inf"],
      "0.30000000000000004",
    ]);
  });
});
