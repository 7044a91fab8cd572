import * as L from "lightning-ts";
import { Fabric } from "lightning-ts/fabric";
import { LightningModule, Trainer } from "lightning-ts/pytorch";
import { expectTypeOf } from "vitest";

// One class under every name that it can be imported by.
expectTypeOf(L.Trainer).toEqualTypeOf(Trainer);
expectTypeOf(L.LightningModule).toEqualTypeOf(LightningModule);
expectTypeOf(L.Fabric).toEqualTypeOf(Fabric);
expectTypeOf(L.seedEverything).returns.toBeNumber();
