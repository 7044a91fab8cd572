/** What counts as a spike. */
export interface SpikeRule {
  readonly mode: "min" | "max";
  /** Losses that the running mean goes over. */
  readonly window: number;
  /** A spike is at least so far from the running mean; undefined asks nothing. */
  readonly atol: number | undefined;
  /** The same, in shares of the running mean. */
  readonly rtol: number | undefined;
  /** Whether a loss that is not finite is a spike. */
  readonly finiteOnly: boolean;
}

/** The losses before, and whether the next one jumps out of them. */
export class LossSpikes {
  lastLoss = 0;
  /** The newest losses, at most as many as the window. */
  recent: number[] = [];

  constructor(readonly rule: SpikeRule) {}

  isSpike(loss: number): boolean {
    const { mode, atol, rtol, finiteOnly } = this.rule;
    if (finiteOnly && !Number.isFinite(loss)) return true;
    const change = loss - this.lastLoss;
    if (mode === "min" ? change <= 0 : change >= 0) return false;
    const mean = this.recent.reduce((sum, one) => sum + one, 0) / this.recent.length;
    const distance = Math.abs(loss - mean);
    return (
      (atol === undefined || distance >= Math.abs(atol)) && (rtol === undefined || distance >= Math.abs(rtol * mean))
    );
  }

  /** Takes in a loss that is no spike. One that is not finite would spoil the mean, and is left out. */
  add(loss: number): void {
    if (!Number.isFinite(loss)) return;
    this.recent = [...this.recent, loss].slice(-this.rule.window);
    this.lastLoss = loss;
  }
}
