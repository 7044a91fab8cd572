/** Networks of linear layers, so that the backward's time goes with the bytes of the gradients. */
export const MODELS = {
  /** 7.5 MB of gradients. */
  even: { batch: 128, widths: [784, 1024, 1024, 10] },
  /** 12.7 MB of gradients in more layers, and half the work for each of them. */
  deep: { batch: 64, widths: [512, 1024, 1024, 1024, 512, 10] },
} as const;

export type ModelName = keyof typeof MODELS;

export interface TrainingOrders {
  readonly model: ModelName;
  readonly ranks: number;
  /** Parts of a step are measured with a read after the forward, which a step by itself does not have. */
  readonly measures: "step" | "stages";
  /** The wire's bandwidth. @default as fast as it is */
  readonly bytesPerMs?: number | undefined;
}

/** Lower quartiles of many steps. */
export interface TrainingReport {
  readonly stepMs: number;
  readonly forwardMs: number;
  readonly backwardMs: number;
  readonly updateMs: number;
}

export function parameterBytes(model: ModelName): number[] {
  const { widths } = MODELS[model];
  return widths.slice(1).flatMap((width, index) => [4 * width * (widths[index] ?? 0), 4 * width]);
}
