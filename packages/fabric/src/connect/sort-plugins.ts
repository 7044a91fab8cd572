import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { CheckpointStore } from "../checkpoint/checkpoint-store.js";
import type { Collective } from "../collectives/collective.js";
import type { ClusterEnvironment } from "../environments/cluster-environment.js";
import type { Precision } from "../precision/precision.js";
import type { Plugin } from "./connect-options.js";

export interface SortedPlugins {
  precision?: Precision;
  store?: CheckpointStore;
  environment?: ClusterEnvironment;
  collective?: Collective;
}

const KINDS = ["precision", "checkpoint-store", "cluster-environment", "collective"] as const;

/** @throws MisconfigurationError for something that is no plugin, and for two of one kind */
export function sortPlugins(plugins: Plugin | readonly Plugin[]): SortedPlugins {
  const sorted: SortedPlugins = {};
  const seen = new Set<string>();
  const list: readonly Plugin[] = isList(plugins) ? plugins : [plugins];
  for (const plugin of list) {
    if (typeof plugin !== "object" || plugin === null || !KINDS.includes(plugin.kind)) throw unknownPlugin(plugin);
    if (seen.has(plugin.kind))
      throw new MisconfigurationError({
        code: "LIT_PLUGIN",
        message: `Two plugins of the kind "${plugin.kind}" were given.`,
        expected: "at most one of each kind",
      });
    seen.add(plugin.kind);
    place(plugin, sorted);
  }
  return sorted;
}

function place(plugin: Plugin, sorted: SortedPlugins): void {
  switch (plugin.kind) {
    case "precision":
      sorted.precision = plugin;
      break;
    case "checkpoint-store":
      sorted.store = plugin;
      break;
    case "cluster-environment":
      sorted.environment = plugin;
      break;
    case "collective":
      sorted.collective = plugin;
      break;
    default:
      plugin satisfies never;
  }
}

function isList(plugins: Plugin | readonly Plugin[]): plugins is readonly Plugin[] {
  return Array.isArray(plugins);
}

function unknownPlugin(received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_PLUGIN",
    message: "This is no plugin.",
    expected: `an object whose kind is one of ${KINDS.map((kind) => `"${kind}"`).join(", ")}`,
    received: describeValue(received),
    tryThis: "accelerators, strategies, callbacks and loggers have options of their own.",
  });
}
