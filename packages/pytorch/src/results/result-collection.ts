import { MisconfigurationError, type Metric } from "@lightning-ts/core";
import type { LazyScalar } from "@lightning-ts/fabric";
import type { LoggedResult, MetricSettings, ResultMetricState } from "./logged-result.js";
import { ResultMetric } from "./result-metric.js";
import { ResultObject } from "./result-object.js";

/** Where a value was logged, and how. */
export interface LogPlace {
  readonly hook: string;
  readonly name: string;
  readonly dataloaderIdx: number | undefined;
  readonly settings: MetricSettings;
}

/** Everything logged in one stage (training, or one evaluation), by hook and name. */
export class ResultCollection {
  readonly isTraining: boolean;
  readonly #byHook = new Map<string, Map<string, LoggedResult>>();

  constructor(options: { readonly isTraining: boolean }) {
    this.isTraining = options.isTraining;
  }

  /**
   * Adds a value.
   * @throws MisconfigurationError when the hook logged this name with other settings before
   */
  update(place: LogPlace, scalar: LazyScalar, weight: number): void {
    const { name, dataloaderIdx, settings } = place;
    const result = this.#resultAt(place, () => new ResultMetric(name, dataloaderIdx, settings));
    if (result instanceof ResultMetric) result.update(scalar, weight);
  }

  /**
   * Remembers a metric object.
   * @param latest the value of its last call, where there is one
   * @throws MisconfigurationError when the hook logged this name with other settings before
   */
  updateObject(place: LogPlace, metric: Metric, latest: LazyScalar | undefined): void {
    const { name, dataloaderIdx, settings } = place;
    const result = this.#resultAt(place, () => new ResultObject(name, dataloaderIdx, settings, metric));
    if (result instanceof ResultObject) result.update(latest);
  }

  #resultAt(place: LogPlace, make: () => LoggedResult): LoggedResult {
    let results = this.#byHook.get(place.hook);
    if (results === undefined) this.#byHook.set(place.hook, (results = new Map()));
    const key = keyOf(place.name, place.dataloaderIdx, place.settings);
    let result = results.get(key);
    if (result === undefined) results.set(key, (result = make()));
    else requireSame(place.hook, result, place.settings, place.dataloaderIdx);
    return result;
  }

  /** All metrics, in the order in which they were first logged. */
  *metrics(): Iterable<LoggedResult> {
    for (const metrics of this.#byHook.values()) yield* metrics.values();
  }

  /** Those of numbers and tensors. */
  numbers(): ResultMetric[] {
    return [...this.metrics()].filter((result) => result instanceof ResultMetric);
  }

  /** Those of metric objects. */
  objects(): ResultObject[] {
    return [...this.metrics()].filter((result) => result instanceof ResultObject);
  }

  get isEmpty(): boolean {
    return this.#byHook.size === 0;
  }

  /** Forgets everything, names included. */
  reset(): void {
    for (const metric of this.metrics()) metric.reset();
    this.#byHook.clear();
  }

  state(): readonly (readonly [hook: string, metrics: readonly ResultMetricState[]])[] {
    return [...this.#byHook].map(
      ([hook, metrics]) => [hook, [...metrics.values()].map((metric) => metric.state())] as const,
    );
  }

  /** @param find the metric object with this name in the module; where it has none, its values are left out */
  restore(
    state: readonly (readonly [hook: string, metrics: readonly ResultMetricState[]])[],
    find: (name: string) => Metric | undefined,
  ): void {
    this.reset();
    for (const [hook, states] of state) {
      const metrics = new Map<string, LoggedResult>();
      for (const one of states) {
        const metric = fromState(one, find);
        if (metric === undefined) continue;
        metric.restore(one);
        metrics.set(keyOf(metric.name, metric.dataloaderIdx, metric.settings), metric);
      }
      this.#byHook.set(hook, metrics);
    }
  }
}

function fromState(state: ResultMetricState, find: (name: string) => Metric | undefined): LoggedResult | undefined {
  const dataloaderIdx = state.dataloaderIdx ?? undefined;
  const { metricAttribute } = state.settings;
  const settings = { ...state.settings, syncDist: state.settings.syncDist ?? false }; // older checkpoints do not say
  if (metricAttribute === undefined) return new ResultMetric(state.name, dataloaderIdx, settings);
  const metric = find(metricAttribute);
  return metric === undefined ? undefined : new ResultObject(state.name, dataloaderIdx, settings, metric);
}

function keyOf(name: string, dataloaderIdx: number | undefined, { addDataloaderIdx }: MetricSettings): string {
  return dataloaderIdx === undefined || !addDataloaderIdx ? name : `${name}/dataloader_idx_${dataloaderIdx}`;
}

function requireSame(
  hook: string,
  metric: LoggedResult,
  settings: MetricSettings,
  dataloaderIdx: number | undefined,
): void {
  const known = metric.settings;
  if (metric.dataloaderIdx !== dataloaderIdx)
    throw new MisconfigurationError({
      code: "LIT_LOG_SETTINGS",
      message: `log("${metric.name}") was called in ${hook} for dataloaders ${metric.dataloaderIdx} and ${dataloaderIdx}.`,
      expected: "a name of its own for each dataloader, since addDataloaderIdx is false",
      tryThis: `log(\`${metric.name}_\${dataloaderIdx}\`, …), or leave addDataloaderIdx out.`,
    });
  if (known === settings) return;
  if (sameSettings(known, settings)) return;
  if (known.metricAttribute !== settings.metricAttribute)
    throw new MisconfigurationError({
      code: "LIT_LOG_SETTINGS",
      message: `log("${metric.name}") was called in ${hook} with different kinds of values.`,
      expected: describeKind(known),
      received: describeKind(settings),
      tryThis: "another name for one of the two.",
    });
  throw new MisconfigurationError({
    code: "LIT_LOG_SETTINGS",
    message: `log("${metric.name}") was called twice in ${hook} with different options.`,
    expected: JSON.stringify(known),
    received: JSON.stringify(settings),
    tryThis: "another name for one of the two.",
  });
}

function describeKind({ metricAttribute }: MetricSettings): string {
  return metricAttribute === undefined ? "a number or a tensor" : `the metric ${metricAttribute}`;
}

function sameSettings(a: MetricSettings, b: MetricSettings): boolean {
  return (
    a.progBar === b.progBar &&
    a.logger === b.logger &&
    a.onStep === b.onStep &&
    a.onEpoch === b.onEpoch &&
    a.reduceFx === b.reduceFx &&
    a.addDataloaderIdx === b.addDataloaderIdx &&
    a.syncDist === b.syncDist &&
    a.metricAttribute === b.metricAttribute
  );
}
