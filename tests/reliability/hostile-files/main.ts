/**
 * Changes checkpoints and files of `torch.save` for as long as wanted, each half of the time, and prints how they were
 * taken.
 * Run: pnpm test:fuzz:files --seconds 3600 --seed 7
 */
import { parseArgs } from "node:util";
import { fuzzCheckpoints } from "./fuzz-checkpoints.js";
import { fuzzTorchFiles } from "./fuzz-torch-files.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: String(Date.now() % 1e9) } },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const KINDS = { checkpoints: fuzzCheckpoints, "files of torch.save": fuzzTorchFiles };
const before = process.memoryUsage().rss;
for (const [kind, fuzz] of Object.entries(KINDS)) {
  const report = await fuzz({ seed, seconds: seconds / 2, files: Number.POSITIVE_INFINITY });
  for (const finding of report.findings.slice(0, 50)) console.log(finding);
  console.log(
    `${kind}, seed ${seed}: ${report.files}, ${report.read} read, ${report.refused} refused, ${report.findings.length} findings; slowest ${report.slowestMs.toFixed(0)} ms`,
  );
  if (report.findings.length > 0) process.exitCode = 1;
}
const { maxRSS } = process.resourceUsage();
console.log(`memory at most ${Math.round((maxRSS * 1024 - before) / 2 ** 20)} MiB above the start`);
