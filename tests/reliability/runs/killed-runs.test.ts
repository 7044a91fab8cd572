import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Orders } from "./child.js";
import { draws } from "./draws.js";
import { IS_FULL, TIMEOUT_MS } from "./options.js";
import { resultOf, train } from "./processes.js";

const KILLS = IS_FULL ? 200 : 5;
const MOST_MS = 400;

const end = async (orders: Orders) => (await train(orders)).ended;

it(
  `a run that is killed ${KILLS} times ends as if it had not been, and leaves nothing behind`,
  { timeout: TIMEOUT_MS },
  async () => {
    const root = await mkdtemp(join(tmpdir(), "killed-"));
    const [whole, killed] = [join(root, "whole"), join(root, "killed")];
    const orders = { maxEpochs: 6, logger: "none" } as const;
    const expected = resultOf((await end({ ...orders, root: whole, dirpath: whole })).output);
    const names = (await readdir(whole)).sort();
    expect((await end({ ...orders, root: killed, dirpath: killed, maxEpochs: 1 })).code).toBe(0);
    const random = draws(11);
    let kills = 0;
    for (; kills < KILLS; kills += 1) {
      const training = await train({ ...orders, root: killed, dirpath: killed, ckptPath: "last", waits: true });
      await training.says("ready");
      training.process.stdin?.write("go\n");
      await new Promise((resolve) => setTimeout(resolve, (random.next().value ?? 0) * MOST_MS));
      training.process.kill("SIGKILL");
      const { code, output } = await training.ended;
      if (code !== null) expect(code, output).toBe(0);
    }
    const { code, output } = await end({ ...orders, root: killed, dirpath: killed, ckptPath: "last" });
    expect(code, output).toBe(0);
    expect(resultOf(output).weight).toEqual(expected.weight);
    expect((await readdir(killed)).sort()).toEqual(names);
    if (IS_FULL) console.log(`killed ${kills} times: same weights, same ${names.length} files`);
    await rm(root, { recursive: true });
  },
);

it(
  "a run that is alive cannot be resumed by another process, and can when it is dead",
  { timeout: TIMEOUT_MS },
  async () => {
    const root = await mkdtemp(join(tmpdir(), "alive-"));
    const orders = { root, dirpath: root, maxEpochs: 2, logger: "none", ckptPath: "last" } as const;
    expect((await end({ ...orders, maxEpochs: 1 })).code).toBe(0);
    const alive = await train({ ...orders, waits: true });
    await alive.says("ready");
    const refused = await end(orders);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(new RegExp(`still alive: process ${alive.process.pid} on \\S+, since \\d{4}-`));
    alive.process.kill("SIGKILL");
    await alive.ended;
    const resumed = await end(orders);
    expect(resumed.code, resumed.output).toBe(0);
    expect((await readdir(root)).filter((name) => name.startsWith(".lightning-"))).toEqual([]);
    await rm(root, { recursive: true });
  },
);
