import { classNameOf, isMetric, MisconfigurationError, type Metric, type nn } from "@lightning-ts/core";

/** Which metric objects a module has, and where. */
export class MetricAttributes {
  readonly #module: nn.Module;
  readonly #names = new Map<Metric, string>();

  constructor(module: nn.Module) {
    this.#module = module;
  }

  /** All metrics with the names of their attributes. */
  all(): (readonly [name: string, metric: Metric])[] {
    return this.#module.namedModules().flatMap(([name, module]) => (isMetric(module) ? [[name, module] as const] : []));
  }

  find(name: string): Metric | undefined {
    return this.all().find(([known]) => known === name)?.[1];
  }

  /**
   * Where the module has this metric.
   * @param given what `metricAttribute` says
   * @throws MisconfigurationError when it is not there
   */
  nameOf(metric: Metric, logged: string, given: string | undefined): string {
    if (!this.#names.has(metric)) for (const [name, one] of this.all()) this.#names.set(one, name);
    const found = this.#names.get(metric);
    if (found === undefined) throw notAnAttribute(metric, logged, [...this.#names.values()]);
    if (given === undefined || given === found || this.find(given) === metric) return given ?? found;
    throw new MisconfigurationError({
      code: "LIT_LOG_METRIC",
      message: `log("${logged}"): the module's attribute ${given} is not the metric that is logged.`,
      expected: `metricAttribute: "${found}"`,
      tryThis: "leave metricAttribute out: it is found.",
    });
  }
}

function notAnAttribute(metric: Metric, logged: string, known: readonly string[]): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message: `log("${logged}"): this ${classNameOf(metric)} is not an attribute of the module, so nothing can keep it in checkpoints.`,
    expected: known.length === 0 ? "a metric in a field of the module" : `one of ${known.join(", ")}`,
    tryThis: `readonly ${/^\w+$/.test(logged) ? logged : "metric"} = new ${classNameOf(metric)}(…) in the class; several belong into nn.ModuleList or nn.ModuleDict.`,
  });
}
