/**
 * Outputs, losses and gradients of every layer and of every scatter and reduction, with 10 000 to 1 000 000 elements,
 * on 1, 2 and 4 threads and on one CPU, each several times. Fails unless a run repeats its bits, and all but products
 * and convolutions have them everywhere. `--only=WORDS` runs cases whose name has these words in it, `--sizes=N,N`
 * other sizes, `--repetitions=N` more of them. Run: pnpm test:threads
 */
import { compareThreads, type Setting } from "./compare.js";

const option = (name: string) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

const numbersOfThreads = [1, 2, 4].map((threads): Setting => ({
  label: `${threads} threads`,
  threads,
  isPinned: false,
}));
const oneCpu: Setting = { label: "one CPU", threads: undefined, isPinned: true };
const settings = process.platform === "linux" ? [...numbersOfThreads, oneCpu] : numbersOfThreads;

const sizes = (option("sizes") ?? "10000,100000,1000000").split(",").map(Number);
const { compared, failures, differences } = await compareThreads(
  settings,
  sizes.map((size) => ({ size, repetitions: Number(option("repetitions") ?? "4"), only: option("only") })),
);

for (const difference of differences) console.log(`  differs, as it may: ${difference}`);
for (const failure of failures) console.log(`  FAILED ${failure}`);
console.log(
  `${compared} cases under ${settings.length} settings: ${failures.length} failed, ${differences.length} differ from one thread, as they may`,
);
process.exitCode = failures.length === 0 && compared > 0 ? 0 : 1;
