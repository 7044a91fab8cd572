import { RandomStream } from "../../random/random-stream.js";
import { seedOfRank } from "../../random/rank-of-seeds.js";
import { rememberForRollback } from "../../tensor/rollback.js";

/**
 * Draws a seed from a random stream, another one on each rank. When the step that uses it fails, the stream goes back,
 * so that the failed step leaves no trace.
 */
export function nextSeed(name: string): Int32Array {
  const stream = RandomStream.named(name);
  const remember = () => {
    const before = stream.state();
    return () => stream.restore(before);
  };
  rememberForRollback(stream, remember, { belongsTo: "next" });
  return seedOfRank(stream.nextSeed());
}
