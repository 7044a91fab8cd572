import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { CoreDistance } from "./core-distance.js";

it("is the time from one core to another and back, of what was measured since it was taken last", async () => {
  const distance = await CoreDistance.start();
  expect(distance !== undefined).toBe(availableParallelism() > 1);
  if (distance === undefined) return;
  expect(distance.take()).toBeNull();
  for (const count of [3, 1]) {
    for (let turn = 0; turn < count; turn += 1) distance.measure();
    const apartNs = distance.take();
    expect(apartNs?.count).toBe(count);
    expect(apartNs?.min).toBeGreaterThan(1);
    expect(apartNs?.max).toBeLessThan(1e7);
  }
  await distance.close();
});
