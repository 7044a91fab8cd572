import { classNameOf, nn } from "@lightning-ts/core";
import { type LayerMeasure, measureLayers, UNKNOWN_SIZE } from "./measure-layers.js";
import { renderTable } from "./render-table.js";

/** One row of a model summary. */
export interface SummaryRow {
  readonly name: string;
  readonly type: string;
  readonly parameterCount: number;
  readonly mode: "train" | "eval";
  /** What went through it, where there is an example. */
  readonly measure: LayerMeasure | undefined;
}

export interface ModelSummaryContent {
  readonly rows: readonly SummaryRow[];
  readonly trainable: number;
  readonly frozen: number;
  /** Tensors of lazy layers that have seen no input: they count nowhere. */
  readonly withoutShape: number;
  readonly sizeBytes: number;
  readonly modulesInTrainMode: number;
  readonly modulesInEvalMode: number;
  /** Operations for the example; undefined without one. */
  readonly flops: number | undefined;
}

const FLOAT_BYTES = 4;

/**
 * Counts what a model is made of.
 * @param maxDepth 1 for direct children, 0 for none, -1 for everything
 * @param example what `forward` takes, for the sizes of what goes through the layers; undefined for none
 */
export function summarizeModel(model: nn.Module, maxDepth = 1, example?: unknown): ModelSummaryContent {
  const modules = model.namedModules().filter(([name]) => name !== "");
  const shown = modules.filter(([name]) => maxDepth === -1 || name.split(".").length <= maxDepth);
  const parameters = model.parameters();
  const trainable = countOf(parameters.filter((parameter) => parameter.requiresGrad));
  const frozen = countOf(parameters) - trainable;
  const inTraining = modules.filter(([, child]) => child.training).length;
  const measures = example === undefined ? undefined : measureLayers(model, example);
  const own = countOf(parameters) - countOf(model.children().flatMap((child) => child.parameters()));
  return {
    rows: [
      ...shown.map(([name, child]) => ({
        name,
        type: classNameOf(child),
        parameterCount: countOf(child.parameters()),
        mode: modeOf(child),
        measure: measures?.get(name),
      })),
      ...(own > 0 && maxDepth !== 0
        ? [{ name: "(other)", type: "parameters", parameterCount: own, mode: modeOf(model), measure: undefined }]
        : []),
    ],
    trainable,
    frozen,
    withoutShape: parameters.filter(nn.isLazy).length,
    sizeBytes: (trainable + frozen) * FLOAT_BYTES,
    modulesInTrainMode: inTraining,
    modulesInEvalMode: modules.length - inTraining,
    flops: measures === undefined ? undefined : (measures.get("")?.flops ?? 0),
  };
}

function modeOf(module: nn.Module): "train" | "eval" {
  return module.training ? "train" : "eval";
}

/** The table's cells, header first. Columns of sizes are there where there was an example. */
export function summaryCells({ flops, rows }: ModelSummaryContent): string[][] {
  const hasSizes = flops !== undefined;
  const header = ["", "Name", "Type", "Params", "Mode", ...(hasSizes ? ["FLOPs", "In sizes", "Out sizes"] : [])];
  const cells = rows.map(({ name, type, parameterCount, mode, measure }, index) => {
    const { inSize, outSize } = measure ?? { inSize: UNKNOWN_SIZE, outSize: UNKNOWN_SIZE };
    const sizes = hasSizes ? [humanCount(measure?.flops ?? 0), inSize, outSize] : [];
    return [String(index), name, type, humanCount(parameterCount), mode, ...sizes];
  });
  return [header, ...cells];
}

/** The lines below the table. */
export function summaryTotals(summary: ModelSummaryContent): string[] {
  const { flops, frozen, modulesInEvalMode, modulesInTrainMode, sizeBytes, trainable, withoutShape } = summary;
  return [
    `${humanCount(trainable)} trainable, ${humanCount(frozen)} frozen, ${humanCount(trainable + frozen)} parameters in total`,
    `${(sizeBytes / 2 ** 20).toFixed(3)} MiB as float32`,
    `${modulesInTrainMode} ${modulesInTrainMode === 1 ? "module" : "modules"} in train mode, ${modulesInEvalMode} in eval mode`,
    ...(withoutShape === 0 ? [] : [`without ${withoutShape} tensors of lazy layers, which have no shapes yet`]),
    ...(flops === undefined ? [] : [`${humanCount(flops)} FLOPs for the example`]),
  ];
}

/** The summary as text. @param columns of the terminal; @default as wide as it is */
export function renderSummary(summary: ModelSummaryContent, columns?: number): string {
  return [...renderTable(summaryCells(summary), columns), ...summaryTotals(summary)].join("\n");
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

/** Parameters of lazy layers that have seen no input do not count. */
function countOf(parameters: readonly nn.Parameter[]): number {
  return parameters.reduce((sum, parameter) => sum + (nn.isLazy(parameter) ? 0 : parameter.size), 0);
}
