import { type Metric, MisconfigurationError } from "@lightning-ts/core";

/** A metric that says what its states depend on: metrics of the same text collect the same. */
interface Collecting {
  readonly collects: string;
}

/** Names of metrics that share a state, the first of each list for all. */
export function computeGroups(
  metrics: ReadonlyMap<string, Metric>,
  asked: boolean | readonly (readonly string[])[],
): readonly (readonly string[])[] {
  if (asked === false) return [...metrics.keys()].map((name) => [name]);
  if (asked !== true) return checked(metrics, asked);
  const groups = new Map<string, string[]>();
  for (const [name, metric] of metrics) {
    const key = isCollecting(metric) ? metric.collects : `metric ${name}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

function isCollecting(metric: object): metric is Collecting {
  return "collects" in metric && typeof metric.collects === "string";
}

function checked(
  metrics: ReadonlyMap<string, Metric>,
  groups: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const listed = groups.flat();
  const isComplete = listed.length === metrics.size && [...metrics.keys()].every((name) => listed.includes(name));
  if (isComplete) return groups;
  throw new MisconfigurationError({
    message: "The compute groups of this collection do not list each of its metrics once.",
    expected: [...metrics.keys()].join(", "),
    received: listed.join(", "),
  });
}
