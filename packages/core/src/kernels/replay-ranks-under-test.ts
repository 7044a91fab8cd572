import type { RankExchange } from "../ports/rank-exchange.js";

/**
 * What each of several ranks computes, in one process: their calls block, so one rank after the other runs to its end,
 * again and again, and hears what the others said the time before, until all say the same as then. So `compute` has to
 * begin anew each time.
 */
export function replayRanks<TResult>(
  worldSize: number,
  compute: (ranks: RankExchange) => TResult,
): { readonly results: readonly TResult[]; readonly names: readonly string[] } {
  let heard: readonly (readonly Float32Array[])[] = [];
  for (;;) {
    const names: string[] = [];
    const said = Array.from({ length: worldSize }, (): Float32Array[] => []);
    const results = said.map((calls, rank) => {
      const hear = (values: Float32Array, name: string): readonly Float32Array[] => {
        const index = calls.push(values.slice()) - 1;
        if (rank === 0) names.push(name);
        return said.map(
          (_, other) => (other === rank ? calls : heard[other])?.[index] ?? new Float32Array(values.length),
        );
      };
      return compute({
        rank,
        worldSize,
        sum: (values, name) => {
          const parts = hear(values, name);
          values.forEach((_, at) => (values[at] = parts.reduce((sum, part) => sum + (part[at] ?? Number.NaN), 0)));
        },
        gather: (values, name) => Float32Array.from(hear(values, name).flatMap((part) => [...part])),
      });
    });
    if (JSON.stringify(said) === JSON.stringify(heard)) return { results, names };
    heard = said;
  }
}
