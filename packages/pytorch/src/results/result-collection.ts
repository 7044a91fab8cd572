import { MisconfigurationError } from "@lightning-ts/core";
import type { LazyScalar } from "@lightning-ts/fabric";
import { ResultMetric, type MetricSettings, type ResultMetricState } from "./result-metric.js";

/** Everything logged in one stage (training, or one evaluation), by hook and name. */
export class ResultCollection {
  readonly isTraining: boolean;
  readonly #byHook = new Map<string, Map<string, ResultMetric>>();

  constructor(options: { readonly isTraining: boolean }) {
    this.isTraining = options.isTraining;
  }

  /**
   * Adds a value.
   * @throws MisconfigurationError when the hook logged this name with other settings before
   */
  update(
    hook: string,
    name: string,
    dataloaderIdx: number | undefined,
    settings: MetricSettings,
    scalar: LazyScalar,
    weight: number,
  ): void {
    let metrics = this.#byHook.get(hook);
    if (metrics === undefined) this.#byHook.set(hook, (metrics = new Map()));
    const key = keyOf(name, dataloaderIdx, settings);
    let metric = metrics.get(key);
    if (metric === undefined) metrics.set(key, (metric = new ResultMetric(name, dataloaderIdx, settings)));
    else requireSame(hook, metric, settings, dataloaderIdx);
    metric.update(scalar, weight);
  }

  /** All metrics, in the order in which they were first logged. */
  *metrics(): Iterable<ResultMetric> {
    for (const metrics of this.#byHook.values()) yield* metrics.values();
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

  restore(state: readonly (readonly [hook: string, metrics: readonly ResultMetricState[]])[]): void {
    this.reset();
    for (const [hook, states] of state) {
      const metrics = new Map<string, ResultMetric>();
      for (const one of states) {
        const metric = new ResultMetric(one.name, one.dataloaderIdx ?? undefined, {
          ...one.settings,
          syncDist: one.settings.syncDist ?? false, // older checkpoints do not say
        });
        metric.restore(one);
        metrics.set(keyOf(metric.name, metric.dataloaderIdx, metric.settings), metric);
      }
      this.#byHook.set(hook, metrics);
    }
  }
}

function keyOf(name: string, dataloaderIdx: number | undefined, { addDataloaderIdx }: MetricSettings): string {
  return dataloaderIdx === undefined || !addDataloaderIdx ? name : `${name}/dataloader_idx_${dataloaderIdx}`;
}

function requireSame(
  hook: string,
  metric: ResultMetric,
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
  throw new MisconfigurationError({
    code: "LIT_LOG_SETTINGS",
    message: `log("${metric.name}") was called twice in ${hook} with different options.`,
    expected: JSON.stringify(known),
    received: JSON.stringify(settings),
    tryThis: "another name for one of the two.",
  });
}

function sameSettings(a: MetricSettings, b: MetricSettings): boolean {
  return (
    a.progBar === b.progBar &&
    a.logger === b.logger &&
    a.onStep === b.onStep &&
    a.onEpoch === b.onEpoch &&
    a.reduceFx === b.reduceFx &&
    a.addDataloaderIdx === b.addDataloaderIdx &&
    a.syncDist === b.syncDist
  );
}
