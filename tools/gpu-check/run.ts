/** Packs what checks the engine on a bare machine with a GPU: see README.md. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stageApp, stageCuda, stageDisplay, stageRuntime } from "./pack/stage.js";

const USAGE = `tsx tools/gpu-check/run.ts pack [--out DIR] [--cuda-wheel FILE] [--arch N] [--fresh]
  --out         where the pieces go; .cache/gpu-check unless named
  --cuda-wheel  PyPI's onnxruntime-gpu for Linux x64: makes the CUDA piece
  --arch        compute capability times ten whose machine code the CUDA piece keeps; 90 (H100) unless named
  --fresh       also makes the pieces again that are there and hold no code of ours`;
/** Below what may be carried at once to the machines that this is for. */
const LARGEST_PIECE_BYTES = 60e6;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: ".cache/gpu-check" },
    "cuda-wheel": { type: "string" },
    arch: { type: "string", default: "90" },
    fresh: { type: "boolean", default: false },
  },
});
if (positionals.join() !== "pack") {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const wheel = values["cuda-wheel"];
await makePiece("runtime", { isOurs: false }, stageRuntime);
await makePiece("display", { isOurs: false }, stageDisplay);
if (wheel !== undefined)
  await makePiece(`cuda-sm${values.arch}`, { isOurs: false }, (folder) =>
    stageCuda(folder, wheel, Number(values.arch)),
  );
await makePiece("app", { isOurs: true }, stageApp);
copyFileSync(fileURLToPath(new URL("./target/run.sh", import.meta.url)), join(out, "run.sh"));

async function makePiece(
  name: string,
  { isOurs }: { readonly isOurs: boolean },
  stage: (folder: string) => void | Promise<void>,
): Promise<void> {
  const archive = join(out, `${name}.tar.xz`);
  if (isOurs || values.fresh || !existsSync(archive)) {
    const folder = mkdtempSync(join(tmpdir(), "gpu-check-stage-"));
    await stage(folder);
    const filters = isOurs ? "xz -6" : "xz --x86 --lzma2=preset=9e,dict=128MiB";
    execFileSync("tar", ["-C", folder, "-I", filters, "-cf", archive, "."]);
    rmSync(folder, { recursive: true });
  }
  const { size } = statSync(archive);
  process.stdout.write(`${archive}: ${(size / 1e6).toFixed(1)} MB\n`);
  if (size > LARGEST_PIECE_BYTES) throw new RangeError(`${archive} is larger than ${LARGEST_PIECE_BYTES / 1e6} MB.`);
}
