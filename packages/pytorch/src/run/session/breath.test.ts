import { FakeClock } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Breath } from "./breath.js";

class CountingClock extends FakeClock {
  yields = 0;
  override async yieldToEventLoop(): Promise<void> {
    this.yields += 1;
    this.advance(3);
  }
}

describe("the event loop has its turn", () => {
  it("after 5 ms, and then 5 ms after the others have had theirs", async () => {
    const clock = new CountingClock(100);
    const breath = new Breath(clock);
    expect(breath.take()).toBeUndefined();
    clock.advance(4.9);
    expect(breath.take()).toBeUndefined();
    clock.advance(0.1);
    const pause = breath.take();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    clock.advance(4);
    expect(breath.take()).toBeUndefined();
    clock.advance(1);
    await breath.take();
    expect(clock.yields).toBe(2);
  });
});
