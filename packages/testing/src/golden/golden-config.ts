import type { CombineMode } from "@lightning-ts/pytorch";

/** Rows of each loader: one loader or several, loaders by name, or a `CombinedLoader`. */
type LoaderSizes = readonly number[] | Readonly<Record<string, number>>;
export type LoaderConfig = LoaderSizes | { readonly mode: CombineMode; readonly of: LoaderSizes };

/** What happens in a hook at one point of training. */
export interface GoldenEvent {
  readonly hook: string;
  readonly epoch: number;
  readonly batch?: number;
  readonly do: "stop" | "throw" | "leave" | "nothing";
}

export interface GoldenScheduler {
  readonly kind: "step" | "plateau";
  readonly interval?: "step" | "epoch";
  readonly frequency?: number;
  readonly monitor?: string;
}

export type GoldenKind = "train" | "val" | "test" | "predict";

/** A module and its data, as the recorders in `tests/parity` describe them. */
export interface GoldenConfig extends Partial<Readonly<Record<GoldenKind, LoaderConfig>>> {
  /** The kind whose loaders do not know their length. */
  readonly stream?: GoldenKind;
  readonly manual?: boolean;
  readonly optimizers?: number;
  readonly schedulers?: readonly GoldenScheduler[];
  readonly events?: readonly GoldenEvent[];
  readonly hparams?: Readonly<Record<string, unknown>>;
  /** The module brings a callback. */
  readonly brings?: boolean;
}
