import { outsideScope } from "@lightning-ts/core";
import { MixedPrecision, type Connection, type LossScaler, type Ports } from "@lightning-ts/fabric";
import { PlanView } from "./plan-view.js";

/** What a Trainer shows of its connection: what computes, and the world outside. */
export abstract class ConnectionView extends PlanView {
  get ports(): Ports {
    return this.parts.connection.ports;
  }
  get accelerator(): Connection["accelerator"] {
    return this.parts.connection.accelerator;
  }
  get strategy(): Connection["strategy"] {
    return this.parts.connection.strategy;
  }
  get precision(): Connection["precision"]["name"] {
    return this.parts.connection.precision.name;
  }
  get precisionPlugin(): Connection["precision"] {
    return this.parts.connection.precision;
  }
  get scaler(): LossScaler | undefined {
    const { precision } = this.parts.connection;
    return precision instanceof MixedPrecision ? precision.scaler : undefined;
  }
  get globalRank(): number {
    return this.parts.connection.strategy.globalRank;
  }
  get localRank(): number {
    return this.parts.connection.strategy.localRank;
  }
  get nodeRank(): number {
    return this.parts.connection.strategy.nodeRank;
  }
  get worldSize(): number {
    return this.parts.connection.strategy.worldSize;
  }
  get isGlobalZero(): boolean {
    return this.parts.connection.strategy.isGlobalZero;
  }
  get numNodes(): number {
    return this.parts.connection.numNodes;
  }
  get deviceIds(): readonly number[] {
    return this.parts.connection.devices;
  }
  get numDevices(): number {
    return this.deviceIds.length;
  }
  get distributedSamplerKwargs(): Connection["strategy"]["samplerRanks"] {
    return this.parts.connection.strategy.samplerRanks;
  }
  allGather<TValue>(value: TValue): Promise<TValue> {
    return outsideScope(this.parts.connection.strategy.allGather(value, "trainer.allGather"));
  }
  initModule<TModule>(body: () => TModule): TModule {
    return this.parts.connection.precision.forward(body);
  }
}
