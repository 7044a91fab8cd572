import { testCollective } from "@lightning-ts/testing";
import { SingleDeviceCollective } from "./single-device-collective.js";

testCollective({
  name: "single device",
  onEveryRank: async (body) => {
    const collective = new SingleDeviceCollective();
    await collective.setup();
    await body(collective);
    await collective.teardown();
  },
});
