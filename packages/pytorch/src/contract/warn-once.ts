import { nodePorts } from "@lightning-ts/fabric";

const said = new WeakMap<object, Set<string>>();

/** A warning of an object, once for each topic. */
export function warnOnce(owner: object, topic: string, text: string): void {
  const topics = said.get(owner) ?? new Set<string>();
  said.set(owner, topics);
  if (topics.has(topic)) return;
  topics.add(topic);
  nodePorts().terminal.warn(text);
}
