/**
 * Changes files of `torch.save` for as long as wanted, and prints how they were taken.
 * Run: pnpm test:fuzz:files --seconds 3600 --seed 7
 */
import { parseArgs } from "node:util";
import { fuzzTorchFiles } from "./fuzz-torch-files.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: String(Date.now() % 1e9) } },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const before = process.memoryUsage().rss;
const report = fuzzTorchFiles({ seed, seconds, files: Number.POSITIVE_INFINITY });
const { maxRSS } = process.resourceUsage();
for (const finding of report.findings.slice(0, 50)) console.log(finding);
console.log(
  `seed ${seed}: ${report.files} files, ${report.read} read, ${report.refused} refused, ${report.findings.length} findings;`,
  `slowest ${report.slowestMs.toFixed(0)} ms; memory at most ${Math.round((maxRSS * 1024 - before) / 2 ** 20)} MiB above the start`,
);
process.exitCode = report.findings.length === 0 ? 0 : 1;
