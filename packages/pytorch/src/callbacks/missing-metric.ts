import { nearestName } from "@lightning-ts/core";

/** What to say of a metric that a callback watches and nobody logged. */
export interface MissingMetric {
  readonly message: string;
  readonly expected: string;
  readonly tryThis: string;
}

export function describeMissingMetric(
  owner: string,
  monitor: string,
  logged: Readonly<Record<string, number>>,
): MissingMetric {
  const names = Object.keys(logged);
  const nearest = nearestName(monitor, names);
  return {
    message: `${owner} watches "${monitor}", which was not logged.`,
    expected: `one of ${names.join(", ") || "(nothing was logged)"}`,
    tryThis:
      nearest === undefined ? `log("${monitor}", …) in validationStep or trainingStep.` : `monitor: "${nearest}".`,
  };
}
