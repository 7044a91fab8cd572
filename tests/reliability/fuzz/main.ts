/**
 * Random programs of tfjs operations and of core's functions, with their gradients, on the engine with 1, 2 and 4
 * threads. Each call is judged by a float64 reference with a derived bound, and by tfjs' cpu backend; the whole must
 * not change a bit when it runs again, when tensors are read, with other layouts, nor (without products) with other
 * numbers of threads.
 *
 *   pnpm test:fuzz                      2 000 programs
 *   --programs=N --seconds=N            how many, or for how long
 *   --seed=N                            the first program; each has a seed of its own
 *   --threads=1,2,4 --families=a,b      which of them
 *   --most=N                            elements of a tensor (1e7)
 *   --shrink-seconds=N                  how long a failing program is made smaller
 *   --one                               end with the first failure
 */
import { fuzz } from "./fuzz.js";
import { FAMILY_NAMES } from "./operations/families.js";
import { DEFAULTS } from "./worker-options.js";

const KNOWN = ["programs", "seconds", "seed", "threads", "families", "most", "shrink-seconds"];
const unknown = process.argv
  .slice(2)
  .find((word) => word !== "--one" && !KNOWN.includes(/^--([a-z-]+)=./.exec(word)?.[1] ?? ""));
if (unknown !== undefined) {
  console.error(`${unknown} is no option. Expected --one, or ${KNOWN.map((name) => `--${name}=…`).join(", ")}.`);
  process.exit(2);
}

function option(name: string): string | undefined {
  return process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const chosen = option("families")?.split(",");
const families = chosen === undefined ? FAMILY_NAMES : FAMILY_NAMES.filter((name) => chosen.includes(name));
if (chosen !== undefined && families.length !== chosen.length)
  throw new RangeError(`--families takes some of ${FAMILY_NAMES.join(", ")}`);
const report = await fuzz({
  threads: (option("threads") ?? "1,2,4").split(",").map(Number),
  firstSeed: Number(option("seed") ?? DEFAULTS.firstSeed),
  count: Number(option("programs") ?? 2000),
  budgetMs: Number(option("seconds") ?? 3600) * 1000,
  families,
  mostElements: Number(option("most") ?? DEFAULTS.mostElements),
  shrinkMs: Number(option("shrink-seconds") ?? DEFAULTS.shrinkMs / 1000) * 1000,
  isOneEnough: process.argv.includes("--one"),
});
for (const { count, failure } of report.failures)
  console.log(`\n${failure.signature} (${count} times)\n${failure.reproduction}`);
console.log(`\n${report.summary}`);
process.exitCode = report.failures.length === 0 ? 0 : 1;
