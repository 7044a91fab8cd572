const LOOPS = "packages/pytorch/src/run/loops";

/** Loops whose own tests run no Trainer, and so cost milliseconds: CI tries a sample of their mutants. */
const LOOPS_ALONE = [
  ...["train-batch", "train-batches", "fit-loop", "evaluation-loop", "predict-loop", "validation-in-fit"],
  ...["stop-conditions", "compute-metrics", "reduce-metrics"],
].map((name) => `${LOOPS}/${name}`);

/** A part of the source that is mutated as one, and the tests that have to notice. */
export interface Group {
  readonly name: string;
  /** Folders and files whose source is mutated. */
  readonly mutate: readonly string[];
  /** Folders and files whose tests are run: the nearest first. */
  readonly tests: readonly string[];
}

export const groups: readonly Group[] = [
  {
    name: "autograd",
    mutate: ["packages/core/src/autograd", "packages/core/src/nn/utils/clip-gradients.ts"],
    // The quick tests first: what they notice need not be tried with the slow ones.
    tests: [
      ...["backward", "what-backward-says", "memory-of-backward", "parameter", "instead-of", "failed-backward"].map(
        (name) => `packages/core/src/autograd/${name}.test.ts`,
      ),
      "packages/core/src/nn/utils/clip-gradients.test.ts",
      "packages/core/src/optim",
      "packages/core/src/kernels",
      "packages/core/src/tensor",
      "packages/core/src/autograd",
    ],
  },
  trainerGroup("callbacks", ["callbacks"]),
  trainerGroup("checkpoint", ["checkpoint"]),
  trainerGroup("data", ["data", "results"]),
  trainerGroup("loops", ["door", "run/loops", "run/optimization", "run/batches", "run/hooks"]),
  {
    name: "loops-alone",
    mutate: LOOPS_ALONE.map((path) => `${path}.ts`),
    tests: [...LOOPS_ALONE, `${LOOPS}/evaluation-metrics`, `${LOOPS}/what-profilers-hear`].map(
      (path) => `${path}.test.ts`,
    ),
  },
  trainerGroup("run", ["run/state", "run/stages", "run/session", "run/warnings"]),
  {
    name: "checkpoint-files",
    mutate: ["packages/fabric/src/checkpoint"],
    tests: ["packages/fabric/src/checkpoint", "packages/fabric/src/fabric", "packages/pytorch/src/checkpoint"],
  },
  {
    name: "flushes",
    mutate: ["packages/backend-onnxruntime/src/backend"],
    tests: ["packages/backend-onnxruntime/src/backend"],
  },
  { name: "fabric", mutate: ["packages/fabric/src/fabric"], tests: ["packages/fabric/src/fabric"] },
];

function trainerGroup(name: string, folders: readonly string[]): Group {
  const mutate = folders.map((folder) => `packages/pytorch/src/${folder}`);
  return { name, mutate, tests: [...mutate, "packages/pytorch/src/trainer", "packages/pytorch/src"] };
}
