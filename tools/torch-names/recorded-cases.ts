import { readFileSync } from "node:fs";

/** Options that recorded cases of PyTorch run with here, by PyTorch's name of who takes them. */
export type RecordedCases = ReadonlyMap<string, ReadonlySet<string>>;

const OPTIM = "packages/core/src/optim";

/** Cases of `optim/recorded-steps.test.ts`, `optim/optimizers.test.ts` and `optim/lbfgs/lbfgs.test.ts`. */
export function recordedOptimizers(): RecordedCases {
  const steps: { parts: { cases: { optimizer: string; options: object }[] }[] } = read(
    `${OPTIM}/fixtures/optimizer-steps.json`,
  );
  const sparse: typeof steps = read(`${OPTIM}/fixtures/sparse-adam-steps.json`);
  const first: { cases: { optimizer: string; options: object }[] } = read(`${OPTIM}/fixtures/optimizers.json`);
  const lbfgs: { cases: { options: object }[] } = read(`${OPTIM}/lbfgs/fixtures/lbfgs.json`);
  return collect([
    ...[...[...steps.parts, ...sparse.parts].flatMap((part) => part.cases), ...first.cases].map(
      ({ optimizer, options }) => [optimizer, ["lr", ...Object.keys(options)]] as const,
    ),
    ...lbfgs.cases.map(({ options }) => ["LBFGS", Object.keys(options)] as const),
  ]);
}

/** Cases of `optim/lr-scheduler/schedulers.test.ts`. */
export function recordedSchedulers(): RecordedCases {
  const { curves, resumed, plateaus, ...single }: SchedulerFixture = read(`${OPTIM}/fixtures/schedulers.json`);
  const others: readonly (readonly [fixture: string, name: string, options: readonly string[]])[] = [
    ["sequence", "SequentialLR", ["schedulers", "milestones"]],
    ["resumedSequences", "SequentialLR", ["lastEpoch"]],
    ["chainedScheduler", "ChainedScheduler", ["schedulers"]],
    ["multiplied", "MultiplicativeLR", ["lrLambda"]],
    ["lambda", "LambdaLR", ["lrLambda"]],
    ["scaledCycle", "CyclicLR", ["scaleFn", "scaleMode"]],
  ];
  return collect([
    ...[...curves, ...resumed].map(({ scheduler, options }) => [scheduler, Object.keys(options)] as const),
    ...plateaus.map(({ options }) => ["ReduceLROnPlateau", Object.keys(options)] as const),
    ...others.filter(([fixture]) => fixture in single).map(([, name, options]) => [name, options] as const),
  ]);
}

interface SchedulerFixture extends Readonly<Record<string, unknown>> {
  readonly resumed: readonly { readonly scheduler: string; readonly options: object }[];
  readonly curves: readonly { readonly scheduler: string; readonly options: object }[];
  readonly plateaus: readonly { readonly options: object }[];
}

/** Cases of `optim/swa-utils/averaged-model.test.ts`; `SWALR`'s are among the schedulers'. */
export function recordedAverages(): RecordedCases {
  const { cases }: { cases: { name: string }[] } = read(`${OPTIM}/swa-utils/fixtures/swa.json`);
  const run: Readonly<Record<string, readonly (readonly [string, readonly string[]])[]>> = {
    mean: [["get_swa_multi_avg_fn", []]],
    swaAvgFn: [["get_swa_avg_fn", []]],
    avgFn: [
      ["get_ema_avg_fn", ["decay"]],
      ["AveragedModel", ["avgFn"]],
    ],
    ema: [
      ["get_ema_multi_avg_fn", ["decay"]],
      ["AveragedModel", ["multiAvgFn"]],
    ],
    buffers: [["AveragedModel", ["useBuffers"]]],
  };
  const all = ["model"];
  return collect([
    ...cases.flatMap(({ name }) => run[name] ?? []),
    ["AveragedModel", all],
    ["update_bn", ["loader", ...all]],
    ...[...recordedSchedulers()]
      .filter(([name]) => name === "SWALR")
      .map(([name, options]) => [name, [...options]] as const),
  ]);
}

/** Cases of `distributions/distributions.parity.test.ts`. */
export function recordedDistributions(): RecordedCases {
  const { cases, composed }: { cases: { kind: string; params: object; other: object }[]; composed?: object } = read(
    "packages/core/src/distributions/fixtures/distributions.json",
  );
  const together: readonly (readonly [string, readonly string[]])[] = [
    ["Independent", ["baseDistribution", "reinterpretedBatchNdims"]],
    ["TransformedDistribution", ["baseDistribution", "transforms"]],
    ["TanhTransform", []],
    ["AffineTransform", ["loc", "scale"]],
  ];
  return collect([
    ...cases.map(({ kind, params, other }) => [kind, [...Object.keys(params), ...Object.keys(other)]] as const),
    ["kl_divergence", ["p", "q"]],
    ...(composed === undefined ? [] : together),
  ]);
}

/** Cases by name, with the options of all of them together. */
export function collect(cases: readonly (readonly [name: string, options: readonly string[]])[]): RecordedCases {
  const found = new Map<string, Set<string>>();
  for (const [name, options] of cases) {
    const known = found.get(name) ?? new Set();
    for (const option of options) known.add(comparable(option));
    found.set(name, known);
  }
  return found;
}

/** Names in camelCase and PyTorch's (`stepSize`, `step_size`, `T_max`) become the same. */
export function comparable(option: string): string {
  return option.replaceAll("_", "").toLowerCase();
}

export function read<TContent>(path: string): TContent {
  return JSON.parse(readFileSync(path, "utf8"));
}
