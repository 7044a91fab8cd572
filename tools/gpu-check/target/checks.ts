import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cudaLibrary, engineBackends, NPM_LIBRARY } from "./engine-backends.js";
import type { Check } from "./run-check.js";

/** How the checks are done. */
export interface CheckOptions {
  /** Every how manieth test of the conformance suite runs. */
  readonly sample: string;
  /** Steps of a parity check. */
  readonly steps: string;
  /** Where PyTorch computes. */
  readonly torchDevice: string;
  /** Seconds that a parity or a conformance check may take. */
  readonly limitS: number;
}

const PARITY_MODELS = ["mlp", "cnn", "resnet", "lstm", "gpt"];
const HALF_MODELS = ["mlp", "cnn", "gpt"];
const TIMED_WORKLOADS = ["mlp", "cnn", "nanogpt", "lstm", "resnet18"];
const app = dirname(fileURLToPath(import.meta.url));
const python = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";

/** Checks of one kind; `atOnce` of them may run at the same time. */
export interface CheckGroup {
  readonly atOnce: number;
  readonly checks: readonly Check[];
}

/** All checks, in their order: numbers first, then times, which need the machine for themselves. */
export function allChecks(options: CheckOptions): CheckGroup[] {
  return [
    { atOnce: 1, checks: machineChecks() },
    { atOnce: 1, checks: probeChecks() },
    { atOnce: 4, checks: [...parityChecks(options), ...halfChecks(options), ...conformanceChecks(options)] },
    { atOnce: 1, checks: [...uploadChecks(options), ...timeChecks(options)] },
  ];
}

/** What the machine has. */
function machineChecks(): Check[] {
  const torch = `import json, subprocess, torch
query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
try:
    driver = subprocess.run(query, capture_output=True, text=True).stdout.strip()
except OSError:
    driver = None
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
print(json.dumps({"torch": torch.__version__, "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(), "gpu": gpu, "driver": driver}))`;
  return [{ name: "machine", command: [python, "-c", torch], limitS: 60 }];
}

function parityChecks({ steps, limitS }: CheckOptions): Check[] {
  return engineBackends()
    .filter(({ name }) => name !== "onnxruntime")
    .flatMap(({ name, library }) =>
      PARITY_MODELS.map((model) => ({
        name: `parity-${shortName(name)}-${model}`,
        command: [process.execPath, join(app, "parity.mjs"), name, model, steps],
        environment: { LIGHTNING_ORT_LIBRARY: library },
        limitS,
      })),
    );
}

/** Products in halves: WebGPU has float16 where its adapter does, CUDA bfloat16 too. */
function halfChecks({ steps, limitS }: CheckOptions): Check[] {
  return engineBackends()
    .filter(({ name }) => name !== "onnxruntime")
    .flatMap(({ name, library }) =>
      (name === "onnxruntime-cuda" ? ["float16", "bfloat16"] : ["float16"]).flatMap((half) =>
        HALF_MODELS.map((model) => ({
          name: `half-${shortName(name)}-${half}-${model}`,
          command: [process.execPath, join(app, "parity.mjs"), name, model, steps, half],
          environment: { LIGHTNING_ORT_LIBRARY: library },
          limitS,
        })),
      ),
    );
}

function conformanceChecks({ sample, limitS }: CheckOptions): Check[] {
  return engineBackends()
    .filter(({ name }) => name !== "onnxruntime")
    .map(({ name, library }) => ({
      name: `conformance-${shortName(name)}`,
      command: [process.execPath, join(app, "conformance.mjs"), name, sample],
      environment: { LIGHTNING_ORT_LIBRARY: library },
      limitS,
    }));
}

/** Values and times of uploads with and without page-locked memory; on WebGPU a rehearsal. */
function uploadChecks({ limitS }: CheckOptions): Check[] {
  return engineBackends()
    .filter(({ name }) => name !== "onnxruntime")
    .map(({ name, library }) => ({
      name: `uploads-${shortName(name)}`,
      command: [process.execPath, join(app, "uploads.mjs"), shortName(name)],
      environment: { LIGHTNING_ORT_LIBRARY: library },
      limitS,
    }));
}

function timeChecks({ torchDevice }: CheckOptions): Check[] {
  return TIMED_WORKLOADS.map((workload) => ({
    name: `times-${workload}`,
    command: [process.execPath, join(app, "times.mjs"), workload, torchDevice],
    limitS: 240,
  }));
}

/** Every dumped step graph on every provider of ONNX Runtime, without the engine. */
function probeChecks(): Check[] {
  const graphs = join(app, "..", "graphs");
  const cuda = cudaLibrary();
  const providers = [
    { provider: "cpu", library: NPM_LIBRARY, options: [] },
    { provider: "webgpu", library: NPM_LIBRARY, options: ["preferredLayout=NCHW"] },
    ...(cuda === undefined ? [] : [{ provider: "cuda", library: cuda, options: ["use_tf32=0"] }]),
  ];
  return providers.flatMap(({ provider, library, options }) =>
    readdirSync(graphs)
      .filter((name) => name.endsWith(".onnx"))
      .map((graph) => ({
        name: `probe-${provider}-${graph.replace(".onnx", "")}`,
        command: [process.execPath, join(app, "probe.mjs"), provider, library, join(graphs, graph), ...options],
        limitS: 40,
      })),
  );
}

function shortName(backend: string): string {
  return backend.replace("onnxruntime-", "");
}
