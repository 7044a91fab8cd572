import type { LazyScalar } from "@lightning-ts/fabric";
import type { ReduceFx } from "../words/log-options.js";

/** How one logged name behaves; must be the same each time a hook logs the name. */
export interface MetricSettings {
  readonly progBar: boolean;
  readonly logger: boolean;
  readonly onStep: boolean;
  readonly onEpoch: boolean;
  readonly reduceFx: ReduceFx;
  readonly addDataloaderIdx: boolean;
  /** Its values are reduced over the ranks. */
  readonly syncDist: boolean;
  /** Where the module has the metric object; undefined for numbers and tensors. */
  readonly metricAttribute?: string | undefined;
}

/** What a metric needs to go on after a resume. */
export interface ResultMetricState {
  readonly name: string;
  readonly dataloaderIdx: number | null;
  readonly settings: MetricSettings;
  readonly latest: number | null;
  readonly accumulated: number;
  readonly weight: number;
  /** How many values were collected; of a metric object, how many of its updates a reset forgot. */
  readonly count: number;
}

/** One logged name in one hook, and where its values are published. */
export abstract class LoggedResult {
  readonly name: string;
  /** Which loader's batches it is about, where a stage has several. */
  readonly dataloaderIdx: number | undefined;
  /** `/dataloader_idx_N` or nothing; stands behind `_step` and `_epoch`. */
  readonly suffix: string;
  readonly settings: MetricSettings;

  constructor(name: string, dataloaderIdx: number | undefined, settings: MetricSettings) {
    this.name = name;
    this.dataloaderIdx = dataloaderIdx;
    this.suffix = dataloaderIdx === undefined || !settings.addDataloaderIdx ? "" : `/dataloader_idx_${dataloaderIdx}`;
    this.settings = settings;
  }

  get isForked(): boolean {
    return this.settings.onStep && this.settings.onEpoch;
  }

  get stepName(): string {
    return (this.isForked ? `${this.name}_step` : this.name) + this.suffix;
  }

  get epochName(): string {
    return (this.isForked ? `${this.name}_epoch` : this.name) + this.suffix;
  }

  /** The value of the latest step. */
  abstract get latest(): LazyScalar | undefined;
  abstract get hasEpochValue(): boolean;
  /** The value of the epoch so far; reads what is still on the device. */
  abstract epochValue(): number;
  abstract reset(): void;
  abstract state(): ResultMetricState;
  abstract restore(state: ResultMetricState): void;
}
