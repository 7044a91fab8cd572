import { defaultInWords, type OptionDefinition } from "../../packages/pytorch/src/options/option-definition.js";

const COLUMNS = 120;
/** A member of the interface, with the comment above it. */
const MEMBER = /^(?: {2}\/\*\*[\s\S]*?\*\/\n)?( {2}readonly (\w+)\?:)/gm;

/** The source of the options' interface, with what the table says above each option: what it does, and its default. */
export function withDocComments(source: string, table: Readonly<Record<string, OptionDefinition>>): string {
  const begin = source.indexOf("export interface TrainerOptions");
  return (
    source.slice(0, begin) +
    source.slice(begin).replaceAll(MEMBER, (found, member: string, name: string) => {
      const definition = table[name];
      return definition === undefined ? found : `${docComment(definition)}\n${member}`;
    })
  );
}

/** On one line where there is room for it, else in a block. */
function docComment(definition: OptionDefinition): string {
  // A default that is a value stands without the marks that a page has around it.
  const standsIn = "unset" in definition ? definition.unset : defaultInWords(definition).replaceAll("`", "");
  const line = `  /** ${definition.help} @default ${standsIn} */`;
  if (line.length <= COLUMNS) return line;
  return ["  /**", ...wrap(definition.help), ...wrap(`@default ${standsIn}`), "   */"].join("\n");
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "   *";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = "   *";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
