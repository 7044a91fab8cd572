import type { ClusterEnvironment } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";
import { FakeEnvironment } from "../fakes/fake-environment.js";

export interface ClusterEnvironmentSuite {
  readonly name: string;
  readonly create: (environment: FakeEnvironment) => ClusterEnvironment;
  /** What the cluster sets in the process with global rank 5 of 8: the second of four on the second of two machines. */
  readonly variables: Readonly<Record<string, string>>;
  /** Devices per machine and machines that fit `variables`. */
  readonly fitting: { readonly devicesPerNode: number; readonly numNodes: number };
}

/** What every `ClusterEnvironment` of a cluster manager does. */
export function testClusterEnvironment({ name, create, variables, fitting }: ClusterEnvironmentSuite): void {
  describe(`ClusterEnvironment: ${name}`, () => {
    const environment = (): ClusterEnvironment => create(new FakeEnvironment(variables));

    it("knows its place without asking anybody", () => {
      const { worldSize, globalRank, createsProcessesExternally, kind } = environment();
      expect([kind, worldSize, globalRank, createsProcessesExternally]).toEqual(["cluster-environment", 8, 5, true]);
    });

    it("has ranks that lie inside their ranges", () => {
      const { worldSize, localRank, nodeRank } = environment();
      expect(localRank).toBeGreaterThanOrEqual(0);
      expect(localRank).toBeLessThan(worldSize);
      expect(nodeRank).toBeLessThan(worldSize);
    });

    it("gives an address and a port that can be listened on", () => {
      const { mainAddress, mainPort } = environment();
      expect(mainAddress).not.toBe("");
      expect(mainPort).toBeGreaterThan(0);
      expect(mainPort).toBeLessThan(65_536);
    });

    it("lets MASTER_PORT and MASTER_ADDR decide where they are set", () => {
      const chosen = create(new FakeEnvironment({ ...variables, MASTER_ADDR: "10.1.2.3", MASTER_PORT: "4321" }));
      expect([chosen.mainAddress, chosen.mainPort]).toEqual(["10.1.2.3", 4321]);
    });

    it("accepts settings that fit and refuses others", () => {
      expect(() => environment().validateSettings(fitting)).not.toThrow();
      expect(() => environment().validateSettings({ ...fitting, devicesPerNode: fitting.devicesPerNode + 1 })).toThrow(
        /devices/,
      );
    });
  });
}
