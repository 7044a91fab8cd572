import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SafetensorsCheckpointStore, type LoadedTree } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { describe, expect, it } from "vitest";
import type { SaveKillOrders } from "./save-kills.js";
import { IS_FULL, runRanks, TIMEOUT_MS } from "./start-ranks.js";

const SAVE = 3;
const CHECKPOINT = "state.ckpt";
const SIZES = [4, 100_000] as const;
const DELAYS_MS = IS_FULL ? [0, 2, 5, 10, 15, 20, 30, 45, 60, 90] : [5];
const CASES = DELAYS_MS.flatMap((afterMs) => [0, 1].map((victim) => ({ victim, afterMs })));

/** The values that Adam remembers, and the step that they are of. */
function rememberedIn({ optimizer, step }: LoadedTree): { readonly elements: number; readonly steps: unknown[] } {
  const states = Object.values(Object(Reflect.get(Object(optimizer), "state")));
  const elements = states.reduce<number>((sum, state) => sum + Number(Reflect.get(Object(state), "exp_avg").size), 0);
  return { elements, steps: [step, ...states.map((state) => Reflect.get(Object(state), "step"))] };
}

const [inputs, width] = SIZES;
const ELEMENTS = inputs * width + width + 2 * width + 2;

describe("a rank that is killed while shards are saved", { timeout: TIMEOUT_MS }, () => {
  it.each(IS_FULL ? CASES : CASES.slice(1))(
    "leaves the checkpoint before, or the new one, whole (rank $victim, after $afterMs ms)",
    async ({ victim, afterMs }) => {
      const orders: SaveKillOrders = { devices: 2, victim, save: SAVE, afterMs, checkpoint: CHECKPOINT, sizes: SIZES };
      const found: LoadedTree[] = [];
      const names: string[] = [];
      const { code, stderr } = await runRanks("save-kills.ts", orders, {
        atEnd: async (folder) => {
          const path = join(folder, CHECKPOINT);
          names.push(...readdirSync(path));
          found.push(await new SafetensorsCheckpointStore(nodeFiles()).load(path));
        },
      });
      const [tree = {}] = found;
      const { elements, steps } = rememberedIn(tree);
      const last = Number(steps[0]);
      expect(last, stderr).toBeGreaterThanOrEqual(SAVE - 1);
      expect(steps).toEqual(steps.map(() => last));
      expect(elements).toBe(ELEMENTS);
      if (code !== 0 || last === SAVE - 1) return;
      // Nothing of earlier saves stays behind one that came to its end.
      expect(names).toHaveLength(3);
    },
  );
});
