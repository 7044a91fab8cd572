import { cpu, type Logger } from "@lightning-ts/fabric";
import { Trainer, type TrainerOptions } from "@lightning-ts/pytorch";
import { FakeTerminal } from "../fakes/fake-terminal.js";
import { InProcessCollectives } from "../fakes/in-process-collectives.js";
import { MemoryFiles } from "../fakes/memory-files.js";
import { StrategyOfRank } from "../fakes/strategy-of-rank.js";

/** One of two ranks, with a Trainer of its own. */
export interface Rank {
  readonly rank: number;
  readonly trainer: Trainer;
  readonly strategy: StrategyOfRank;
  readonly terminal: FakeTerminal;
  /** What was sent to the logger of this rank. */
  readonly rows: Record<string, number>[];
  /** The files, which both ranks share. */
  readonly files: MemoryFiles;
}

/** Runs `body` on two ranks of one process at once, each with a Trainer that is quiet and trains for one epoch. */
export async function onTwoRanks(
  body: (rank: Rank) => Promise<unknown>,
  options: TrainerOptions | ((rank: number) => TrainerOptions) = {},
): Promise<Rank[]> {
  const files = new MemoryFiles();
  const ranks = new InProcessCollectives(2).ranks.map((collective) =>
    makeRank(new StrategyOfRank(collective), files, typeof options === "function" ? options(collective.rank) : options),
  );
  await Promise.all(ranks.map(body));
  return ranks;
}

function makeRank(strategy: StrategyOfRank, files: MemoryFiles, options: TrainerOptions): Rank {
  const terminal = new FakeTerminal();
  const rows: Record<string, number>[] = [];
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    strategy,
    maxEpochs: 1,
    numSanityValSteps: 0,
    logEveryNSteps: 1,
    logger: recorder(rows),
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    ...options,
    ports: { files, terminal, ...options.ports },
  });
  return { rank: strategy.globalRank, trainer, strategy, terminal, rows, files };
}

function recorder(rows: Record<string, number>[]): Logger {
  return {
    ...{ kind: "logger", name: "recorder", version: 0, groupSeparator: "/" },
    logHyperparams: () => undefined,
    open: async () => undefined,
    logMetrics: (metrics, step = 0) => void rows.push({ ...metrics, step }),
    save: async () => undefined,
    finalize: async () => undefined,
  };
}
