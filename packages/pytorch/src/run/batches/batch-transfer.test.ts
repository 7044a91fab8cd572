import { describe, expect, it } from "vitest";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import { BatchTransfer } from "./batch-transfer.js";

class Plain extends LightningModule {}
class PlainData extends LightningDataModule {}

class Net extends LightningModule {
  override onBeforeBatchTransfer(batch: unknown, dataloaderIdx: number) {
    return [batch, `module before ${dataloaderIdx}`];
  }
  override transferBatchToDevice(batch: unknown, device: object, dataloaderIdx: number) {
    return [batch, `module to ${String(Reflect.get(device, "name"))} ${dataloaderIdx}`];
  }
  override onAfterBatchTransfer(batch: unknown, dataloaderIdx: number) {
    return [batch, `module after ${dataloaderIdx}`];
  }
}

class Data extends LightningDataModule {
  override onBeforeBatchTransfer(batch: unknown) {
    return [batch, "data before"];
  }
  override onAfterBatchTransfer(batch: unknown) {
    return Promise.resolve([batch, "data after"]);
  }
}

function transferOf(module: LightningModule, datamodule?: LightningDataModule): BatchTransfer {
  const driver = new Driver();
  const door = new Door({ driver, position: () => "the test" });
  const precision = { convertInput: (batch: unknown) => batch };
  const strategy = { precision, toDevice: (batch: unknown) => [batch, "by the strategy"] };
  return new BatchTransfer({ module, datamodule, door, strategy: Object(strategy), device: Object({ name: "gpu" }) });
}

const moved = async (transfer: BatchTransfer) => {
  const found: unknown = await new Driver().run(transfer.move("batch", 2));
  return [found].flat(9);
};

describe("a batch is moved to the device", () => {
  it("by the strategy, where nobody overrides anything", async () => {
    expect(await moved(transferOf(new Plain()))).toEqual(["batch", "by the strategy"]);
    expect(await moved(transferOf(new Plain(), new PlainData()))).toEqual(["batch", "by the strategy"]);
  });

  it("through the module's hooks, in their order", async () => {
    expect(await moved(transferOf(new Net()))).toEqual([
      "batch",
      "module before 2",
      "module to gpu 2",
      "module after 2",
    ]);
    expect(await moved(transferOf(new Net(), new PlainData()))).toHaveLength(4);
  });

  it("through the data module's where that overrides them too, and both are named", async () => {
    const both = transferOf(new Net(), new Data());
    expect(await moved(both)).toEqual(["batch", "data before", "module to gpu 2", "data after"]);
    expect(both.overridden).toEqual(["onBeforeBatchTransfer", "onAfterBatchTransfer"]);
    class Moves extends LightningDataModule {
      override transferBatchToDevice(batch: unknown) {
        return [batch, "data to device"];
      }
    }
    expect(transferOf(new Net(), new Moves()).overridden).toEqual(["transferBatchToDevice"]);
    expect(transferOf(new Plain(), new Data()).overridden).toEqual([]);
    expect(transferOf(new Net(), new PlainData()).overridden).toEqual([]);
    expect(await moved(transferOf(new Plain(), new Data()))).toEqual([
      "batch",
      "data before",
      "by the strategy",
      "data after",
    ]);
  });
});
