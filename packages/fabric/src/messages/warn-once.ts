import { visibleText } from "@lightning-ts/core";
import { defaultPorts } from "../ports/default-ports.js";

const said = new WeakMap<object, Set<string>>();

/**
 * Prints a warning for an object that belongs to no run, once for each topic. Without a terminal the console shows it.
 */
export function warnOnce(owner: object, topic: string, text: string): void {
  const topics = said.get(owner) ?? new Set<string>();
  said.set(owner, topics);
  if (topics.has(topic)) return;
  topics.add(topic);
  // oxlint-disable-next-line no-console -- a browser has no other place for what nobody asked for
  (defaultPorts()?.terminal ?? console).warn(visibleText(text));
}
