import type { Connection, Ports } from "@lightning-ts/fabric";
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
  get precision(): Connection["precision"] {
    return this.parts.connection.precision;
  }
  get isGlobalZero(): boolean {
    return this.parts.connection.strategy.isGlobalZero;
  }
  get worldSize(): number {
    return this.parts.connection.strategy.worldSize;
  }
}
