import { FAMILY_NAMES, type FamilyName } from "./operations/families.js";

/** What a worker is told. */
export interface WorkerOptions {
  readonly threads: number;
  readonly firstSeed: number;
  readonly count: number;
  /** No new program starts after this time. */
  readonly budgetMs: number;
  readonly families: readonly FamilyName[];
  readonly mostElements: number;
  readonly shrinkMs: number;
  /** End with the first failure. */
  readonly isOneEnough: boolean;
}

export const DEFAULTS: WorkerOptions = {
  threads: 2,
  firstSeed: 1,
  count: 1000,
  budgetMs: 3_600_000,
  families: FAMILY_NAMES,
  mostElements: 1e7,
  shrinkMs: 20_000,
  isOneEnough: false,
};

export function readWorkerOptions(text: string | undefined): WorkerOptions {
  return { ...DEFAULTS, ...(JSON.parse(text ?? "{}") as Partial<WorkerOptions>) };
}
