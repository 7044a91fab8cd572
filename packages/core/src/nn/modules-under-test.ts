import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { grad } from "../autograd/grad.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import {
  decoded,
  expectRecorded,
  ofLargest,
  tensorOf,
  type RecordedTensor,
  type TypedTensor,
} from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

/** A layer that PyTorch ran: made with these arguments, given these inputs. */
export interface ModuleCase {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  /** A function of nn.utils or nn.utils.parametrizations, and what it is called with. */
  readonly wrap: readonly [where: string, name: string, options: Readonly<Record<string, unknown>>] | null;
  readonly training: boolean;
  readonly state: Readonly<Record<string, RecordedTensor>>;
  readonly inputs: readonly unknown[];
  readonly outputs: readonly TypedTensor[];
  readonly dys: readonly (TypedTensor | null)[];
  readonly gradients: readonly (TypedTensor | null)[];
  readonly parameters: Readonly<Record<string, RecordedTensor | null>>;
  readonly stateAfter: Readonly<Record<string, RecordedTensor>>;
}

/** Recorded with torch 2.15: tests/parity/record_modules.py and record_more_layers.py. */
const { cases }: { readonly cases: readonly ModuleCase[] } = read("modules");
const { layers }: { readonly layers: readonly ModuleCase[] } = read("more-layers");

function read<TContent>(name: string): TContent {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** Float32 sums of a few dozen terms in another order, and functions whose last bits differ. */
const TOLERANCE = 1e-5;
type Run = (...inputs: unknown[]) => tf.Tensor | tf.Tensor[];

function create({ layer, args, options, wrap }: ModuleCase): nn.Module {
  const Layer = new Map<string, unknown>(Object.entries(nn)).get(layer) as new (...args: unknown[]) => nn.Module;
  const given = args.map(decoded);
  const module = new Layer(...given, ...(Object.keys(options).length === 0 ? [] : [decoded(options)]));
  if (wrap === null) return module;
  const [where, name, { dim, n_power_iterations: nPowerIterations, eps }] = wrap;
  const owner = where === "parametrizations" ? nn.utils.parametrizations : nn.utils;
  if (name === "weight_norm") return owner.weightNorm(module, "weight", dim as number | null);
  const named = { dim, nPowerIterations, eps };
  return owner.spectralNorm(
    module,
    "weight",
    Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  );
}

/** What options hold is the layer's afterwards. */
function inScope<TResult>(run: () => TResult): TResult {
  using _scope = tensorScope();
  return run();
}

function plainState(state: ModuleCase["state"]): Record<string, { shape: number[]; values: number[] }> {
  return Object.fromEntries(
    Object.entries(state).map(([key, { shape, values }]) => [key, { shape: [...shape], values: values.map(Number) }]),
  );
}

/** Every recorded layer with what it is made with, for the names of tests. */
export const moduleCases = [...cases, ...layers].map((recorded, index) => ({
  ...recorded,
  title: `${index} ${recorded.layer}(${JSON.stringify(recorded.args)}, ${JSON.stringify(recorded.options)}) ${recorded.wrap?.join(" ") ?? ""}`,
}));

/** Runs a layer as PyTorch did, and compares outputs, gradients and state. */
export function expectAsRecorded(recorded: ModuleCase): void {
  const layer = inScope(() => create(recorded));
  expect([...layer.stateDict().keys()].toSorted()).toEqual(Object.keys(recorded.state).toSorted());
  layer.loadStateDict(plainState(recorded.state));
  {
    using _scope = tensorScope();
    layer.train(recorded.training);
    const inputs = recorded.inputs.map(decoded);
    const result = (layer.forward.bind(layer) as Run)(...inputs);
    const outputs = Array.isArray(result) ? result : [result];
    expect(outputs).toHaveLength(recorded.outputs.length);
    outputs.forEach((output, i) => expectRecorded(output, recorded.outputs[i], `output ${i}`, ofLargest(TOLERANCE)));
    const named = layer
      .namedParameters()
      .map(([name, value]) => ({ name, value, gradient: recorded.parameters[name] }));
    const given = inputs.map((value, i) => ({ name: `input ${i}`, value, gradient: recorded.gradients[i] }));
    const wanted = [...named, ...given].flatMap(({ name, value, gradient }) =>
      value instanceof tf.Tensor && gradient ? [{ name, value, gradient }] : [],
    );
    const seen = outputs.filter((_, i) => recorded.dys[i] !== null);
    const gradOutputs = recorded.dys.flatMap((dy) => (dy === null ? [] : [tensorOf(dy)]));
    const found = grad(
      seen,
      wanted.map(({ value }) => value),
      { gradOutputs },
    );
    wanted.forEach(({ name, gradient }, at) =>
      expectRecorded(found[at], gradient, `gradient of ${name}`, ofLargest(TOLERANCE)),
    );
    for (const [name, value] of Object.entries(recorded.stateAfter))
      expectRecorded(layer.stateDict().get(name), value, `${name} afterwards`, ofLargest(TOLERANCE));
  }
  layer.dispose();
}
