import { MisconfigurationError, nearestName } from "@lightning-ts/core";

type Maker = new (options: never) => object;

/** The options of a metric's classes, each with the task that chooses it. */
export type TaskOptions<TClasses extends Readonly<Record<string, Maker>>> = {
  [TTask in keyof TClasses]: { readonly task: TTask } & NonNullable<ConstructorParameters<TClasses[TTask]>[0]>;
}[keyof TClasses];

/** The metric that options with a task ask for. */
export type MetricOfTask<
  TClasses extends Readonly<Record<string, Maker>>,
  TOptions extends { readonly task: keyof TClasses },
> = InstanceType<TClasses[TOptions["task"]]>;

/**
 * A metric by its task: `Accuracy({ task: "binary" })` is a `BinaryAccuracy`.
 * @param defaults options that are not the classes' own where nothing is given; not for yes or no
 */
export function taskFront<TClasses extends Readonly<Record<string, Maker>>>(
  name: string,
  classes: TClasses,
  defaults?: object,
): <TOptions extends TaskOptions<TClasses>>(options: TOptions) => MetricOfTask<TClasses, TOptions>;
export function taskFront(
  name: string,
  classes: Readonly<Record<string, new (options: object) => object>>,
  defaults: object = {},
): (options: { readonly task: string }) => object {
  return ({ task, ...options }) => {
    const Class = classes[task];
    if (Class !== undefined) return new Class(task === "binary" ? options : { ...defaults, ...options });
    const known = Object.keys(classes);
    throw new MisconfigurationError({
      message: `${name} has no such task.`,
      expected: known.map((one) => `"${one}"`).join(" or "),
      received: JSON.stringify(task) ?? "none",
      tryThis: nearestName(String(task), known),
    });
  };
}

/** The functional form of a metric with tasks: `accuracy(preds, target, { task: "binary" })`. */
export function functionalFront<
  TClasses extends Readonly<Record<string, Maker>>,
  TInputs extends readonly unknown[],
  TValue,
>(
  front: (options: TaskOptions<TClasses>) => {
    update(...inputs: TInputs): unknown;
    compute(): TValue;
    dispose(): void;
  },
): (...inputs: [...TInputs, TaskOptions<TClasses>]) => TValue;
export function functionalFront(
  front: (options: never) => { update(...inputs: readonly unknown[]): unknown; compute(): unknown; dispose(): void },
): (...inputs: readonly unknown[]) => unknown {
  return (...inputs) => {
    const metric: ReturnType<typeof front> = Reflect.apply(front, undefined, [inputs.at(-1)]);
    try {
      metric.update(...inputs.slice(0, -1));
      return metric.compute();
    } finally {
      metric.dispose();
    }
  };
}
