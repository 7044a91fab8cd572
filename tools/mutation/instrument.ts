import type { Node, SwitchCase } from "oxc-parser";
import { mutantKey } from "./memory.js";
import type { Mutant, Mutation } from "./mutation.js";
import { callMutations } from "./mutators/calls.js";
import { literalMutations } from "./mutators/literals.js";
import { conditionMutations, operatorMutations } from "./mutators/operators.js";
import { bareChildren, conditionUse, fixedChild, isEmptiable, isRemovable } from "./places.js";
import { childrenOf, isErased, isImport, parseModule } from "./syntax.js";

/** The name of the switch in instrumented files. */
export const SWITCH = "__mutant";

export interface InstrumentedFile {
  /** The file with all its mutants in it, each behind `__mutant(id)`. */
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

/** Writes all mutants of a file into it, so that each can be switched on while the tests run. */
export function instrument(path: string, text: string, firstId: number): InstrumentedFile {
  const mutants: Mutant[] = [];
  const keys = new Set<string>();
  const writer = new Writer(text, (mutation) => {
    const lineStart = text.lastIndexOf("\n", mutation.start - 1) + 1;
    const lineEnd = text.indexOf("\n", mutation.start);
    const named = {
      ...mutation,
      path,
      line: text.slice(0, mutation.start).split("\n").length,
      original: text.slice(mutation.start, mutation.end),
      lineText: text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).trim(),
    };
    let count = 0;
    while (keys.has(mutantKey(named, count))) count += 1;
    const mutant = { ...named, id: firstId + mutants.length, key: mutantKey(named, count) };
    keys.add(mutant.key);
    mutants.push(mutant);
    return mutant.id;
  });
  const code = writer.write(parseModule(path, text)).code;
  return { code: `const ${SWITCH} = globalThis.${SWITCH}; ${code}`, mutants };
}

interface Written {
  readonly code: string;
  /** Mutations of a part that cannot stand in a conditional expression; what contains it can. */
  readonly pending: readonly Mutation[];
}

interface Place {
  /** The node is a target, a callee or a part of an optional chain, and has to stay as it is. */
  readonly isBare?: boolean;
  readonly use?: "loop" | "test" | "arrow" | undefined;
}

class Writer {
  readonly #text: string;
  readonly #register: (mutation: Mutation) => number;

  constructor(text: string, register: (mutation: Mutation) => number) {
    this.#text = text;
    this.#register = register;
  }

  write(node: Node, { isBare = false, use }: Place = {}): Written {
    if (isErased(node) || isImport(node)) return { code: this.#text.slice(node.start, node.end), pending: [] };
    if (node.type === "SwitchCase") return { code: this.#case(node), pending: [] };
    const inner = this.#children(node, isBare);
    const own = this.#mutationsOf(node, use);
    const code = this.#statement(node, inner.code);
    const pending = [...own, ...inner.pending];
    if (isBare) return { code, pending };
    return { code: pending.length === 0 ? code : this.#wrap(node, code, pending), pending: [] };
  }

  #mutationsOf(node: Node, use: Place["use"]): Mutation[] {
    const { start, end } = node;
    const isUndefined = node.type === "Identifier" && node.name === "undefined";
    return [
      ...operatorMutations(node, this.#text),
      ...conditionMutations(node, use === "arrow" ? undefined : use),
      ...literalMutations(node),
      ...callMutations(node, this.#text),
      ...(use === "arrow" && node.type !== "BlockStatement" && !isUndefined
        ? [{ mutator: "ArrowFunction", start, end, replacement: "undefined" }]
        : []),
    ];
  }

  /** The text of a node with its children written. */
  #children(node: Node, isBare: boolean): Written {
    const bare = bareChildren(node, isBare);
    const fixed = fixedChild(node);
    const pending: Mutation[] = [];
    let code = "";
    let position = node.start;
    for (const child of childrenOf(node)) {
      if (child === fixed) continue;
      const written = this.write(child, { isBare: bare.has(child), use: conditionUse(node, child) });
      code += this.#text.slice(position, child.start) + written.code;
      pending.push(...written.pending);
      position = child.end;
    }
    return { code: code + this.#text.slice(position, node.end), pending };
  }

  #case(node: SwitchCase): string {
    const head = node.test === null ? "default:" : `case ${this.write(node.test).code}:`;
    const body = node.consequent.map((statement) => this.write(statement).code).join(" ");
    if (body === "") return head;
    const { start, end } = node;
    const id = this.#register({
      mutator: "ConditionalExpression",
      start,
      end,
      replacement: "a case without statements",
    });
    return `${head} if (!${SWITCH}(${id})) { ${body} }`;
  }

  #wrap(node: Node, code: string, mutations: readonly Mutation[]): string {
    const cases = mutations.map((mutation) => {
      const { start, end } = mutation;
      const changed = this.#text.slice(node.start, start) + mutation.replacement + this.#text.slice(end, node.end);
      return `${SWITCH}(${this.#register(mutation)}) ? (${changed}) : `;
    });
    return `(${cases.join("")}(${code}))`;
  }

  /** Blocks and statements that can be left out. */
  #statement(node: Node, code: string): string {
    const { start, end } = node;
    if (node.type === "ExpressionStatement" && isRemovable(node)) {
      const id = this.#register({ mutator: "Statement", start, end, replacement: ";" });
      return `{ if (!${SWITCH}(${id})) ${code} }`;
    }
    if (node.type !== "BlockStatement" || !isEmptiable(node)) return code;
    const id = this.#register({ mutator: "BlockStatement", start, end, replacement: "{}" });
    const inside = code.slice(1, -1);
    return `{ if (!${SWITCH}(${id})) {${inside}} }`;
  }
}
