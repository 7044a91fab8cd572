/** A parameter in a list, as PyTorch prints it; `kind` is what it calls the tensor's type there. */
export function parameterText(name: string, kind: string, { shape }: { readonly shape: readonly number[] }): string {
  return `  (${name}): Parameter containing: [torch.${kind} of size ${shape.join("x")}]`;
}
