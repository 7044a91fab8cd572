const OPPOSITE: Readonly<Record<string, string>> = { d: "D", D: "d", s: "S", S: "s", w: "W", W: "w", b: "B", B: "b" };

/** Regular expressions that differ from `pattern` in one anchor, class or quantifier. */
export function patternVariants(pattern: string): string[] {
  const variants: string[] = [];
  const replace = (start: number, end: number, text: string): void => {
    variants.push(pattern.slice(0, start) + text + pattern.slice(end));
  };
  let isInClass = false;
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern.charAt(i);
    if (character === "\\") {
      const other = OPPOSITE[pattern.charAt(i + 1)];
      if (other !== undefined) replace(i + 1, i + 2, other);
      i += 1;
    } else if (isInClass) {
      isInClass = character !== "]";
    } else if (character === "[") {
      isInClass = true;
      if (pattern.charAt(i + 1) === "^") replace(i + 1, i + 2, "");
      else replace(i + 1, i + 1, "^");
    } else if (character === "^" || character === "$") {
      replace(i, i + 1, "");
    } else if ((character === "+" || character === "*" || character === "?") && pattern.charAt(i - 1) !== "(") {
      replace(i, i + 1, "");
    } else if (character === "{") {
      const end = pattern.indexOf("}", i);
      if (end > i) replace(i, end + 1, "");
    }
  }
  return variants;
}
