import { classNameOf } from "@lightning-ts/core";
import type { nn } from "@lightning-ts/core";
import { renderTable } from "./render-table.js";

/** One row of a model summary. */
export interface SummaryRow {
  readonly name: string;
  readonly type: string;
  readonly parameterCount: number;
  readonly mode: "train" | "eval";
}

export interface ModelSummaryContent {
  readonly rows: readonly SummaryRow[];
  readonly trainable: number;
  readonly frozen: number;
  readonly sizeBytes: number;
  readonly modulesInTrainMode: number;
  readonly modulesInEvalMode: number;
}

const FLOAT_BYTES = 4;

/** Counts what a model is made of. @param maxDepth 1 for direct children, -1 for everything */
export function summarizeModel(model: nn.Module, maxDepth = 1): ModelSummaryContent {
  const modules = model.namedModules().filter(([name]) => name !== "");
  const shown = modules.filter(([name]) => maxDepth === -1 || name.split(".").length <= maxDepth);
  const parameters = model.parameters();
  const trainable = countOf(parameters.filter((parameter) => parameter.requiresGrad));
  const frozen = countOf(parameters) - trainable;
  const inTraining = modules.filter(([, child]) => child.training).length;
  const own = countOf(parameters) - countOf(model.children().flatMap((child) => child.parameters()));
  return {
    rows: [
      ...shown.map(([name, child]) => ({
        name,
        type: classNameOf(child),
        parameterCount: countOf(child.parameters()),
        mode: child.training ? ("train" as const) : ("eval" as const),
      })),
      ...(own > 0
        ? [
            {
              name: "(other)",
              type: "parameters",
              parameterCount: own,
              mode: model.training ? ("train" as const) : ("eval" as const),
            },
          ]
        : []),
    ],
    trainable,
    frozen,
    sizeBytes: (trainable + frozen) * FLOAT_BYTES,
    modulesInTrainMode: inTraining,
    modulesInEvalMode: modules.length - inTraining,
  };
}

/** The summary as text. */
export function renderSummary(summary: ModelSummaryContent): string {
  const header = ["", "Name", "Type", "Params", "Mode"];
  const rows = summary.rows.map((row, index) => [
    String(index),
    row.name,
    row.type,
    humanCount(row.parameterCount),
    row.mode,
  ]);
  const footer = [
    `${humanCount(summary.trainable)} trainable, ${humanCount(summary.frozen)} frozen, ${humanCount(summary.trainable + summary.frozen)} parameters in total`,
    `${(summary.sizeBytes / 2 ** 20).toFixed(3)} MiB as float32`,
    `${summary.modulesInTrainMode} ${summary.modulesInTrainMode === 1 ? "module" : "modules"} in train mode, ${summary.modulesInEvalMode} in eval mode`,
  ];
  return [...renderTable([header, ...rows]), ...footer].join("\n");
}

/** `950`, `1.2 K`, `3.4 M`. */
export function humanCount(count: number): string {
  for (const [size, unit] of [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "K"],
  ] as const) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return String(count);
}

function countOf(parameters: readonly { readonly size: number }[]): number {
  return parameters.reduce((sum, parameter) => sum + parameter.size, 0);
}
