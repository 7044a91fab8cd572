/**
 * Runs the checks, each in a process of its own with a time limit, so that one that crashes or hangs costs only itself.
 * `main.mjs [part…]`; every result is appended to `gpu-check.jsonl` as soon as it is there, and a table comes last.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly limitS: number;
}

const app = dirname(fileURLToPath(import.meta.url));
const work = dirname(app);
const results = join(process.env["OUT"] ?? process.cwd(), "gpu-check.jsonl");
const wanted = process.argv.slice(2);
const rows: string[] = [];

writeFileSync(results, "");
for (const check of [machineCheck(), ...probeChecks()]) {
  if (wanted.length > 0 && !wanted.some((name) => check.name.startsWith(name))) continue;
  const start = performance.now();
  const { record, problem } = await run(check);
  const seconds = (performance.now() - start) / 1000;
  const line = { check: check.name, seconds, ...record, ...(problem === undefined ? {} : { problem }) };
  appendFileSync(results, `${JSON.stringify(line)}\n`);
  const row = `${check.name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s  ${problem ?? JSON.stringify(record)}`;
  process.stdout.write(`${row}\n`);
  rows.push(row.length > 200 ? `${row.slice(0, 200)}…` : row);
}
process.stdout.write(`\n${rows.join("\n")}\n`);

/** What the machine has. */
function machineCheck(): Check {
  const script = `import json, torch
print(json.dumps({"torch": torch.__version__, "cuda": torch.version.cuda, "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None, "cudnn": torch.backends.cudnn.version()}))`;
  return { name: "machine", command: [process.env["LIGHTNING_TS_PYTHON"] ?? "python3", "-c", script], limitS: 60 };
}

/** Every dumped step graph on every provider. */
function probeChecks(): Check[] {
  const graphs = readdirSync(join(work, "graphs")).filter((name) => name.endsWith(".onnx"));
  const npm = join(work, "ort-npm", "libonnxruntime.so.1");
  const cuda = existsSync(join(work, "ort-cuda")) ? readdirSync(join(work, "ort-cuda")) : [];
  const cudaLibrary = cuda.find((name) => name.startsWith("libonnxruntime.so"));
  const providers = [
    { provider: "cpu", library: npm, options: [] },
    { provider: "webgpu", library: npm, options: [] },
    ...(cudaLibrary === undefined
      ? []
      : [{ provider: "cuda", library: join(work, "ort-cuda", cudaLibrary), options: ["use_tf32=0"] }]),
  ];
  return providers.flatMap(({ provider, library, options }) =>
    graphs.map((graph) => ({
      name: `probe-${provider}-${graph.replace(".onnx", "")}`,
      command: [process.execPath, join(app, "probe.mjs"), provider, library, join(work, "graphs", graph), ...options],
      limitS: 40,
    })),
  );
}

interface Outcome {
  readonly record: Record<string, unknown>;
  readonly problem?: string;
}

async function run({ command: [program = "", ...args], limitS }: Check): Promise<Outcome> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, limitS * 1000);
  const end = await new Promise<string>((done) => {
    child.once("error", (error) => done(error.message));
    child.once("close", (code, signal) => done(code === 0 ? "" : `ended with ${signal ?? code}`));
  });
  clearTimeout(timer);
  const record = lastRecord(output.stdout);
  const reason = isLate ? `took more than ${limitS} s` : end;
  if (reason === "" && record !== undefined) return { record };
  return { record: record ?? {}, problem: `${reason || "said nothing"}: ${output.stderr.trim().slice(-1500)}` };
}

/** The last line that is a JSON object; libraries print other things too. */
function lastRecord(text: string): Record<string, unknown> | undefined {
  for (const line of text.split("\n").toReversed()) {
    if (!line.startsWith("{")) continue;
    try {
      const record: Record<string, unknown> = JSON.parse(line);
      return record;
    } catch {
      // A library's output that happens to begin with a brace.
    }
  }
  return undefined;
}
