import type { Messages } from "./messages.js";

/** Warnings of one run: each topic is said once in it, and again in the next run that gives reason to. */
export class RunWarnings {
  readonly #messages: Pick<Messages, "alert">;
  readonly #said = new Set<string>();

  constructor(messages: Pick<Messages, "alert">) {
    this.#messages = messages;
  }

  /** @param text what is probably not meant, and what to do */
  warn(topic: string, text: string): void {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    this.#messages.alert(text);
  }
}
