import type { CheckpointStore } from "@lightning-ts/fabric";
import { tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

export interface CheckpointStoreSuite {
  readonly name: string;
  readonly create: () => CheckpointStore | Promise<CheckpointStore>;
  /** A path that the store can use; a new one for each call. */
  readonly newPath: () => string;
}

/** What every `CheckpointStore` does. A tfjs backend must be ready. */
export function testCheckpointStore({ name, create, newPath }: CheckpointStoreSuite): void {
  describe(`CheckpointStore: ${name}`, () => {
    it("gives back what was saved, bit for bit", async () => {
      const store = await create();
      const path = newPath();
      const weights = tensor([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38], [2, 3]);
      await store.save(
        path,
        {
          state_dict: new Map([
            ["layer.weight", weights],
            ["layer.count", tensor([1, -2], [2], "int32")],
          ]),
          loops: {
            epoch: 3,
            best: Number.NaN,
            limit: Number.NEGATIVE_INFINITY,
            name: "ünï",
            done: false,
            none: null,
            list: [1, "a", [true]],
            $odd: "key",
          },
          bytes: Uint8Array.of(0, 255, 7),
        },
        { weights: "state_dict" },
      );
      const loaded = await store.load(path);
      expect(valuesOf(Reflect.get(Object(loaded["state_dict"]), "layer.weight"))).toEqual([
        "float32",
        [2, 3],
        [...weights.dataSync()],
      ]);
      expect(valuesOf(Reflect.get(Object(loaded["state_dict"]), "layer.count"))).toEqual(["int32", [2], [1, -2]]);
      expect(structuredClone(loaded["loops"])).toEqual({
        epoch: 3,
        best: Number.NaN,
        limit: Number.NEGATIVE_INFINITY,
        name: "ünï",
        done: false,
        none: null,
        list: [1, "a", [true]],
        $odd: "key",
      });
      expect(loaded["bytes"]).toEqual(Uint8Array.of(0, 255, 7));
      weights.dispose();
    });

    it("gives weights their own names and others the path to them", async () => {
      const store = await create();
      const path = newPath();
      const one = tensor([1]);
      await store.save(path, { state_dict: { "a.b": one }, optimizer: [{ exp_avg: one }] }, { weights: "state_dict" });
      expect([...(await store.loadTensors(path)).keys()].sort()).toEqual(["a.b", "optimizer/0/exp_avg"]);
      one.dispose();
    });

    it("leaves undefined out and keys like __proto__ harmless", async () => {
      const store = await create();
      const path = newPath();
      await store.save(path, { kept: 1, gone: undefined, inner: JSON.parse('{"__proto__": {"polluted": true}}') });
      const loaded = await store.load(path);
      expect(Object.keys(loaded).sort()).toEqual(["inner", "kept"]);
      expect(Reflect.get({}, "polluted")).toBeUndefined();
    });

    it("refuses what it cannot hold and names the place", async () => {
      const store = await create();
      await expect(
        store.save(newPath(), { callbacks: { stop: [Reflect.apply(Object, undefined, [() => 1])] } }),
      ).rejects.toThrow(/callbacks\.stop\.0/);
    });

    it("replaces an older checkpoint", async () => {
      const store = await create();
      const path = newPath();
      await store.save(path, { step: 1 });
      await store.save(path, { step: 2 });
      expect((await store.load(path))["step"]).toBe(2);
    });

    it("says that nothing is at a path", async () => {
      const store = await create();
      const path = newPath();
      expect(await store.exists(path)).toBe(false);
      await expect(store.load(path)).rejects.toMatchObject({ code: "LIT_CKPT_NOT_FOUND" });
      await expect(store.remove(path)).resolves.toBeUndefined();
    });

    it("removes", async () => {
      const store = await create();
      const path = newPath();
      await store.save(path, { step: 1 });
      expect(await store.exists(path)).toBe(true);
      await store.remove(path);
      expect(await store.exists(path)).toBe(false);
    });
  });
}

function valuesOf(value: unknown): unknown {
  return value instanceof TensorBuffer ? [value.dtype, value.shape, [...value.values]] : value;
}
