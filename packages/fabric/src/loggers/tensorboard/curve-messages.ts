import { pluginMetadata, type SummaryValue } from "./event-messages.js";
import { ProtoMessage } from "./proto-message.js";

const DT_FLOAT = 1;
/** TensorBoard shows no more. */
const MOST_THRESHOLDS = 127;
const LEAST = 1e-7;

/** Answers of yes or no, and how sure they were. */
export interface CurveAnswers {
  /** 0 and 1 */
  readonly labels: ArrayLike<number>;
  /** Probabilities. */
  readonly predictions: ArrayLike<number>;
  readonly weights?: ArrayLike<number> | undefined;
}

/** A curve of precision over recall, as torch's `SummaryWriter.add_pr_curve` makes it. */
export function curveValue(tag: string, answers: CurveAnswers, numThresholds: number): SummaryValue {
  const thresholds = Math.min(numThresholds, MOST_THRESHOLDS);
  const rows = curveOf(answers, thresholds);
  const dimension = (size: number): ProtoMessage => new ProtoMessage().varint(1, size);
  const shape = new ProtoMessage().message(2, dimension(rows.length)).message(2, dimension(thresholds));
  const tensor = new ProtoMessage().varint(1, DT_FLOAT).message(2, shape).packedFloats(5, rows.flat());
  const plugin = pluginMetadata("pr_curves", new ProtoMessage().varint(1, 0).varint(2, thresholds));
  return new ProtoMessage().text(1, tag).message(8, tensor).message(9, plugin);
}

/** True and false positives, true and false negatives, precision and recall at each threshold. */
function curveOf({ labels, predictions, weights }: CurveAnswers, thresholds: number): number[][] {
  const [hits, misses] = [new Float64Array(thresholds), new Float64Array(thresholds)];
  for (let i = 0; i < predictions.length; i += 1) {
    const bucket = Math.floor((predictions[i] ?? 0) * (thresholds - 1));
    if (!(bucket >= 0 && bucket < thresholds)) continue;
    const weight = weights?.[i] ?? 1;
    hits[bucket] = (hits[bucket] ?? 0) + weight * (labels[i] ?? 0);
    misses[bucket] = (misses[bucket] ?? 0) + weight * (1 - (labels[i] ?? 0));
  }
  const [tp, fp] = [fromTheEnd(hits), fromTheEnd(misses)];
  const tn = fp.map((count) => (fp[0] ?? 0) - count);
  const fn = tp.map((count) => (tp[0] ?? 0) - count);
  const ratio = (others: readonly number[]) => tp.map((count, i) => count / Math.max(LEAST, count + (others[i] ?? 0)));
  return [tp, fp, tn, fn, ratio(fp), ratio(fn)];
}

/** Each with all behind it. */
function fromTheEnd(counts: Float64Array): number[] {
  const sums = Array.from(counts);
  for (let i = sums.length - 2; i >= 0; i -= 1) sums[i] = (sums[i] ?? 0) + (sums[i + 1] ?? 0);
  return sums;
}
