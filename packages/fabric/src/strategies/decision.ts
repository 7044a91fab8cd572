/** A yes or no on which all ranks must act alike, or some of them would wait for the others for ever. */
export interface Decision {
  /** Equal on all ranks for one decision, e.g. `"stop after epoch 3, batch 7"`. */
  readonly name: string;
  /** What this rank wants. */
  readonly wish: boolean;
  /** Whose wish is needed: that of any rank, or that of all. @default "any" */
  readonly of?: "any" | "all" | undefined;
}
